"""The trainings of the story, by the portal's own actions: created, filled, marked, submitted, verified."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from uuid import UUID

from common.scans import JPEG, Scan
from members.models import Language, Organisation
from portal.demo.attendance import headcount_rows, marks_of
from portal.demo.cast import MINISTRIES, Cast
from portal.demo.clock import Events, at
from portal.demo.deliveries import Delivery
from portal.demo.paper import DRAWINGS, drawn_sheet
from portal.demo.rosters import Person
from trainings.actions import SessionPlan, cancel_training, create_training, toggle_session
from trainings.attendance.actions import change_marks
from trainings.attendance.edits import MarkEdit
from trainings.evidence.actions import attach_evidence
from trainings.figures.actions import submit_figures, verify_figures
from trainings.headcounts.actions import set_headcounts
from trainings.models import Course, Enrolment, Headcount, Participant, Session, Training
from trainings.roster.actions import RosterRow, add_to_roster
from trainings.roster.linking import link_participant

# The latest trainings of the story have signed sheets; older paper is in the ministries' archives.
WITH_PAPER = 24


class World:
    """What all trainings refer to: the cast, and reference data by code."""

    def __init__(self, cast: Cast, organisations: dict[str, Organisation]) -> None:
        self.cast, self.organisations = cast, organisations
        self.courses = {course.code: course for course in Course.objects.all()}
        self.languages = {language.code: language for language in Language.objects.all()}


class Story:
    """One training: what the story says of it, and its row once it is created."""

    training: Training

    def __init__(self, world: World, delivery: Delivery, people: list[Person], rng: Random) -> None:
        self.world, self.delivery, self.people, self.rng = world, delivery, people, rng
        self.recorder, self.coordinator = world.cast.recorder(delivery.owner), world.cast.coordinator(delivery.owner)
        self.submitted: datetime | None = None
        self.enrolments: dict[int, Enrolment] = {}

    @cached_property
    def sessions(self) -> list[Session]:
        return list(self.training.sessions.order_by("pk"))

    def schedule(self, events: Events) -> None:
        """Plan what happens to it: created and filled before, marked on its last day, submitted and verified later."""
        delivery, rng = self.delivery, self.rng
        begins = min(at(delivery.starts_on), events.now)
        events.add(begins - timedelta(days=21) + timedelta(hours=1, minutes=rng.randrange(60)), self.create)
        events.add(begins - timedelta(days=12 if delivery.state == "cancelled" else 3), self.fill)
        if delivery.state == "cancelled":
            cancelled = min(
                at(delivery.starts_on, 12) - timedelta(days=6), at(events.now.date(), 12) - timedelta(days=4)
            )
            events.add(
                cancelled,
                lambda: cancel_training(training=self.training, reason=delivery.cancelled_reason, by=self.recorder),
            )
            return
        for n, block in enumerate(delivery.blocks):
            if block.is_cancelled:
                events.add(at(block.day, 7), lambda n=n: toggle_session(session=self.sessions[n], by=self.recorder))
        if delivery.is_marked:
            events.add(at(delivery.ends_on, 15, 30), self.mark)
        if delivery.state in ("submitted", "verified"):
            self._hand_in(events)

    def _hand_in(self, events: Events) -> None:
        """Submitted by the owner's recorder, verified by its coordinator, each on a later day."""
        usual = self.rng.randint(2, 9)
        days = self.delivery.submitted_after or usual
        self.submitted = events.add(
            at(self.delivery.ends_on + timedelta(days=days), 11, self.rng.randrange(60)),
            lambda: submit_figures(training=self.training, by=self.recorder),
        )
        if self.delivery.state == "verified":
            events.add(
                at(self.submitted.date() + timedelta(days=self.rng.randint(1, 12)), 14, self.rng.randrange(60)),
                lambda: verify_figures(training=self.training, version_seen=1, by=self.coordinator),
            )

    def attach_paper(self, events: Events, number: int) -> None:
        """Plan that a signed sheet is attached right after the figures are submitted."""
        scan = Scan(drawn_sheet(number % DRAWINGS), JPEG)
        if self.submitted:
            events.add(self.submitted, lambda: attach_evidence(training=self.training, scans=[scan], by=self.recorder))

    def create(self) -> None:
        """Create the training with its sessions and trainers."""
        delivery, world = self.delivery, self.world
        profiles = world.cast.profiles
        parts = [(profiles[slug], "lead" if n == 0 else "co_trainer") for n, slug in enumerate(delivery.team)]
        parts += [(profiles[slug], "observer") for slug in delivery.observers]
        training = Training(
            course=world.courses[delivery.course],
            title=delivery.title,
            host=world.organisations[delivery.host],
            country_id=delivery.country,
            place=delivery.place,
            language=world.languages[delivery.language],
            mode=delivery.mode,
            notes=delivery.notes,
            starts_on=delivery.starts_on,
            ends_on=delivery.ends_on,
        )
        plans = [SessionPlan(b.day, b.starts, b.ends, b.title, b.minutes or None) for b in delivery.blocks]
        partners = [world.organisations[code] for code in delivery.partners]
        self.training = create_training(
            training=training, sessions=plans, trainers=parts, partners=partners, by=self.recorder
        )

    def fill(self) -> None:
        """Add the people to the roster, those of each ministry by its own recorder, who knows them."""
        is_age_known = self.rng.random() < 0.6
        for code in dict.fromkeys(person.organisation for person in self.people):
            by = self.world.cast.recorder(code) if code in MINISTRIES else self.recorder
            theirs = [(line, person) for line, person in enumerate(self.people) if person.organisation == code]
            rows = [self._row(person, line, is_age_known=is_age_known) for line, person in theirs]
            made = add_to_roster(training=self.training, rows=rows, by=by)
            for (line, person), enrolment in zip(theirs, made, strict=True):
                person.pk, self.enrolments[line] = enrolment.participant_id, enrolment
        for code, persons in self.delivery.headcounts.items():
            is_unit = self.delivery.country == code and self.delivery.course in ("PDT", "GA-1", "GBD")
            counts = headcount_rows(code, persons, is_unit=is_unit, is_known=self.delivery.completed_is_known)
            set_headcounts(
                training=self.training,
                organisation=self.world.organisations[code],
                by=self.recorder,
                counts=[Headcount(sex=s, rank_group=g, attended=a, completed=c) for s, g, a, c in counts],
            )

    def _row(self, person: Person, line: int, *, is_age_known: bool) -> RosterRow:
        standing, home = person.standing(self.delivery.starts_on), person.organisation
        is_in_other_script = standing.rank is not None and person.name.in_cyrillic != (home == "MK")
        row = RosterRow(
            person.name.family_name,
            person.name.given_name,
            self.world.organisations[home],
            sex=person.sex,
            unit=person.unit,
            age_band=person.age_band(self.delivery.starts_on) if is_age_known else "",
            participant=person.pk or None,
            is_another=not person.pk,
        )
        if line < self.delivery.lines_without_rank:
            return row
        words = standing.other_words if is_in_other_script else standing.words
        return replace(row, rank=standing.rank, rank_words=words, rank_group=standing.group)

    def mark(self) -> None:
        """Record who came."""
        rows = marks_of(self.rng, self.delivery, self.people)
        edits = [
            MarkEdit(self.enrolments[line].pk, session.pk, value, 0, UUID(int=self.rng.getrandbits(128), version=4))
            for line, values in enumerate(rows)
            for session, value in zip(self.sessions, values, strict=True)
            if value
        ]
        if edits:
            change_marks(training=self.training, edits=edits, by=self.recorder)

    def link_trainers(self) -> None:
        """Link the participants who became trainers of the network."""
        for person in self.people:
            if person.trainer:
                cast = self.world.cast
                link_participant(
                    participant=Participant(pk=person.pk),
                    member=cast.profiles[person.trainer].member,
                    training=self.training,
                    by=cast.coordinator(person.organisation),
                )


def schedule_trainings(
    world: World, events: Events, deliveries: list[Delivery], rosters: list[list[Person]]
) -> list[Story]:
    """Plan all trainings of the story; return them by their first day."""
    rng = Random("mreza rows")
    pairs = sorted(
        zip(deliveries, rosters, strict=True), key=lambda row: (row[0].starts_on, row[0].owner, row[0].title)
    )
    stories = [Story(world, delivery, people, rng) for delivery, people in pairs]
    for story in stories:
        story.schedule(events)
        if any(person.trainer for person in story.people):
            events.add(at(story.delivery.ends_on + timedelta(days=5), 10), story.link_trainers)
    counting = sorted((s for s in stories if s.submitted), key=lambda story: story.delivery.counts_on)
    for number, story in enumerate(counting[-WITH_PAPER:]):
        story.attach_paper(events, number)
    return stories
