"""Each action leaves exactly one line; a GET leaves none and changes no domain row."""

from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from pkgutil import walk_packages
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from audit.sentences import has_sentence, sentence
from common.scans import PDF, Scan
from common.uploads.reading import read_pasted
from mail.models import Mail
from members import actions as members
from members.models import Invitation, Organisation, Rank, Role
from reports.indicators import actions as indicators
from reports.lookups import Things
from reports.models import IndicatorValue
from reports.people.forms import ReportQuery
from reports.snapshots import actions as snapshots
from reports.standard import actions as packs
from reports.strengths import actions as strengths
from reports.strengths.actions import Entry
from search.models import Pending
from tests.conftest import edit_of, new_training, person, plans, profile_of
from tests.search.things import contents_by_document, documents_waiting
from tests.suites import scenes_discussion, scenes_materials, scenes_notifications, scenes_posts, scenes_searches
from tests.suites.decisions import DECISIONS
from tests.suites.sides import about_each_side
from trainers import actions as trainers
from trainers.models import Topic
from trainings import actions as trainings_actions
from trainings import handover
from trainings.attendance import actions as marks
from trainings.counting import Question
from trainings.duplicates import actions as duplicates
from trainings.duplicates import merging, unmerging
from trainings.duplicates.merge_plan import compare, seen_hash
from trainings.evidence import actions as evidence
from trainings.figures import actions as figures
from trainings.headcounts.actions import set_headcounts, switch_to_roster
from trainings.models import Course, DuplicatePair, Headcount, Training
from trainings.roster import actions as roster
from trainings.roster import linking
from trainings.roster_import import actions as imports
from trainings.roster_import.workbook import actions as workbooks
from trainings.sign_in_sheets import actions as sheets

pytestmark = pytest.mark.django_db

# Scenes of the actions that have a file of their own.
SCENES = (scenes_notifications, scenes_discussion, scenes_materials, scenes_posts, scenes_searches)
APPS = ("mail", "members", "notifications", "trainers", "trainings", "knowledge", "reports", "search")
# Rows that a GET may change: what was seen last is no row of its own, and readings of names are counted apart.
EXCEPTIONS = {"sessions.session", "knowledge.seen"}


def actions_of_the_portal() -> set[str]:
    """Every function marked as an action, as module.name."""
    names = [
        found.name
        for app in APPS
        for found in walk_packages(import_module(app).__path__, f"{app}.")
        if ".migrations" not in found.name and ".management" not in found.name
    ]
    return {
        f"{name}.{thing.__name__}"
        for name in names
        for thing in vars(import_module(name)).values()
        if getattr(thing, "is_action", False) and thing.__module__ == name
    }


class Stage:
    """What the scenarios play with."""

    def __init__(self, training, recorder, coordinator, admin, trainer) -> None:
        self.training, self.recorder, self.coordinator, self.admin, self.trainer = (
            training,
            recorder,
            coordinator,
            admin,
            trainer,
        )

    @property
    def enrolment(self):
        return self.training.enrolments.get(line=1)

    @property
    def session(self):
        return self.training.sessions.first()

    def submit(self):
        return figures.submit_figures(training=self.training, by=self.recorder)

    def verify(self):
        self.submit()
        figures.verify_figures(training=self.training, version_seen=1, by=self.coordinator)

    def counts(self):
        return set_headcounts(
            training=self.training,
            organisation=Organisation.objects.get(code="NCGM"),
            counts=[Headcount(sex="male", rank_group="nco", attended=5)],
            by=self.recorder,
        )

    def invite(self):
        return members.invite_member(
            email="n@mod.example",
            given_name="N",
            family_name="N",
            organisation=self.recorder.organisation,
            roles=Role.objects.filter(code="trainer"),
            by=self.coordinator,
        )

    def held(self):
        self.submit()
        edits = [edit_of(self.enrolment, self.session, "late", 1)]
        return marks.change_marks(training=self.training, edits=edits, by=self.recorder).changes[0]

    def rest(self, batch):
        return marks.mark_rest_present(
            session=self.session, enrolments_shown=[self.enrolment.pk], batch=batch, by=self.recorder
        )

    def clear(self):
        edits = [edit_of(self.enrolment, self.session, "", 1)]
        return marks.change_marks(training=self.training, edits=edits, by=self.recorder)

    def linked(self):
        person = self.enrolment.participant
        return linking.link_participant(
            participant=person, member=self.trainer, training=self.training, by=self.recorder
        )

    def session_plans(self):
        return [trainings_actions.SessionPlan(s.date, s.starts, s.ends, pk=s.pk) for s in self.training.sessions.all()]

    def printed(self):
        return sheets.make_sheet(
            session=self.session, script="written", headings=["en"], blank_lines=2, by=self.recorder
        )

    def typed(self, edition):
        home = self.training.owner
        return sheets.record_from_sheet(
            edition=edition,
            exceptions={1: "late"},
            walk_ins={4: person(9, home)},
            marks_shown={1: ("present", 1)},
            key=uuid4(),
            by=self.recorder,
        )

    def released(self):
        day = self.training.starts_on
        return packs.release_cells(pack="nato", first=day, last=day, reason="x", by=self.coordinator)

    def frozen(self):
        query = ReportQuery(Question(owner=self.training.owner_id), (), "", whole=True)
        return snapshots.freeze_figures(
            query=query,
            things=Things(),
            chosen=[],
            as_on=self.training.starts_on,
            reported_to="Donor",
            note="",
            observers=[],
            by=self.coordinator,
        )

    def scanned(self):
        scans = [Scan(b"%PDF-1.4 of a test", PDF)]
        return evidence.attach_evidence(training=self.training, scans=scans, session=self.session, by=self.recorder)[0]


