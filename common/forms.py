"""Form fields and widgets shared by all apps."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Maximum length of pasted cells.
MAX_PASTED_LETTERS = 2_000_000


class DateInput(forms.DateInput):
    """A date in the browser's own picker; submitted as ISO."""

    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A time in the browser's own picker."""

    input_type = "time"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class ManyChoices(forms.ModelMultipleChoiceField):
    """Several rows by number. A number too large for the database is an unknown choice; SQLite would raise an error."""

    def clean(self, value: Any) -> Any:
        for number in value or []:
            if len(str(number)) > 18:
                raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": "…"})
        return super().clean(value)


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class UploadsField(forms.FileField):
    """One or several uploads, limited in number, not yet validated."""

    widget: type[forms.Widget] | forms.Widget = FilesInput
    at_once = 20

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        uploads = [upload for upload in files if isinstance(upload, UploadedFile)]
        if not uploads:
            raise forms.ValidationError(_("Choose at least one file."))
        if len(uploads) > self.at_once:
            raise forms.ValidationError(_("At most %(n)d files at once.") % {"n": self.at_once})
        return uploads


class FileOrCellsForm(forms.Form):
    """Either a workbook or CSV file, or cells pasted from one."""

    file_help: Any = ""
    # The error if neither is given.
    neither_given: Any = ""

    file = forms.FileField(
        label=gettext_lazy("Workbook or CSV file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt,text/csv"}),
    )
    rows = forms.CharField(
        label=gettext_lazy("Or paste the cells here"),
        required=False,
        max_length=MAX_PASTED_LETTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = self.file_help

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("file")) == bool((cleaned.get("rows") or "").strip()):
            raise forms.ValidationError(
                _("Choose a file or paste cells, one of the two.") if cleaned.get("file") else self.neither_given
            )
        return cleaned


def fields_as_html(form: forms.BaseForm, *left_out: str) -> SafeString:
    """Return a filter form as its page renders it, without these fields: cached while nothing is chosen."""
    fields = (field for field in form if field.name not in left_out)
    parts = [render_to_string("components/field.html", {"field": field, "hide_optional": True}) for field in fields]
    return mark_safe("".join(parts))  # noqa: S308 - the template escapes


def reference_choices(**wanted: tuple[QuerySet[Any], str]) -> dict[str, list[tuple[str, str]]]:
    """Return the choices of short reference lists, by name: rows in, with the field that labels them.

    One query for all, and none for what is chosen.
    """
    rows = [
        found.order_by()
        .annotate(of_list=Value(kind, CharField()), row_key=Cast("pk", CharField()), row_label=Cast(label, CharField()))
        .values_list("of_list", "row_key", "row_label")
        for kind, (found, label) in wanted.items()
    ]
    choices: dict[str, list[tuple[str, str]]] = {kind: [] for kind in wanted}
    for kind, key, label in rows[0].union(*rows[1:], all=True).order_by("row_label"):
        choices[kind].append((key, label))
    return choices
