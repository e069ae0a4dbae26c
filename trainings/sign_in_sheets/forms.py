"""Forms to print a sign-in sheet, enter it, and attach scans."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import FilesInput, UploadsField
from common.scans import Scan, read_scan
from members.models import Organisation
from trainings.forms import offer
from trainings.models import Session, SheetEdition, Training
from trainings.models.sheets import MAX_BLANK_LINES
from trainings.roster.actions import RosterRow
from trainings.roster.forms import PersonForm, person_row, ranks_of
from trainings.sign_in_sheets.headings import CYRILLIC, ENGLISH, LATIN

FILES_AT_ONCE = 5


class SheetForm(forms.Form):
    """How a sheet is printed."""

    headings = forms.MultipleChoiceField(
        label=gettext_lazy("Headings"), widget=forms.CheckboxSelectMultiple,
        choices=[(ENGLISH, gettext_lazy("English")), (LATIN, gettext_lazy("Local language, Latin")),
                 (CYRILLIC, gettext_lazy("Local language, Cyrillic"))],
    )  # fmt: skip
    script = forms.ChoiceField(
        label=gettext_lazy("Names, ranks and units"), widget=forms.RadioSelect, choices=SheetEdition.Script.choices
    )
    blank_lines = forms.IntegerField(
        label=gettext_lazy("Blank lines for walk-ins"), min_value=0, max_value=MAX_BLANK_LINES
    )


class WalkInForm(PersonForm):
    """A person who signed on a blank line. If left empty, nobody did."""

    def __init__(self, data: QueryDict | None, *, number: int, initial: dict[str, Any]) -> None:
        super().__init__(data, prefix=f"w{number}", initial=initial, empty_permitted=True, use_required_attribute=False)
        self.number = number
        # Neither is asked for here: the rank gives its group, and nobody is looked up.
        del self.fields["rank_group"], self.fields["participant"]

    def has_changed(self) -> bool:
        """Whether anything was typed on the line: choices from lists alone make no person."""
        written = (
            self.data.get(self.add_prefix(name), "") for name in ("family_name", "given_name", "rank_words", "unit")
        )
        return any(words.strip() for words in written)


class WalkIns:
    """The unused blank lines of a sheet, one form each."""

    def __init__(self, data: QueryDict | None, training: Training, numbers: Sequence[int]) -> None:
        initial = {"organisation": training.owner_id, "sex": "not_recorded"}
        self.forms = [WalkInForm(data, number=number, initial=initial) for number in numbers]
        choices = list(Organisation.objects.values_list("pk", "name")) if numbers else []
        for form in self.forms:
            offer(form.fields["organisation"], Organisation.objects.all(), choices)

    @property
    def filled(self) -> list[WalkInForm]:
        return [form for form in self.forms if form.is_bound and form.has_changed()]

    def is_valid(self) -> bool:
        return not any(form.errors for form in self.forms)

    def rows(self) -> dict[int, RosterRow]:
        """The people who signed, by line number; after validation. One query."""
        filled = self.filled
        ranks = ranks_of(sorted({form.cleaned_data["organisation"].country_id for form in filled})) if filled else {}
        return {form.number: person_row(form.cleaned_data, ranks) for form in filled}


class ScansField(UploadsField):
    """One or several scans; the type of each is read from its content."""

    at_once = FILES_AT_ONCE
    widget = FilesInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[Scan]:
        uploads = super().clean(data, initial)
        wrong, scans = [], []
        for n, upload in enumerate(uploads, 1):
            try:
                scans.append(read_scan(upload, upload.size or 0))
            except ValidationError as refusal:
                numbered = _("File %(n)d: ") % {"n": n} if len(uploads) > 1 else ""
                wrong += [numbered + sentence for sentence in refusal.messages]
        if wrong:
            raise ValidationError(wrong)
        return scans


class EvidenceForm(forms.Form):
    """Scans of signed paper, for one session or the whole training."""

    scans = ScansField(
        label=gettext_lazy("Scan or photographs of the signed sheet"),
        help_text=gettext_lazy("PDF, JPEG, PNG or WebP, at most 15 MB each, five at once."),
    )
    session = forms.ModelChoiceField(
        Session.objects.none(),
        label=gettext_lazy("Session"),
        required=False,
        empty_label=gettext_lazy("The whole training"),
    )

    def __init__(self, *args: Any, training: Training, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = training.sessions.all()  # type: ignore[attr-defined]  # a model choice field
