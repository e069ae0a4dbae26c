"""Filters for the lists of trainings and possible duplicates."""

import django_filters
from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.folding import spelling
from common.forms import DateInput
from members.models import Country, Organisation
from trainings.models import Course, DuplicatePair, Training
from trainings.models.training import TrainingQuerySet

STATES = [
    ("planned", _("Planned")),
    ("delivered", _("Delivered")),
    ("counting", _("In the figures: submitted or verified")),
    ("recorded", _("Delivered, not submitted")),
    ("submitted", _("Submitted")),
    ("verified", _("Verified")),
    ("cancelled", _("Cancelled")),
]


class TrainingFilter(django_filters.FilterSet):
    """Filter trainings. Always over `visible_trainings(member)`."""

    q = django_filters.CharFilter(
        label=_("Title, place or reference"), method="find", widget=forms.TextInput(attrs={"type": "search"})
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state", empty_label=_("Any state"))
    owner = django_filters.ModelChoiceFilter(
        label=_("Kept by"),
        queryset=Organisation.objects.filter(kind__in=[Organisation.Kind.MINISTRY, Organisation.Kind.SECRETARIAT]),
        empty_label=_("Anybody"),
    )
    home = django_filters.ModelChoiceFilter(
        label=_("With people of"),
        queryset=Organisation.objects.all(),
        field_name="parties__organisation",
        empty_label=_("Any organisation"),
    )
    country = django_filters.ModelChoiceFilter(
        label=_("Country"), queryset=Country.objects.all(), empty_label=_("Any country")
    )
    course = django_filters.ModelChoiceFilter(
        label=_("Course"), queryset=Course.objects.all(), empty_label=_("Any course")
    )
    first = django_filters.DateFilter(label=_("From"), field_name="ends_on", lookup_expr="gte", widget=DateInput)
    last = django_filters.DateFilter(label=_("To"), field_name="starts_on", lookup_expr="lte", widget=DateInput)

    class Meta:
        model = Training
        fields = ("q", "state", "owner", "home", "country", "course", "first", "last")

    def find(self, rows: QuerySet[Training], name: str, value: str) -> QuerySet[Training]:
        """Match every word, folded across scripts, anywhere in title, place or reference."""
        for word in spelling(value[:200]).split():
            rows = rows.filter(title_key__contains=word)
        return rows

    def in_state(self, rows: TrainingQuerySet, name: str, value: str) -> QuerySet[Training]:
        today = timezone.localdate()
        match value:
            case "planned":
                return rows.planned(today)
            case "delivered":
                return rows.delivered(today)
            case "recorded":
                return rows.filter(cancelled_at=None, figures=Training.Figures.RECORDED, ends_on__lt=today)
            case "counting":
                return rows.counting()
            case "cancelled":
                return rows.cancelled()
            case _:
                return rows.filter(cancelled_at=None, figures=value)


class DuplicateFilter(django_filters.FilterSet):
    """Filter possible duplicates. Always over `visible_pairs(member)`. Strongest reasons first, then the oldest."""

    q = django_filters.CharFilter(label=_("Name"), method="find", widget=forms.TextInput(attrs={"type": "search"}))
    why = django_filters.ChoiceFilter(
        label=_("Why they may be one"), choices=DuplicatePair.Why.choices, empty_label=_("Any reason")
    )

    class Meta:
        model = DuplicatePair
        fields = ("q", "why")

    def find(self, rows: QuerySet[DuplicatePair], name: str, value: str) -> QuerySet[DuplicatePair]:
        """Match every word, folded across scripts, anywhere in one of the two names."""
        for word in spelling(value[:200]).split():
            rows = rows.filter(Q(first__spelling_key__contains=word) | Q(second__spelling_key__contains=word))
        return rows

    @property
    def qs(self) -> QuerySet[DuplicatePair]:
        strength = Case(
            *(When(why=why, then=n) for n, why in enumerate(DuplicatePair.Why.values)), output_field=IntegerField()
        )
        return super().qs.order_by(strength, "pk")
