"""Each page, for each person who may open it: the same number of queries with few rows and with many, and at most ten.

The pages are those of the access suite's decisions, so a new route is measured as soon as it has its decision.
"""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from knowledge.models import Comment, Complaint, FieldNote, Follow, Post, RevisionItem, Saved, Thanks
from knowledge.posts.actions import Choices, change_post, write_post
from members.models import Invitation, Organisation
from notifications.models import Notification
from portal.totals import look_after_totals
from search.indexer import sync_index
from tests.conftest import client_of, join, make_roster, make_training, mark_all
from tests.suites.decisions import DECISIONS, decided
from trainers.models import Topic
from trainings.access import KEEPING_ROLES
from trainings.figures.actions import submit_figures, verify_figures
from trainings.headcounts.actions import set_headcounts
from trainings.models import Course, DuplicatePair, Headcount, Merge, Participant, Training
from trainings.roster.actions import RosterRow, add_to_roster

pytestmark = pytest.mark.django_db
MOST = 10

# Answers that are no page: a sign of life and a file.
NO_PAGES = {
    "alive",
    "ready",
    "security_txt",
    "robots_txt",
    "trainers:photo",
    "trainings:evidence_file",
    "reports:portfolio",
    "knowledge:comment",
}
# Pages that look different by what the address asks.
QUERIES = {
    "trainings:create": ["", "?copy={reference}"],
    "trainings:attendance": ["", "?view=all"],
    "trainings:list": ["", "?state=delivered&q=a&page=2"],
    "trainings:duplicates": ["", "?q=a&why=typing"],
    "trainings:history": ["", "?page=2"],
    "reports:people": [
        "",
        "?by=rank_group&and_by=organisation&rule=completed",
        "?by=time&organisation={ministry}",
        "?by=year&rule=once",
    ],
    "reports:behind": ["", "?by=organisation&at={ministry}&organisation={ministry}"],
    "knowledge:list": [
        "",
        "?kind=material&topic={topic}&language=en&ministry={ministry}&audience=nco&year=2026&page=2",
    ],
    "knowledge:detail": ["", "?page=2"],
    "knowledge:notes": ["", "?topic={topic}&course=1&ministry={ministry}&year=2025"],
    "knowledge:revision": ["", "?state=open"],
    "knowledge:history": ["", "?version=1"],
    "search:page": [
        "",
        "?q=svima",
        "?q=post+jos&kind=post&topic={topic}&language=en&ministry={ministry}&year=2026&page=2",
    ],
    "trainers:list": ["", "?q=a&ministry=ME&topic={topic}&language=en"],
    "reports:trainers": ["", "?topic={topic}&language=en&not_current=on&sort=-last&first=2020-01-01"],
    "reports:deliveries": ["", "?what=abroad&first=2020-01-01"],
    "members:list": ["", "?page=2", "?q=a&state=active&factor=no&seen=never"],
    "members:audit": ["", "?q=a&readings=on", "?q={reference}&first=2020-01-01"],
}
# What some of those who may open the page may be asked of it; the others are told that there is no such thing.
ASKED_OF = {"reports:cascade": ("?of=own", KEEPING_ROLES)}
# Pages that only turn away while the figures are open; see the tests of their own below.
ELSEWHERE = {
    "knowledge:delete",
    "knowledge:note_new",
    "trainings:amend",
    "members:accept",
    "trainings:workbook_preview",
}


def pages():
    return sorted(
        name for name, decision in DECISIONS.items() if decision.get and name not in NO_PAGES and name not in ELSEWHERE
    )


def queries_of(client, url):
    """The queries of one request, as it is once the worker has counted the totals, the session is there and the page was seen."""
    client.get(url)
    return queries_now(client, url)


def queries_now(client, url):
    """The queries of one request, whatever else it may have to do first."""
    with CaptureQueriesContext(connection) as taken:
        answer = client.get(url)
    assert answer.status_code == 200, url
    return [query["sql"] for query in taken if "SAVEPOINT" not in query["sql"]]


