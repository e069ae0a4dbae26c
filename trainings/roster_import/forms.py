"""Form to upload or paste a roster."""

from django import forms
from django.utils.translation import gettext_lazy

from common.forms import FileOrCellsForm
from members.models import Organisation


class ImportForm(FileOrCellsForm):
    """A file or pasted cells, and the home of people whose row names none."""

    file_help = gettext_lazy(
        ".xlsx, .xls, .ods or CSV, as the ministry has it: titles, empty rows and sums are passed over. At most 10 MB."
    )
    neither_given = gettext_lazy("Choose a file, or paste the cells of the list.")

    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        label=gettext_lazy("Home organisation of these people"),
        queryset=Organisation.objects.select_related("country"),
        help_text=gettext_lazy("Where a row names another organisation or country, that counts."),
    )
