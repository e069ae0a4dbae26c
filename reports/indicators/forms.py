"""Validation of indicator values and of the page's query parameters."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import DateInput
from members.models import Organisation
from reports.indicators.progress import FACT_CHOICES, SHARE_CHOICES
from reports.models import Indicator, IndicatorValue
from reports.models.strengths import FIRST_YEAR, LAST_YEAR
from reports.people.forms import refuse_unknown
from trainings.disclosure.small_cells import is_small

NO_YEAR = gettext_lazy("Choose a year from 1990 to 2100.")
YES_NO = [("", gettext_lazy("Choose")), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No, or not any more"))]


class PercentField(forms.DecimalField):
    """A percentage with at most two decimals, after a point or a comma."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip().removesuffix("%").strip().replace(",", ".")
        return super().to_python(value)

    def clean(self, value: Any) -> Any:
        percent = super().clean(value)
        return None if percent is None else percent.quantize(Decimal("0.01"))


class _ValueForm(forms.Form):
    """Fields common to all values. `ministries` are those the member may enter for; a correction keeps ministry and indicator."""

    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("Ministry")
    )
    indicator = forms.ChoiceField(label=gettext_lazy("Indicator"))
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text=gettext_lazy("The year the value is of. Leave empty where the source does not state it."),
        error_messages={"min_value": NO_YEAR, "max_value": NO_YEAR},
    )
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=300, help_text=gettext_lazy("Who published it, where and when.")
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why it is corrected"),
        max_length=500,
        help_text=gettext_lazy("The value before stays to be read, with this reason."),
    )
    choices: list[tuple[str, Any]] = []
    order: tuple[str, ...] = ()

    def __init__(
        self,
        *args: Any,
        ministries: QuerySet[Organisation] | None = None,
        old: IndicatorValue | None = None,
        **kwargs: Any,
    ) -> None:
        if old is not None:
            kwargs["initial"] = {**self.initial_of(old), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.old = old
        home = self.fields["organisation"]
        own = Organisation.objects.filter(pk=old.organisation_id) if old else ministries
        home.queryset = own  # type: ignore[attr-defined]  # a model choice field
        self.fields["indicator"].choices = self.choices  # type: ignore[attr-defined]  # a choice field
        if old is None:
            del self.fields["reason"]
        else:
            for name in ("organisation", "indicator"):
                self.fields[name].disabled = True
        self.order_fields(["organisation", "indicator", *self.order, "source", "note", "reason"])

    @staticmethod
    def initial_of(old: IndicatorValue) -> dict[str, Any]:
        names = ("organisation", "indicator", "year", "share", "women", "since", "title", "document", "source",
                 "definition", "note")  # fmt: skip
        return {
            **{name: getattr(old, name) for name in names},
            "is_there": {True: "yes", False: "no", None: ""}[old.is_there],
        }

    def clean_since(self) -> Any:
        since = self.cleaned_data["since"]
        if since and not FIRST_YEAR <= since.year <= LAST_YEAR:
            raise forms.ValidationError(NO_YEAR)
        return since

    def value(self) -> IndicatorValue:
        """Return the value of a valid form, unsaved."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        if "is_there" in data:
            data["is_there"] = data["is_there"] == "yes"
        return IndicatorValue(**data)


class ShareForm(_ValueForm):
    """A share of women."""

    share = PercentField(
        label=gettext_lazy("Share of women, in percent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        max_digits=5,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "count-input"}),
        error_messages={
            "min_value": gettext_lazy("A share is from 0 to 100 percent."),
            "max_value": gettext_lazy("A share is from 0 to 100 percent."),
            "invalid": gettext_lazy("Write the share as a number, for example 9.75."),
            "max_decimal_places": gettext_lazy("Write at most two decimals."),
        },
    )
    women = forms.IntegerField(
        label=gettext_lazy("Number of women"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text=gettext_lazy("Where the source gives it, and it is none or five at least."),
    )
    definition = forms.CharField(
        label=gettext_lazy("Definition"),
        max_length=500,
        help_text=gettext_lazy("Who is counted among whom: sources disagree mostly because of this."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    choices = SHARE_CHOICES
    order = ("share", "women", "year", "definition")

    def clean_women(self) -> int | None:
        women: int | None = self.cleaned_data["women"]
        if women is not None and is_small(women):
            raise forms.ValidationError(_("Numbers of one to four people are not shown here. Leave it empty."))
        return women


class FactForm(_ValueForm):
    """A gender mechanism or a policy: whether it exists, since when, by which document."""

    is_there = forms.ChoiceField(label=gettext_lazy("Is it there?"), choices=YES_NO)
    since = forms.DateField(label=gettext_lazy("Established or adopted on"), required=False, widget=DateInput())
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("What it is called, for example the network of gender focal points."),
    )
    document = forms.CharField(
        label=gettext_lazy("Document"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("A link, or where the document is to be found."),
    )
    definition = forms.CharField(
        label=gettext_lazy("Definition"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("What counts as such a mechanism or policy here."),
    )
    choices = FACT_CHOICES
    order = ("is_there", "title", "since", "document", "year", "definition")


FORMS: dict[str, type[_ValueForm]] = {"share": ShareForm, "fact": FactForm}


class WithdrawForm(forms.Form):
    """The reason for withdrawing a value."""

    reason = forms.CharField(label=gettext_lazy("Why it is withdrawn"), max_length=500)


# Shorter labels of the shares, to follow "Women among".
SHOWN_CHOICES = [
    (Indicator.WOMEN.value, gettext_lazy("all in the forces")), (Indicator.OFFICERS.value, gettext_lazy("officers")),
    (Indicator.NCOS.value, gettext_lazy("NCOs")), (Indicator.SOLDIERS.value, gettext_lazy("soldiers")),
    (Indicator.CIVILIANS.value, gettext_lazy("civilians")), (Indicator.COMMAND.value, gettext_lazy("command posts")),
]  # fmt: skip


class ShownForm(forms.Form):
    """Filter of the page: which share, of which ministry. One query."""

    indicator = forms.ChoiceField(label=gettext_lazy("Women among"), choices=SHOWN_CHOICES, required=False)
    ministry = forms.ModelChoiceField(
        Organisation.objects.filter(kind=Organisation.Kind.MINISTRY),
        label=gettext_lazy("Ministry"),
        required=False,
        empty_label=gettext_lazy("All ministries"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        refuse_unknown(self, ())
        return cleaned

    def chosen_indicator(self) -> Indicator:
        """Return the chosen share of a valid form; defaults to women in the armed forces as a whole."""
        return Indicator(self.cleaned_data["indicator"] or Indicator.WOMEN)
