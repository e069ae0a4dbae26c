"""The largest attendance sheet that is measured: 200 people in 5 sessions, half of the marks recorded."""

from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from common import folding
from members.models import Member
from trainings.models import Enrolment, Mark, Participant, Party, Session, Sex, Training

PEOPLE = 200
SESSIONS = 5
MINUTES = 90


def large_sheet(recorder: Member) -> Training:
    """A training that this recorder's organisation keeps, still open, with that sheet; made if there is none."""
    found = (
        Training.objects.filter(keeper=recorder.organisation, figures=Training.Figures.RECORDED, cancelled_at=None)
        .annotate(people=Count("enrolments", distinct=True), blocks=Count("sessions", distinct=True))
        .filter(people=PEOPLE, blocks=SESSIONS)
        .first()
    )
    return found or make_large_sheet(recorder)


@transaction.atomic
def make_large_sheet(recorder: Member) -> Training:
    like = Training.objects.filter(keeper=recorder.organisation).order_by("pk")[0]
    today = timezone.localdate()
    training = Training.objects.create(
        reference=f"{like.country_id}-{today.year}-9{recorder.pk % 100:02}",
        course=like.course,
        title="A sheet of 200 people",
        title_key="a sheet of 200 people",
        host=like.host,
        keeper=recorder.organisation,
        country=like.country,
        language=like.language,
        starts_on=today - timedelta(days=SESSIONS),
        ends_on=today - timedelta(days=1),
        counts_on=today - timedelta(days=1),
        scheduled_minutes=SESSIONS * MINUTES,
        sessions_held=SESSIONS,
        created_by=recorder,
    )
    party = Party.objects.create(training=training, organisation=recorder.organisation, roster_key=uuid4())
    participants = Participant.objects.bulk_create([participant(recorder, number) for number in range(PEOPLE)])
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(training=training, party=party, participant=person, organisation=person.organisation, line=line)
        for line, person in enumerate(participants, start=1)
    )
    sessions = Session.objects.bulk_create(
        Session(training=training, date=training.starts_on + timedelta(days=day), minutes=MINUTES, title="Day")
        for day in range(SESSIONS)
    )
    Mark.objects.bulk_create(
        Mark(enrolment=enrolment, session=session, value=Mark.Value.PRESENT)
        for enrolment in enrolments[: PEOPLE // 2]
        for session in sessions
    )
    return training


def participant(recorder: Member, number: int) -> Participant:
    family, given = f"Mjerić{number:03}", "Đurđa"
    words = f"{family} {given}"
    return Participant(
        organisation=recorder.organisation,
        family_name=family,
        given_name=given,
        spelling_key=folding.spelling(words),
        loose_key=folding.loose(words),
        sex=Sex.FEMALE,
    )