def prepared(before: Callable, act: Callable) -> Callable:
    """A scenario whose first part is not measured."""
    return lambda stage: (lambda ready: lambda: act(stage, ready))(before(stage))


def plain(act: Callable) -> Callable:
    return prepared(lambda stage: None, lambda stage, _ready: act(stage))


def batch_done(stage):
    stage.clear()
    batch = uuid4()
    stage.rest(batch)
    return batch


def cancelled(stage):
    trainings_actions.cancel_training(training=stage.training, reason="x", by=stage.recorder)


def removed(stage):
    roster.remove_from_roster(enrolment=stage.enrolment, by=stage.recorder)
    return stage.enrolment


def with_factor(stage):
    Authenticator.objects.create(user=stage.trainer, type="totp", data={"secret": "x"})


def sent_long_ago(stage):
    invitation = stage.invite()
    Invitation.objects.update(invited_at=timezone.now() - timedelta(days=1))
    return invitation


def open_request(stage):
    home = stage.recorder.organisation
    return members.ask_to_join(email="q@mod.example", given_name="Q", family_name="Q", organisation=home, words="")


def amend(stage, _ready):
    edits = [edit_of(stage.enrolment, stage.session, "absent", 1)]
    figures.amend_figures(
        training=stage.training, change=figures.AmendedFigures(edits), reason="x", version_seen=1, by=stage.coordinator
    )


def list_of_one(stage):
    sheets = read_pasted("Prezime\tIme\tPol\nNova\tOsoba\tž")
    return imports.start_import(
        training=stage.training, organisation=stage.training.owner, sheets=sheets, by=stage.recorder
    )


def list_taken_in(stage):
    return imports.commit_import(roster_import=list_of_one(stage), by=stage.recorder)


def known_twice(stage):
    """Two records that may be one person: one on the roster, one of another training."""
    other = trainings_actions.create_training(
        training=new_training(stage.recorder), sessions=plans(), by=stage.recorder
    )
    (second,) = roster.add_to_roster(training=other, rows=[person(9, other.owner)], by=stage.recorder)
    return DuplicatePair.objects.create(first=stage.enrolment.participant, second=second.participant)


def said_different(stage):
    duplicates.set_different(pair=(pair := known_twice(stage)), by=stage.coordinator)
    return pair


def merged(stage, pair):
    seen = seen_hash(pair.first, pair.second, compare(pair.first, pair.second))
    choice = merging.Choice(keep=pair.first_id, email="", sex=pair.first.sex, seen=seen)
    return merging.merge_people(pair=pair, choice=choice, by=stage.coordinator)


def measured(stage, year=2020):
    entry = Entry(year, "", date(year, 12, 31), "List", {("nco", "male"): 7})
    return strengths.save_strength(organisation=stage.training.owner, entry=entry, version_seen=0, by=stage.coordinator)


