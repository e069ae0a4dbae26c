"""Filters of the library, of field notes and of the list for the next edition."""

from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.forms import reference_choices
from knowledge.models import FieldNote, Material, Post, PostAudience, RevisionItem
from knowledge.posts.forms import GROUPS
from members.models import Language, Organisation
from trainers.models import Topic
from trainings.models import Course

FIRST_YEAR, LAST_YEAR = 2010, 2100


def owners() -> QuerySet[Organisation]:
    """The organisations that write posts and own trainings."""
    return Organisation.objects.filter(kind__in=[Organisation.Kind.MINISTRY, Organisation.Kind.SECRETARIAT])


class WithChoices(django_filters.FilterSet):
    """A filter set with choices that are rows, all read in one query."""

    def rows_to_choose(self) -> dict[str, QuerySet[Any]]:
        """Return the rows by filter name."""
        raise NotImplementedError

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = reference_choices(**{name: (rows, "name") for name, rows in self.rows_to_choose().items()})
        for name, rows in choices.items():
            self.filters[name].extra["choices"] = rows

    def chosen(self, name: str) -> tuple[str, str] | None:
        """Return the (key, label) of the chosen row, or None."""
        value = self.form.cleaned_data.get(name) if self.is_valid() else None
        return next((row for row in self.filters[name].extra["choices"] if row[0] == value), None)


class PostFilter(WithChoices):
    """Filters of the library; always over `readable_posts(member)` or `public_posts()`."""

    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Post.Kind.choices, empty_label=_("Anything"))
    topic = django_filters.ChoiceFilter(label=_("Topic"), field_name="topics", empty_label=_("Any topic"))
    language = django_filters.ChoiceFilter(label=_("Language"), method="in_language", empty_label=_("Any language"))
    ministry = django_filters.ChoiceFilter(
        label=_("Ministry"), field_name="organisation", empty_label=_("Any ministry")
    )
    audience = django_filters.ChoiceFilter(label=_("For"), choices=GROUPS, method="for_group", empty_label=_("Anybody"))
    year = django_filters.NumberFilter(
        label=_("Year"),
        method="of_year",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    class Meta:
        model = Post
        fields = ("kind", "topic", "language", "ministry", "audience", "year")

    def rows_to_choose(self) -> dict[str, QuerySet[Any]]:
        return {"topic": Topic.objects.all(), "language": Language.objects.all(), "ministry": owners()}

    def in_language(self, rows: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        """Filter posts written in a language, or with a file in it."""
        with_file = Material.objects.filter(language=value, removed_at=None)
        return rows.filter(Q(language=value) | Q(pk__in=with_file.values("post")))

    def for_group(self, rows: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        """Filter posts for a rank group, or for all."""
        groups = PostAudience.objects.values("post")
        return rows.filter(Q(pk__in=groups.filter(rank_group=value)) | ~Q(pk__in=groups))

    def of_year(self, rows: QuerySet[Post], name: str, value: int) -> QuerySet[Post]:
        """Filter posts published in a year, in the portal's time zone."""
        first, next_year = (timezone.make_aware(datetime(int(value) + n, 1, 1)) for n in (0, 1))
        return rows.filter(published_at__gte=first, published_at__lt=next_year)


class NoteFilter(WithChoices):
    """Always over `visible_notes(member)`. The ministry is the training's owner: the author's could reveal a name."""

    topic = django_filters.ChoiceFilter(label=_("Topic"), field_name="topics", empty_label=_("Any topic"))
    course = django_filters.ChoiceFilter(label=_("Course"), field_name="training__course", empty_label=_("Any course"))
    ministry = django_filters.ChoiceFilter(
        label=_("Training kept by"), field_name="training__owner", empty_label=_("Any ministry")
    )
    year = django_filters.NumberFilter(
        label=_("Year of the training"),
        field_name="training__starts_on__year",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    class Meta:
        model = FieldNote
        fields = ("topic", "course", "ministry", "year")

    def rows_to_choose(self) -> dict[str, QuerySet[Any]]:
        return {"topic": Topic.objects.all(), "course": Course.objects.all(), "ministry": owners()}


class RevisionFilter(django_filters.FilterSet):
    """Filters of the list for the next edition; always over `visible_revision_items(member)`."""

    topic = django_filters.ModelChoiceFilter(label=_("Topic"), queryset=Topic.objects.all(), empty_label=_("Any topic"))
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=RevisionItem.State.choices, empty_label=_("Any state")
    )

    class Meta:
        model = RevisionItem
        fields = ("topic", "state")
