"""Forms for trainings. They only validate; actions write."""

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import DateInput, TimeInput, reference_choices
from members.models import Country, Language, Organisation
from trainers.models import TrainerProfile
from trainings.actions import MAX_DAYS, MAX_SESSIONS, SessionPlan
from trainings.dates import LONGEST, Days, read_days
from trainings.models import Assignment, Course, Training


def offer(field: forms.Field, rows: QuerySet[Any], choices: list[tuple[Any, str]]) -> None:
    """Validate a model field against `rows`, but show choices fetched once for several fields."""
    field.queryset = rows  # type: ignore[attr-defined]  # a model choice field
    empty = [] if isinstance(field, forms.ModelMultipleChoiceField) else [("", field.empty_label or "")]  # type: ignore[attr-defined]
    field.choices = [*empty, *choices]  # type: ignore[attr-defined]


def _courses(chosen: int | None) -> QuerySet[Course]:
    """Courses on offer, and the one already chosen."""
    return Course.objects.filter(Q(is_offered=True) | Q(pk=chosen))


def _reference_choices(course: int | None) -> dict[str, list[tuple[str, str]]]:
    """Return the choices of the short lists by field name; courses on offer and this one. One query."""
    return reference_choices(
        course=(_courses(course), "name"),
        country=(Country.objects.all(), "name"),
        language=(Language.objects.all(), "name"),
    )


