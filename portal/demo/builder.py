"""Loads the story: people with accounts first, then everything else by the portal's actions, in chronological order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mail.models import Mail
from members.models import Organisation
from portal.demo.cast import load_cast
from portal.demo.clock import Events
from portal.demo.discussion import schedule_discussion
from portal.demo.handouts import schedule_handouts
from portal.demo.measures import schedule_measures
from portal.demo.multiply import multiply
from portal.demo.posts import schedule_posts
from portal.demo.recent import recent
from portal.demo.rosters import Rosters
from portal.demo.story import history
from portal.demo.trainings import World, schedule_trainings
from portal.totals import recount
from trainings.models import Enrolment, Mark, Participant, Training

# People of the story itself.
PEOPLE_OF_STORY = 2_100


@dataclass
class Written:
    """What was loaded, for the summary."""

    trainers: int
    trainings: int
    people: int
    enrolments: int
    marks: int


def build(today: date, people: int | None) -> Written:
    """Write the whole demo network into an empty database, as of `today`. Call it in a transaction."""
    organisations = {organisation.code: organisation for organisation in Organisation.objects.all()}
    cast = load_cast(organisations)
    deliveries = [*history(cast), *recent(cast, today)]
    rosters = Rosters(cast)
    events = Events(today)
    stories = schedule_trainings(World(cast, organisations), events, deliveries, rosters.fill(deliveries))
    schedule_measures(organisations, cast, events, today)
    posts = schedule_posts(cast, events, today)
    schedule_handouts(posts, events)
    schedule_discussion(cast, posts, stories, events)
    events.run()
    Mail.objects.all().delete()  # the story's emails were sent long ago
    if people:
        multiply(people, rosters.names)
    recount()
    return Written(
        len(cast.trainers),
        Training.objects.count(),
        Participant.objects.count(),
        Enrolment.objects.count(),
        Mark.objects.count(),
    )
