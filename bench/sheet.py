"""The largest attendance grid measured: 200 people in 5 sessions, half of the marks recorded."""

from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from common import folding
from members.models import Member
from trainings.models import Enrolment, Mark, Participant, Party, Session, Sex, Training
from trainings.roster.actions import name_keys

PEOPLE = 200
SESSIONS = 5
MINUTES = 90


def large_sheet(recorder: Member) -> Training:
    """An open training of this recorder's organisation with that grid; created if there is none."""
    training = (
        Training.objects.filter(owner=recorder.organisation, figures=Training.Figures.RECORDED, cancelled_at=None)
        .annotate(people=Count("enrolments", distinct=True), blocks=Count("sessions", distinct=True))
        .filter(people=PEOPLE, blocks=SESSIONS)
        .first()
    )
    return training or make_large_sheet(recorder)


def open_training(recorder: Member, *, number: int, title: str, sessions: int, minutes: int) -> Training:
    """Create a training of this recorder that ended yesterday, with a session of these minutes on each day.

    `number` from 1 to 9 distinguishes it from others created for measuring.
    """
    like = Training.objects.filter(owner=recorder.organisation).order_by("pk")[0]
    today = timezone.localdate()
    training = Training.objects.create(
        reference=f"{like.country_id}-{today.year}-{number}{recorder.pk % 100:02}",
        course=like.course,
        title=title,
        title_key=folding.spelling(title),
        host=like.host,
        owner=recorder.organisation,
        country=like.country,
        language=like.language,
        starts_on=today - timedelta(days=sessions),
        ends_on=today - timedelta(days=1),
        counts_on=today - timedelta(days=1),
        scheduled_minutes=sessions * minutes,
        sessions_held=sessions,
        created_by=recorder,
    )
    Session.objects.bulk_create(
        Session(training=training, date=training.starts_on + timedelta(days=day), minutes=minutes, title="Day")
        for day in range(sessions)
    )
    return training


@transaction.atomic
def make_large_sheet(recorder: Member) -> Training:
    title = f"A sheet of {PEOPLE} people"
    training = open_training(recorder, number=9, title=title, sessions=SESSIONS, minutes=MINUTES)
    party = Party.objects.create(training=training, organisation=recorder.organisation, roster_key=uuid4())
    participants = Participant.objects.bulk_create(
        [participant(recorder, f"Mjerić{number:03}", "Đurđa") for number in range(PEOPLE)]
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(training=training, party=party, participant=person, organisation=person.organisation, line=line)
        for line, person in enumerate(participants, start=1)
    )
    sessions = list(training.sessions.all())
    Mark.objects.bulk_create(
        Mark(enrolment=enrolment, session=session, value=Mark.Value.PRESENT)
        for enrolment in enrolments[: PEOPLE // 2]
        for session in sessions
    )
    return training


def participant(recorder: Member, family_name: str, given_name: str) -> Participant:
    spelling_key, loose_key = name_keys(family_name, given_name)
    return Participant(
        organisation=recorder.organisation,
        family_name=family_name,
        given_name=given_name,
        spelling_key=spelling_key,
        loose_key=loose_key,
        sex=Sex.FEMALE,
    )