def taken_in(stage):
    entries = [
        Entry(year, unit, date(year, 12, 31), "List", {("nco", "male"): 7})
        for year, unit in ((2024, ""), (2025, "Petrović"))
    ]
    return strengths.import_strengths(organisation=stage.training.owner, entries=entries, seen={}, by=stage.coordinator)


def value(stage, share=10):
    return IndicatorValue(organisation=stage.training.owner, indicator="women", share=share, source="s")


def said(stage):
    return indicators.add_indicator(value=value(stage), by=stage.coordinator)


SCENARIOS: dict[str, Callable] = {
    "reports.strengths.actions.save_strength": plain(measured),
    "reports.strengths.actions.import_strengths": plain(taken_in),
    "reports.strengths.actions.remove_strength": prepared(
        measured, lambda s, made: strengths.remove_strength(strength=made, version_seen=1, by=s.coordinator)
    ),
    "reports.indicators.actions.add_indicator": plain(said),
    "reports.indicators.actions.correct_indicator": prepared(
        said, lambda s, old: indicators.correct_indicator(old=old, value=value(s, 11), reason="x", by=s.coordinator)
    ),
    "reports.indicators.actions.withdraw_indicator": prepared(
        said, lambda s, old: indicators.withdraw_indicator(old=old, reason="x", by=s.coordinator)
    ),
    "trainings.roster_import.workbook.actions.make_workbook": plain(
        lambda s: workbooks.make_workbook(training=s.training, by=s.recorder)
    ),
    "trainings.roster_import.actions.commit_import": prepared(
        list_of_one, lambda s, made: imports.commit_import(roster_import=made, by=s.recorder)
    ),
    "trainings.roster_import.actions.undo_import": prepared(
        list_taken_in, lambda s, made: imports.undo_import(roster_import=made, by=s.recorder)
    ),
    "members.actions.invite_member": plain(lambda s: s.invite()),
    "members.actions.revoke_invitation": prepared(
        lambda s: s.invite(), lambda s, made: members.revoke_invitation(invitation=made, by=s.coordinator)
    ),
    "members.actions.accept_invitation": prepared(
        lambda s: s.invite(),
        lambda s, made: members.accept_invitation(invitation=made, password="four words are better"),
    ),
    "members.actions.resend_invitation": prepared(
        sent_long_ago, lambda s, made: members.resend_invitation(invitation=made, by=s.coordinator)
    ),
    "members.actions.invite_members": plain(
        lambda s: members.invite_members(
            people=[("n@mod.example", "N", "N")],
            organisation=s.recorder.organisation,
            roles=list(Role.objects.filter(code="trainer")),
            by=s.coordinator,
        )
    ),
    "members.actions.change_roles": plain(
        lambda s: members.change_roles(member=s.recorder, roles=Role.objects.filter(code="trainer"), by=s.admin)
    ),
    "members.actions.change_member": plain(lambda s: members.change_member(member=s.trainer, by=s.admin)),
    "members.actions.approve_request": prepared(
        open_request,
        lambda s, made: members.approve_request(
            join_request=made, roles=list(Role.objects.filter(code="trainer")), by=s.coordinator
        ),
    ),
    "members.actions.decline_request": prepared(
        open_request, lambda s, made: members.decline_request(join_request=made, by=s.coordinator)
    ),
    "trainings.handover.hand_over_training": plain(
        lambda s: handover.hand_over_training(training=s.training, member=s.recorder, to=s.coordinator, by=s.admin)
    ),
    "members.actions.deactivate_member": plain(lambda s: members.deactivate_member(member=s.trainer, by=s.admin)),
    "members.actions.reactivate_member": plain(lambda s: members.reactivate_member(member=s.trainer, by=s.admin)),
    "members.actions.reset_second_factor": prepared(
        with_factor, lambda s, _r: members.reset_second_factor(member=s.trainer, by=s.admin)
    ),
    "members.actions.try_mail_again": prepared(
        lambda s: Mail.objects.create(to="a@mod.example", subject="A", body="A", message_id="<1@x>", state="given_up"),
        lambda s, mail: members.try_mail_again(mail=mail, by=s.admin),
    ),
    "members.actions.save_organisation": plain(
        lambda s: members.save_organisation(organisation=Organisation.objects.get(code="NCGM"), by=s.admin)
    ),
    "members.actions.save_rank": plain(lambda s: members.save_rank(rank=Rank.objects.first(), by=s.admin)),
    "trainers.actions.ensure_profile": plain(lambda s: trainers.ensure_profile(member=s.recorder, by=s.admin)),
    "trainers.actions.change_profile": plain(
        lambda s: trainers.change_profile(profile=profile_of(s.trainer), languages=[], topics=[], by=s.trainer)
    ),
    "trainers.actions.save_topic": plain(lambda s: trainers.save_topic(topic=Topic(name="New"), by=s.admin)),
    "trainings.actions.create_training": plain(
        lambda s: trainings_actions.create_training(training=new_training(s.recorder), sessions=plans(), by=s.recorder)
    ),
    "trainings.actions.change_training": plain(
        lambda s: trainings_actions.change_training(
            training=s.training, sessions=s.session_plans(), trainers=[], partners=[], by=s.recorder
        )
    ),
    "trainings.actions.cancel_training": plain(cancelled),
    "trainings.actions.restore_training": prepared(
        cancelled, lambda s, _r: trainings_actions.restore_training(training=s.training, by=s.recorder)
    ),
    "trainings.actions.toggle_session": plain(
        lambda s: trainings_actions.toggle_session(session=s.session, by=s.recorder)
    ),
    "trainings.actions.change_owner": plain(
        lambda s: trainings_actions.change_owner(
            training=s.training, owner=Organisation.objects.get(code="RS"), reason="x", by=s.admin
        )
    ),
    "trainings.actions.save_course": plain(
        lambda s: trainings_actions.save_course(course=Course.objects.first(), topics=[], by=s.admin)
    ),
    "trainings.roster.actions.add_to_roster": plain(
        lambda s: roster.add_to_roster(training=s.training, rows=[person(9, s.training.owner)], by=s.recorder)
    ),
    "trainings.roster.actions.change_enrolment": plain(
        lambda s: roster.change_enrolment(
            enrolment=s.enrolment, family_name="A", given_name="B", sex="male", by=s.recorder
        )
    ),
    "trainings.roster.linking.link_participant": plain(lambda s: s.linked()),
    "trainings.roster.linking.unlink_participant": prepared(
        lambda s: s.linked(),
        lambda s, person: linking.unlink_participant(participant=person, training=s.training, by=s.recorder),
    ),
    "trainings.roster.actions.remove_from_roster": plain(removed),
    "trainings.roster.actions.restore_to_roster": prepared(
        removed, lambda s, gone: roster.restore_to_roster(enrolment=gone, by=s.recorder)
    ),
    "trainings.headcounts.actions.set_headcounts": plain(lambda s: s.counts()),
    "trainings.headcounts.actions.switch_to_roster": prepared(
        lambda s: s.counts(), lambda s, party: switch_to_roster(party=party, by=s.recorder)
    ),
    "trainings.attendance.actions.change_marks": plain(lambda s: s.clear()),
    "trainings.attendance.actions.mark_rest_present": prepared(lambda s: s.clear(), lambda s, _r: s.rest(uuid4())),
    "trainings.attendance.actions.undo_batch": prepared(
        batch_done, lambda s, batch: marks.undo_batch(training=s.training, batch=batch, by=s.recorder)
    ),
    "trainings.attendance.actions.settle_held_change": prepared(
        lambda s: s.held(), lambda s, change: marks.settle_held_change(change=change, by=s.coordinator)
    ),
    "trainings.duplicates.actions.look_for_duplicates": plain(
        lambda s: duplicates.look_for_duplicates(organisation=s.training.owner, by=s.coordinator)
    ),
    "trainings.duplicates.actions.set_different": prepared(
        known_twice, lambda s, pair: duplicates.set_different(pair=pair, by=s.coordinator)
    ),
    "trainings.duplicates.actions.reopen_pair": prepared(
        said_different, lambda s, pair: duplicates.reopen_pair(pair=pair, by=s.coordinator)
    ),
    "trainings.duplicates.merging.merge_people": prepared(known_twice, merged),
    "trainings.duplicates.unmerging.undo_merge": prepared(
        lambda s: merged(s, known_twice(s)), lambda s, merge: unmerging.undo_merge(merge=merge, by=s.coordinator)
    ),
    "trainings.sign_in_sheets.actions.make_sheet": plain(lambda s: s.printed()),
    "trainings.sign_in_sheets.actions.record_from_sheet": prepared(
        lambda s: s.printed(), lambda s, edition: s.typed(edition)
    ),
    "trainings.sign_in_sheets.actions.take_back_sheet": prepared(
        lambda s: s.typed(s.printed()).entry, lambda s, entry: sheets.take_back_sheet(entry=entry, by=s.recorder)
    ),
    "trainings.evidence.actions.attach_evidence": plain(lambda s: s.scanned()),
    "trainings.evidence.actions.remove_evidence": prepared(
        lambda s: s.scanned(), lambda s, scan: evidence.remove_evidence(evidence=scan, reason="x", by=s.recorder)
    ),
    "trainings.figures.actions.submit_figures": plain(lambda s: s.submit()),
    "trainings.figures.actions.recall_figures": prepared(
        lambda s: s.submit(), lambda s, _r: figures.recall_figures(training=s.training, version_seen=1, by=s.recorder)
    ),
    "trainings.figures.actions.return_figures": prepared(
        lambda s: s.submit(),
        lambda s, _r: figures.return_figures(training=s.training, version_seen=1, reason="x", by=s.coordinator),
    ),
    "trainings.figures.actions.verify_figures": prepared(
        lambda s: s.submit(),
        lambda s, _r: figures.verify_figures(training=s.training, version_seen=1, by=s.coordinator),
    ),
    "reports.snapshots.actions.freeze_figures": prepared(lambda s: s.submit(), lambda s, _r: s.frozen()),
    "reports.standard.actions.release_cells": plain(lambda s: s.released()),
    "reports.standard.actions.withdraw_release": prepared(
        lambda s: s.released(), lambda s, release: packs.withdraw_release(release=release, by=s.coordinator)
    ),
    "reports.standard.actions.set_contributions": plain(
        lambda s: packs.set_contributions(course=Course.objects.first(), targets=["5.1", "5.c"], by=s.admin)
    ),
    "reports.snapshots.actions.show_snapshot": prepared(
        lambda s: (s.submit(), s.frozen())[1],
        lambda s, stored: snapshots.show_snapshot(snapshot=stored, observers=[s.admin], by=s.coordinator),
    ),
    "trainings.figures.actions.amend_figures": prepared(lambda s: s.verify(), amend),
    **{
        name: prepared(*scene)
        for scenes in (scenes_posts, scenes_materials, scenes_notifications)
        for name, scene in scenes.SCENES.items()
    },
    **{name: prepared(*scene) for scenes in SCENES for name, scene in scenes.SCENES.items()},
}