class TrainingForm(forms.ModelForm[Training]):
    """The facts of one training with its trainers."""

    lead = forms.ModelChoiceField(
        TrainerProfile.objects.none(),
        label=gettext_lazy("Lead trainer"),
        required=False,
        empty_label=gettext_lazy("Not decided yet"),
    )
    co_trainers = forms.ModelMultipleChoiceField(
        TrainerProfile.objects.none(),
        label=gettext_lazy("Co-trainers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    observers = forms.ModelMultipleChoiceField(
        TrainerProfile.objects.none(),
        label=gettext_lazy("Observing trainers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Training
        fields = (
            "course", "title", "host", "country", "place", "language", "mode", "starts_on", "ends_on", "partners", "notes",
        )  # fmt: skip
        widgets = {
            "starts_on": DateInput,
            "ends_on": DateInput,
            "partners": forms.CheckboxSelectMultiple,
            "notes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        trainers = TrainerProfile.objects.select_related("member__organisation").filter(member__is_active=True)
        people = [(t.pk, f"{t} · {t.member.organisation.short_name}") for t in trainers]
        for name in ("lead", "co_trainers", "observers"):
            offer(self.fields[name], trainers, people)
        organisations = list(Organisation.objects.values_list("pk", "name", "kind"))
        offer(self.fields["host"], Organisation.objects.all(), [(pk, name) for pk, name, _kind in organisations])
        offer(
            self.fields["partners"],
            Organisation.objects.exclude(kind=Organisation.Kind.MINISTRY),
            [(pk, name) for pk, name, kind in organisations if kind != Organisation.Kind.MINISTRY],
        )
        reference = _reference_choices(self.instance.course_id)
        offer(self.fields["course"], _courses(self.instance.course_id), reference["course"])
        offer(self.fields["country"], Country.objects.all(), reference["country"])
        offer(self.fields["language"], Language.objects.all(), reference["language"])
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Empty: the course's name.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The training ends before it starts. Correct one of the two days."))
        elif first and last and (last - first).days > MAX_DAYS:
            self.add_error("ends_on", _("A training lasts at most a year."))
        if not cleaned.get("title") and cleaned.get("course"):
            cleaned["title"] = cleaned["course"].name
        chosen = [cleaned.get("lead"), *(cleaned.get("co_trainers") or []), *(cleaned.get("observers") or [])]
        named = [trainer for trainer in chosen if trainer]
        if len({trainer.pk for trainer in named}) < len(named):
            self.add_error(None, _("A trainer has one part in a training: lead, co-trainer or observer."))
        return cleaned

    @property
    def chosen_trainers(self) -> list[tuple[TrainerProfile, str]]:
        """Each chosen trainer with their part, after validation."""
        lead = self.cleaned_data.get("lead")
        return [
            *([(lead, Assignment.Part.LEAD.value)] if lead else []),
            *((trainer, Assignment.Part.CO_TRAINER.value) for trainer in self.cleaned_data["co_trainers"]),
            *((trainer, Assignment.Part.OBSERVER.value) for trainer in self.cleaned_data["observers"]),
        ]


def _days_field(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("12–14 November, 9:00–15:00"), "autocomplete": "off"}
        ),
    )


class NewTrainingForm(TrainingForm):
    """A new training: one session a day at the same hours, in one line or in fields, to be refined later."""

    days = _days_field(
        gettext_lazy("Days and hours in one line"),
        gettext_lazy("Or “12.–14.11., 9–15”. Months may be in any of the region's languages."),
    )
    day_starts = forms.TimeField(label=gettext_lazy("Each day from"), widget=TimeInput, required=False)
    day_ends = forms.TimeField(label=gettext_lazy("to"), widget=TimeInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].required = self.fields["ends_on"].required = False

    def clean_days(self) -> Days | None:
        line = self.cleaned_data["days"]
        return read_days(line, near=timezone.localdate()) if line else None

    def clean(self) -> dict[str, Any]:
        days: Days | None = self.cleaned_data.get("days")
        if days:
            for name, day in (("starts_on", days.first), ("ends_on", days.last)):
                if self.cleaned_data.get(name) not in (None, day):
                    self.add_error(name, _("This is another day than in the line above. Clear one of the two."))
                self.cleaned_data[name] = day
            if days.starts:
                self.cleaned_data["day_starts"], self.cleaned_data["day_ends"] = days.starts, days.ends
        elif "days" not in self.errors:
            for name in ("starts_on", "ends_on"):
                if not self.cleaned_data.get(name) and name not in self.errors:
                    self.add_error(name, _("Give the day, or the days and hours in one line above."))
        cleaned = super().clean()
        starts, ends = cleaned.get("day_starts"), cleaned.get("day_ends")
        if bool(starts) != bool(ends):
            self.add_error("day_ends", _("Give both clock times or none."))
        elif starts and ends and ends <= starts:
            self.add_error("day_ends", _("The day ends before it starts."))
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and (last - first).days >= MAX_SESSIONS:
            self.add_error(
                "ends_on", _("One session a day makes more than %(n)d sessions. Shorten it.") % {"n": MAX_SESSIONS}
            )
        return cleaned

    @property
    def planned_sessions(self) -> list[SessionPlan]:
        """One session for each day, after validation."""
        days = Days(self.cleaned_data["starts_on"], self.cleaned_data["ends_on"])
        starts, ends = self.cleaned_data["day_starts"], self.cleaned_data["day_ends"]
        return _one_a_day(days, starts, ends, first_number=1)


def _one_a_day(days: Days, starts: time | None, ends: time | None, *, first_number: int) -> list[SessionPlan]:
    return [SessionPlan(day, starts, ends, _("Day %(n)d") % {"n": n}) for n, day in enumerate(days, first_number)]


class ChangedTrainingForm(TrainingForm):
    """An existing training; more days can be added at once, which extends it."""

    more_days = _days_field(
        gettext_lazy("Add days in one go"),
        gettext_lazy("Each day becomes one more session; the training is lengthened if need be."),
    )

    def clean_more_days(self) -> Days | None:
        line = self.cleaned_data["more_days"]
        days = read_days(line, near=self.instance.starts_on) if line else None
        if days and (days.last - days.first).days >= MAX_SESSIONS:
            raise ValidationError(_("At most %(n)d days can be added at once.") % {"n": MAX_SESSIONS})
        return days

    def clean(self) -> dict[str, Any]:
        days: Days | None = self.cleaned_data.get("more_days")
        first, last = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if days and first and last and first <= last:
            self.cleaned_data["starts_on"] = min(first, days.first)
            self.cleaned_data["ends_on"] = max(last, days.last)
        return super().clean()

    def more_sessions(self, after: int) -> list[SessionPlan]:
        """The sessions of the added days, numbered from `after` on; empty if none were typed. After validation."""
        days: Days | None = self.cleaned_data["more_days"]
        return _one_a_day(days, days.starts, days.ends, first_number=after + 1) if days else []


class SessionForm(forms.Form):
    """One session in a training's list of sessions."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    date = forms.DateField(label=gettext_lazy("Day"), widget=DateInput)
    starts = forms.TimeField(label=gettext_lazy("From"), widget=TimeInput, required=False)
    ends = forms.TimeField(label=gettext_lazy("To"), widget=TimeInput, required=False)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes, if not by the clock"), required=False, min_value=0, max_value=1440
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, required=False)

    @property
    def plan(self) -> SessionPlan:
        data = self.cleaned_data
        return SessionPlan(data["date"], data["starts"], data["ends"], data["title"], data["minutes"], data["pk"])


SessionFormSet = forms.formset_factory(
    SessionForm, extra=2, can_delete=True, max_num=MAX_SESSIONS, absolute_max=MAX_SESSIONS + 10, validate_max=True
)


def session_initial(training: Training) -> list[dict[str, Any]]:
    """Return the initial data of the session formset; minutes only where they differ from the clock."""
    rows = []
    for session in training.sessions.all():
        clocked = SessionPlan(session.date, session.starts, session.ends).counted_minutes
        rows.append(
            {
                "pk": session.pk, "date": session.date, "starts": session.starts, "ends": session.ends,
                "title": session.title, "minutes": None if session.minutes == clocked else session.minutes,
            }
        )  # fmt: skip
    return rows


class ReasonForm(forms.Form):
    """A reason, for actions that require one."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class OwnerForm(ReasonForm):
    """A new owner and the reason."""

    owner = forms.ModelChoiceField(
        Organisation.objects.filter(kind__in=[Organisation.Kind.MINISTRY, Organisation.Kind.SECRETARIAT]),
        label=gettext_lazy("New keeper"),
    )