def begin(side, cast):
    """One of what a member keeps for themselves, so that no list is empty."""
    post = Post.objects.get(slug=side.post)
    topic = Topic.objects.order_by("pk")[0]
    post.topics.add(topic)
    everybody = Post.objects.get(author=post.author, reach="network")
    for member in cast.values():
        if member is not None:
            Saved.objects.create(member=member, post=everybody)
            Notification.objects.create(member=member, kind="followed", target=everybody)
            Follow.objects.create(member=member, topic=topic)


def grow(side, cast, guests):
    """Make much of everything that any page lists."""
    training, recorder, trainer = side.training, cast["recorder_me"], cast["trainer_me"]
    make_roster(training, 20, recorder)
    make_roster(training, 5, recorder, home=cast["recorder_rs"].organisation)
    mark_all(training, recorder)
    for code in guests:
        counts = [Headcount(sex=sex, rank_group="nco", attended=5) for sex in ("male", "female")]
        set_headcounts(training=training, organisation=Organisation.objects.get(code=code), counts=counts, by=recorder)
    for n in range(30):
        mark_all(other := make_training(recorder, trainers=(trainer,)), recorder)
        make_roster(other, 3, recorder)
        join("ME", "Još", f"Jedna{n}", "trainer", "recorder")
        Topic.objects.create(name=f"Topic {n}")
        Course.objects.create(code=f"course-{n}", name=f"Course {n}")
        Organisation.objects.create(
            code=f"O{n}",
            name=f"Organisation {n}",
            short_name=f"O {n}",
            kind="partner",
            country=recorder.organisation.country,
        )
        Invitation.objects.create(
            email=f"o{n}@mod.example",
            given_name="N",
            family_name="N",
            organisation=recorder.organisation,
            token_hash=f"digest {n}",
            invited_by=recorder,
        )
        first, two = (
            Participant.objects.create(
                organisation=recorder.organisation,
                family_name=f"Dvojnik{n}",
                given_name="A",
                spelling_key="a",
                loose_key="a",
            )
            for _two in range(2)
        )
        DuplicatePair.objects.create(
            first=first, second=two, state="different" if n % 2 else "open", decided_by=recorder
        )
        Merge.objects.create(survivor=first, gone=two, by=recorder, undone_by=recorder, undone_at=first.created_at)
        known_twice = (first.pk, two.pk, DuplicatePair.objects.get(pk=side.pair).first_id)
        rows = [RosterRow("A", "A", recorder.organisation, participant=pk) for pk in known_twice]
        add_to_roster(training=other, rows=rows, by=recorder)
        written = Post(kind="lesson", title=f"Post {n}", language_id="en", body="- a\n- b", pinned_at=other.created_at)
        write_post(
            post=written, choices=Choices(Topic.objects.all()[:3], ["nco", "cadet"]), publish=n % 5 > 0, by=trainer
        )
    post = Post.objects.get(slug=side.post)
    written = list(Post.objects.filter(title__startswith="Post "))
    written_about = list(Training.objects.order_by("-pk")[:30])
    for n in range(30):
        post.body += f"{n}\n"
        change_post(post=post, choices=Choices(), version_seen=post.version, by=(trainer, recorder)[n % 2])
        comment = Comment.objects.create(post=post, author=recorder, body=f"Comment {n}")
        Comment.objects.create(post=post, author=trainer, body=f"Answer {n}", answers=comment)
        Thanks.objects.create(member=trainer, comment=comment)
        for member in (trainer, recorder, cast["coordinator_me"]):
            Notification.objects.create(member=member, kind="commented", target=comment)
            Follow.objects.create(member=member, topic=Topic.objects.get(name=f"Topic {n}"))
            Saved.objects.create(member=member, post=written[n])
        Complaint.objects.create(post=post, comment=comment, by=trainer, words="x")
        note = FieldNote.objects.create(training=written_about[n], author=recorder, worked="x")
        note.topics.set(Topic.objects.all()[:3])
        RevisionItem.objects.create(note=note, topic=Topic.objects.get(name=f"Topic {n}"), by=recorder)
    post.topics.set(Topic.objects.all()[:8])
    profile = trainer.profile
    profile.topics.set(Topic.objects.all())


