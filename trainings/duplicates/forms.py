"""Form for a coordinator's decision on a possible duplicate."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trainings.duplicates.merge_plan import Cell, Standing, against_sex, seen_hash, sexes_of
from trainings.duplicates.merging import Choice
from trainings.models import Mark, Participant, Sex


def _radio(label: str, choices: Sequence[tuple[Any, str]], initial: Any, missing: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, initial=initial, widget=forms.RadioSelect, error_messages={"required": missing}
    )


class MergeForm(forms.Form):
    """Only what must be chosen: name, e-mail and sex where the two differ, and a mark for each session where theirs differ."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, first: Participant, second: Participant, standings: Sequence[Standing]) -> None:
        # The page always sends the hash of what it shows now, whatever was posted.
        self.seen_hash = seen_hash(first, second, standings)
        super().__init__(data, initial={"seen": self.seen_hash})
        self.first, self.second, self.standings = first, second, standings
        if str(first) != str(second):
            names = [(str(person.pk), str(person)) for person in (first, second)]
            self.fields["keep"] = _radio(_("Name"), names, str(first.pk), _("Choose the name."))
        emails = [email for email in dict.fromkeys((first.email, second.email)) if email]
        self.only_email = emails[0] if emails else ""
        if len(emails) > 1:
            self.fields["email"] = _radio(
                _("E-mail"), [(email, email) for email in emails], emails[0], _("Choose the e-mail.")
            )
        sexes = sexes_of(first, second)
        if len(sexes) > 1:
            labels = [(sex, str(Sex(sex).label)) for sex in sexes]
            free = [sex for sex in sexes if not against_sex(first, second, sex, standings)]
            both_say = Sex.NOT_RECORDED not in sexes
            likely = None if both_say or not free else free[0]
            self.fields["sex"] = _radio(_("Sex"), labels, likely, _("Choose the sex."))
        for cell in self._open_cells():
            marks = [(value, str(Mark.Value(value).label)) for value in (cell.first, cell.second)]
            label = _("Mark of %(day)s") % {"day": date_format(cell.session.date, "j F")}
            self.fields[_field(cell)] = _radio(label, marks, None, _("Choose a mark."))

    def _open_cells(self) -> Iterator[Cell]:
        return (cell for standing in self.standings for cell in standing.to_choose)

    def facts(self) -> list[forms.BoundField]:
        """The fields about the person, without the marks."""
        return [self[name] for name in ("keep", "email", "sex") if name in self.fields]

    def mark_of(self, cell: Cell) -> forms.BoundField | None:
        return self[_field(cell)] if _field(cell) in self.fields else None

    def choice(self) -> Choice:
        """The decision; fields in which the two do not differ are not asked for."""
        answers = self.cleaned_data
        return Choice(
            keep=int(answers.get("keep", self.first.pk)),
            email=answers.get("email", self.only_email),
            sex=answers.get("sex", self.first.sex),
            seen=answers["seen"],
            marks={cell.session.pk: answers[_field(cell)] for cell in self._open_cells()},
        )


def _field(cell: Cell) -> str:
    return f"mark-{cell.session.pk}"
