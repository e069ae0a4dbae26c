"""Filters of the library."""

from datetime import date

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from knowledge.forms import GROUPS
from knowledge.models import FieldNote, Post, RevisionItem
from members.models import Language, Organisation
from trainers.models import Topic
from trainings.models import Course

FIRST_YEAR, LAST_YEAR = 2010, 2100


class PostFilter(django_filters.FilterSet):
    """Always over `readable_posts(member)` or `public_posts()`."""

    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Post.Kind.choices, empty_label=_("Anything"))
    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"), field_name="topics", queryset=Topic.objects.all(), empty_label=_("Any topic")
    )
    language = django_filters.ModelChoiceFilter(
        label=_("Language"), queryset=Language.objects.all(), method="in_language", empty_label=_("Any language")
    )
    ministry = django_filters.ModelChoiceFilter(
        label=_("Ministry"), field_name="organisation", empty_label=_("Any ministry"),
        queryset=Organisation.objects.filter(kind__in=[Organisation.Kind.MINISTRY, Organisation.Kind.SECRETARIAT]),
    )  # fmt: skip
    audience = django_filters.ChoiceFilter(label=_("For"), choices=GROUPS, method="for_group", empty_label=_("Anybody"))
    year = django_filters.NumberFilter(
        label=_("Year"), method="of_year", min_value=FIRST_YEAR, max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    class Meta:
        model = Post
        fields = ("kind", "topic", "language", "ministry", "audience", "year")

    def in_language(self, rows: QuerySet[Post], name: str, value: Language) -> QuerySet[Post]:
        """Written in a language, or with a file in it."""
        with_file = Post.objects.filter(materials__language=value, materials__removed_at=None)
        return rows.filter(Q(language=value) | Q(pk__in=with_file.values("pk")))

    def for_group(self, rows: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        """For a rank group, or for all."""
        return rows.filter(Q(audience__rank_group=value) | Q(audience=None))

    def of_year(self, rows: QuerySet[Post], name: str, value: int) -> QuerySet[Post]:
        return rows.filter(
            published_at__date__gte=date(int(value), 1, 1), published_at__date__lte=date(int(value), 12, 31)
        )


class NoteFilter(django_filters.FilterSet):
    """Always over `visible_notes(member)`. The ministry is the one that keeps the training: its author's could give a name away."""

    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"), field_name="topics", queryset=Topic.objects.all(), empty_label=_("Any topic")
    )
    course = django_filters.ModelChoiceFilter(
        label=_("Course"), field_name="training__course", queryset=Course.objects.all(), empty_label=_("Any course")
    )
    ministry = django_filters.ModelChoiceFilter(
        label=_("Training kept by"), field_name="training__keeper", empty_label=_("Any ministry"),
        queryset=Organisation.objects.filter(kind__in=[Organisation.Kind.MINISTRY, Organisation.Kind.SECRETARIAT]),
    )  # fmt: skip
    year = django_filters.NumberFilter(
        label=_("Year of the training"), field_name="training__starts_on__year", min_value=FIRST_YEAR, max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    class Meta:
        model = FieldNote
        fields = ("topic", "course", "ministry", "year")


class RevisionFilter(django_filters.FilterSet):
    """Always over `visible_revision_items(member)`."""

    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"), queryset=Topic.objects.all(), empty_label=_("Any topic")
    )  # fmt: skip
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=RevisionItem.State.choices, empty_label=_("Any state")
    )

    class Meta:
        model = RevisionItem
        fields = ("topic", "state")