def visits(route, side, browsers, cast):
    """Who opens a page of ME's things and by which addresses: everybody who may, by each thing it can be asked."""
    people = [name for name in browsers if name != "pending" and decided(route, "get", name, 0) == "in"]
    assert people, f"Nobody may open {route}: give it a person in the access suite, or name it in NO_PAGES."
    base = reverse(route, args=side.arguments(route))
    topic = Topic.objects.order_by("pk")[0].pk
    values = {"reference": side.training.reference, "ministry": side.training.host_id, "topic": topic}
    cases = [(name, base + query.format(**values)) for query in QUERIES.get(route, [""]) for name in people]
    of_some, roles = ASKED_OF.get(route, ("", ()))
    return cases + [(name, base + of_some) for name in people if of_some and cast[name].has_role(*roles)]


@pytest.mark.slow
def test_queries_do_not_grow_with_the_rows_and_are_few(sides, browsers, cast):
    side = sides[0]
    cases = [case for route in pages() for case in visits(route, side, browsers, cast)]
    begin(side, cast)
    look_after_totals()
    sync_index()
    few = {(name, url): queries_of(browsers[name], url) for name, url in cases}
    grow(side, cast, ["BA"])
    look_after_totals()
    sync_index()
    many = {(name, url): queries_now(browsers[name], url) for name, url in cases}
    # What is asked more may only have been the first to see what is new.
    for name, url in cases:
        if len(many[name, url]) > min(MOST, len(few[name, url])):
            many[name, url] = queries_of(browsers[name], url)
    over = {case: len(taken) for case, taken in many.items() if len(taken) > MOST}
    grown = {case: (len(few[case]), len(many[case])) for case in many if len(many[case]) > len(few[case])}
    assert (over, grown) == ({}, {}), "\n\n".join("\n".join(many[case]) for case in {**over, **grown})


def test_amending_takes_as_many_queries_for_many_people(cast, recorder_me, coordinator_me):
    taken = []
    for people in (2, 30):
        training = make_training(recorder_me, trainers=(cast["trainer_me"],))
        make_roster(training, people, recorder_me)
        mark_all(training, recorder_me)
        version = submit_figures(training=training, by=recorder_me)
        verify_figures(training=training, version_seen=version.number, by=coordinator_me)
        taken.append(queries_of(client_of(coordinator_me), reverse("trainings:amend", args=[training.reference])))
    assert len(taken[0]) == len(taken[1]) <= MOST


def test_cached_pages_take_few_queries(settings, sides, browsers):
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages-of-tests"}
    settings.CACHES = {**settings.CACHES, "pages": memory}
    for _first_and_again in range(2):
        numbers = {path: len(queries_of(browsers["coordinator_me"], path)) for path in ("/trainers/", "/trainings/")}
    # Session and member with roles: the versions are in memory here, a query more where they are in the database. The list
    # counts the pairs of records that wait for this coordinator.
    assert numbers == {"/trainers/": 2, "/trainings/": 3}
    caches["pages"].clear()


@pytest.mark.slow
def test_control_a_query_for_each_row_is_found(sides, browsers, cast, monkeypatch):
    from trainings.models.training import TrainingQuerySet

    monkeypatch.setattr(TrainingQuerySet, "with_list_parts", lambda self: self)
    few = queries_of(browsers["observer"], "/trainings/")
    for _n in range(5):
        make_training(cast["recorder_me"], trainers=(cast["trainer_me"],))
    assert len(queries_of(browsers["observer"], "/trainings/")) > len(few)


@pytest.mark.slow
def test_training_in_every_state_takes_few_queries(sides, browsers, cast):
    training = sides[0].training
    grow(sides[0], cast, ["BA"])
    training.partners.set(Organisation.objects.all()[:5])
    results = {}
    for state in ("recorded", "submitted", "verified"):
        if state == "submitted":
            version = submit_figures(training=training, by=cast["recorder_me"])
        if state == "verified":
            verify_figures(training=training, version_seen=version.number, by=cast["coordinator_me"])
        for name in DECISIONS["trainings:detail"].get[0]:
            results[state, name] = len(queries_of(browsers[name], training.get_absolute_url()))
    assert {case: n for case, n in results.items() if n > MOST} == {}