@pytest.fixture
def scene(world, settings, tmp_path, recorder_me, coordinator_me, admin, trainer_me) -> Stage:
    settings.MEDIA_ROOT = tmp_path
    return Stage(Training.objects.get(pk=world.marked), recorder_me, coordinator_me, admin, trainer_me)


def test_every_action_has_a_scenario():
    assert sorted(actions_of_the_portal()) == sorted(SCENARIOS)


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_action_leaves_exactly_one_line(name, scene):
    act = SCENARIOS[name](scene)
    before, contents = AuditEntry.objects.count(), contents_by_document()
    Pending.objects.all().delete()
    act()
    assert AuditEntry.objects.count() == before + 1
    line = AuditEntry.objects.first()
    assert line.by is not None
    assert "Petrovi" not in str(line.details)
    assert has_sentence(line.action), f"Say {line.action} in the sentences of its app."
    assert "–" not in sentence(line, with_text=True)
    # The search hears of all that it changes of what can be found: search.indexer.CHANGES.
    now = contents_by_document()
    changed = {document for document in {*contents, *now} if contents.get(document) != now.get(document)}
    assert changed <= documents_waiting()


def domain_rows() -> dict[str, int]:
    return {
        model._meta.label_lower: model.objects.count()
        for model in apps.get_models()
        if model._meta.label_lower not in EXCEPTIONS
    } | {"audit.auditentry": AuditEntry.objects.filter(is_reading=False).count()}


@pytest.mark.slow
@about_each_side
def test_get_leaves_no_line_and_changes_no_row(n, sides, browsers):
    urls = [reverse(route, args=sides[n].arguments(route)) for route, decision in DECISIONS.items() if decision.get]
    before = domain_rows()
    for name in ("recorder_me", "coordinator_rs", "trainer_me", "admin", "stranger"):
        for url in urls:
            browsers[name].get(url)
        assert domain_rows() == before, name
