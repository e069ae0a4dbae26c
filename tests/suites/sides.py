"""Two ministries' things with canaries in the private fields of one, and how a request about them is made and judged."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from audit.record import record
from common.files.storage import keeping
from common.scans import PDF, Scan
from knowledge.materials.actions import About, add_material
from knowledge.materials.use_actions import record_outcome, use_material
from knowledge.models import (
    Comment,
    Complaint,
    FieldNote,
    Material,
    MaterialVersion,
    Post,
    RevisionItem,
    SavedSearch,
    SecretAddress,
    Thanks,
)
from knowledge.posts.actions import Choices, write_post
from mail.models import Mail
from members.actions import hash_of
from members.models import Invitation, JoinRequest, Member, Organisation
from notifications.models import Digest, Notification
from reports.indicators.actions import add_indicator
from reports.lookups import Things
from reports.models import IndicatorValue, Release, Snapshot
from reports.people.forms import ReportQuery
from reports.people.report import answer
from reports.snapshots.contents import asked_plainly, freeze
from reports.strengths.actions import Entry, save_strength
from tests.common.shared_files import pdf
from tests.conftest import join, make_roster, make_training, mark_all, profile_of
from tests.suites.decisions import DECISIONS, MANAGERS, decided
from trainers.models import Topic
from trainings.counting import Question
from trainings.evidence.actions import attach_evidence
from trainings.headcounts.actions import set_headcounts
from trainings.models import (
    Amendment,
    DuplicatePair,
    FiguresVersion,
    Headcount,
    ImportedRow,
    MarkChange,
    Merge,
    Participant,
    RosterImport,
    Training,
)
from trainings.roster.actions import RosterRow, add_to_roster, remove_from_roster
from trainings.sign_in_sheets.actions import make_sheet

# How many requests were made, and how many mails they sent, since the process began.
MADE: Counter[str] = Counter()
# Who may read the family name, unit and rank of the foreign training's person.
SEES_THE_CANARY = {"trainer_rs", "recorder_rs", "coordinator_rs"}
# What stands in the private fields of the foreign side, and who may read it anywhere.
CANARIES: dict[str, set[str]] = {
    "Kanarinovi": SEES_THE_CANARY,  # a participant's family name, unit and rank
    "Kanarunka": SEES_THE_CANARY,  # the given name
    "Razlogkanar": SEES_THE_CANARY,  # why figures were returned, on the training
    "Tajnakanar": SEES_THE_CANARY,  # the same in the record
    "Izmenakanar": SEES_THE_CANARY,  # why figures were amended, in the record
    "Sklonjenkanar": SEES_THE_CANARY,  # who was taken off the roster
    "Jedinicakanar": {"recorder_rs", "coordinator_rs"},  # a unit whose strength is known
    "Stavkakanar": set(),  # why a version was returned and another amended, kept beside them and shown nowhere
    "Funkcijakanar": {"recorder_rs", "coordinator_rs", "admin"},  # a member's function
    "Pozvankanar": {"coordinator_rs", "admin"},  # the name of who is invited
    "Pitakanar": {"coordinator_rs", "admin"},  # the name of who asks to join
    "Pregledackanar": {"recorder_rs"},  # the browser in which a member is signed in
    "kanarski@mod.example": {"coordinator_rs", "admin"},  # a member's address
    "new.rs@mod.example": {"coordinator_rs", "admin"},  # an invited address
    "asks.rs@mod.example": {"coordinator_rs", "admin"},  # who asks to join
    "Molbakanar": {"coordinator_rs", "admin"},  # and why
    "Predmetkanar": {"admin"},  # the subject of a mail that was given up
    "Postakanar": set(),  # its text, its headers and what it tells
    "Pustakanar": {"coordinator_rs"},  # why small numbers were released
    "Objavakanar": SEES_THE_CANARY,  # a post for one ministry
    "Sadrzajkanar": SEES_THE_CANARY,  # its text
    "Listkanar": SEES_THE_CANARY,  # its file, by title and name
    "Ishodkanar": SEES_THE_CANARY,  # how that went in a training
    "Komentarkanar": SEES_THE_CANARY,  # a comment on it
    "Skrivenikanar": {"trainer_rs", "coordinator_rs"},  # one that is hidden, for its author and the moderators
    "Povodkanar": {"trainer_rs", "coordinator_rs"},  # and why
    "Prijavakanar": {"coordinator_rs"},  # what was reported of a post
    "Izdanjekanar": MANAGERS,  # what is to change in the manual
    "Trazikanar": {"trainer_rs"},  # what somebody looks for and keeps
    "Donatorkanar": {"admin", "trainer_rs", "recorder_rs", "coordinator_rs"},  # to whom figures were reported
    "exported 4711 members": {"coordinator_rs", "admin"},  # what was done in another ministry
    "md5$": set(),  # a password's digest, of any member
}
# Whose own names these are: mails to them say so.
MAILED_TO = {"Pitakanar": "asks.rs@mod.example", "Pozvankanar": "new.rs@mod.example"}
# The link of an invitation shows the address it is for to whoever holds it.
SHOWS_ITS_ADDRESS = {"members:accept"}
# A passkey is made for the reader's own address, and this is whose it is.
SHOWS_OWN_ADDRESS = {"mfa_add_webauthn": ("recorder_rs", "kanarski@mod.example")}


# Pages of knowledge that are about no single thing.
NO_ARGUMENTS = {
    "list", "new", "preview", "saved", "reported", "notes", "revision", "revision_sheet", "secret_make",
    "secret_revoke", "public_feed",
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One ministry's things, as arguments of the routes."""

    training: Training
    enrolment: int
    removed: int
    session: int
    party: int
    change: int
    profile: str
    member: int
    invitation: int
    token: str
    organisation: int
    topic: int
    join_request: int
    taken_in: int
    edition: str
    evidence: int
    pair: int
    merge: int
    strength: int
    indicator: int
    snapshot: int
    release: int
    post: str
    material: int
    comment: int
    complaint: int
    note: int
    item: int
    feed: str
    leave: str
    saved: int

    def _of_file(self, name: str) -> list[int]:
        """The file of the post, its version and its page, as far as a route asks for them."""
        if name == "files_add" or not name.startswith(("material", "version_")):
            return []
        numbered = name in (
            "material_version",
            "material_download",
            "material_page",
            "version_withdraw",
            "version_restore",
        )
        return [self.material, *[1] * numbered, *[1] * (name == "material_page")]

    def arguments(self, route: str) -> list[Any]:
        pk = {
            "session_toggle": self.session, "mark_rest": self.session, "enrolment_edit": self.enrolment, "enrolment_member": self.enrolment,
            "enrolment_remove": self.enrolment, "enrolment_restore": self.removed, "headcount_switch": self.party,
            "held_settle": self.change, "import_preview": self.taken_in, "import_undo": self.taken_in,
            "workbook_preview": self.taken_in,
            "revoke": self.invitation, "deactivate": self.member,
            "reactivate": self.member, "reset_factor": self.member, "detail": self.member,
            "edit": self.member, "member_roles": self.member, "resend": self.invitation, "approve": self.join_request, "decline": self.join_request,
            "organisation": self.organisation,
            "topic_edit": self.topic, "course_edit": self.training.course_id,
            "duplicate": self.pair, "duplicate_different": self.pair, "duplicate_reopen": self.pair, "merge_undo": self.merge,
            "sheet": self.session, "evidence_file": self.evidence, "evidence_remove": self.evidence,
        }  # fmt: skip
        app, _colon, name = route.partition(":")
        if app == "reports":
            of = {"snapshot": self.snapshot, "snapshot_sheet": self.snapshot, "snapshot_show": self.snapshot,
                  "release_withdraw": self.release, "contribution": self.training.course_id, "strength": self.strength,
                  "strength_remove": self.strength, "indicator_correct": self.indicator, "indicator_withdraw": self.indicator,
                  "deliveries": self.profile, "portfolio": self.profile,
                  "quality_rows": "rank", "quality_sheet": "rank"}  # fmt: skip
            return [of[name]] if name in of else []
        if app == "knowledge":
            return self._of_knowledge(name)
        if route == "training_materials":
            return [self.training.reference]
        if app == "search":
            return [self.saved] if name == "forget" else []
        if route == "notifications:leave":
            return [self.leave]
        if app in ("trainings", "trainers") and name in ("detail", "edit"):
            del pk[name]
        if route == "members:accept":
            return [self.token]
        if app == "trainings" and name in ("edition", "edition_pdf", "edition_undo"):
            return [self.edition]
        of_none = ("list", "list_export", "create", "courses", "course_new", "course_edit", "sheet_find", "duplicates",
                   "duplicates_look", "duplicate", "duplicate_different", "duplicate_reopen", "merges", "merge_undo")  # fmt: skip
        first = {
            "trainings": [] if name in of_none else [self.training.reference],
            "trainers": [self.profile] if name not in ("list", "topics", "topic_new", "topic_edit") else [],
        }.get(app, [])
        return [*first, *([pk[name]] if name in pk else [])]

    def _of_knowledge(self, name: str) -> list[Any]:
        alone = NO_ARGUMENTS
        of = {"feed": self.feed, "follow_topic": self.topic, "follow_person": self.member, "reported_leave": self.complaint,
              "note_new": self.training.reference, "revision_settle": self.item}  # fmt: skip
        if name in of:
            return [of[name]]
        if name.startswith("note") and name not in alone:
            return [self.note]
        if name in alone:
            return []
        is_said = name.startswith("comment") and name != "comment_new"
        return [self.post, self.comment] if is_said else [self.post, *self._of_file(name)]


def _known_twice(person: Participant, by: Member) -> tuple[int, int]:
    """Make a pair of this person and a second record, and a merge of two more; return both ids."""
    records = [
        Participant.objects.create(
            organisation=person.organisation,
            family_name=f"Dvojnik{letter}",
            given_name=person.family_name,
            spelling_key=f"dvojnik{letter}",
            loose_key=f"dvojnik{letter}",
            sex=person.sex,
        )
        for letter in "abc"
    ]
    pair = DuplicatePair.objects.create(first=person, second=records[0], why=DuplicatePair.Why.TYPING)
    nothing: dict[str, Any] = {key: [] for key in ("own", "moved", "joined", "returning", "pairs", "carried", "merged")}
    merge = Merge.objects.create(survivor=records[1], gone=records[2], by=by, before={**nothing, "fields": {}})
    Participant.objects.filter(pk=records[2].pk).update(merged_into=records[1])
    return pair.pk, merge.pk


def _measured(recorder: Member) -> tuple[int, int]:
    """Make the strength of the ministry and of a unit, and a value of an indicator; return the unit's id and the value's."""
    home, numbers = recorder.organisation, {("nco", "female"): 7, ("nco", "male"): 33}
    name = "Jedinicakanar" if home.code == "RS" else "Četa"
    whole, unit = (Entry(2025, words, date(2025, 12, 31), "List", numbers) for words in ("", name))
    save_strength(organisation=home, entry=whole, version_seen=0, by=recorder)
    made = save_strength(organisation=home, entry=unit, version_seen=0, by=recorder)
    value = IndicatorValue(
        organisation=home, indicator="women", year=2024, share=Decimal("10.5"), source="Survey", definition="All"
    )
    return made.pk, add_indicator(value=value, by=recorder).pk


def snapshot_of(by: Member) -> Snapshot:
    """Freeze what there is, though nothing counts yet."""
    query = ReportQuery(Question(organisation=by.organisation_id), ("year",), "", whole=True)
    numbers = freeze(answer(query, Things()))
    return Snapshot.objects.create(
        made_by=by,
        organisation=by.organisation,
        signed=by.full_name,
        as_on=timezone.localdate(),
        reported_to="Donatorkanar" if by.organisation.code == "RS" else "Donator",
        question=asked_plainly(query),
        chosen=[],
        definition="",
        numbers=numbers,
        safe_numbers=numbers,
        content_hash=by.organisation.code * 32,
    )


def released_by(by: Member) -> Release:
    reason = "Pustakanar" if by.organisation.code == "RS" else "Pusta"
    return Release.objects.create(
        organisation=by.organisation,
        kind="nato",
        first=date(2025, 1, 1),
        last=date(2025, 12, 31),
        reason=reason,
        made_by=by,
    )


def posted_by(by: Member, training: Training) -> tuple[str, int]:
    """Publish a post with a file for the author's ministry alone, which a training uses; return its address and the file's number."""
    foreign = by.organisation.code == "RS"
    title, body = ("Objavakanar", "Sadrzajkanar") if foreign else ("Objava", "Sadržaj")
    post = Post(kind=Post.Kind.MATERIAL, title=title, body=body, reach=Post.Reach.MINISTRY, language_id="en")
    write_post(post=post, choices=Choices(topics=Topic.objects.all()[:1]), publish=True, by=by)
    all_see = Post(kind=Post.Kind.NEWS, title="Svima", body="Svima", language_id="en", pinned_at=post.created_at)
    write_post(post=all_see, choices=Choices(topics=Topic.objects.all()[:1]), publish=True, by=by)
    # No title in the address: it stands in what others may see.
    post.slug = f"post-{by.organisation.code.lower()}"
    post.save(update_fields=["slug"])
    words = "Listkanar" if foreign else "List"
    with keeping(io.BytesIO(pdf(words)), original=f"{words}.pdf") as stored_file:
        about = About(words, "en", Material.Licence.NETWORK)
        material = add_material(post=post, about=about, stored_file=stored_file, by=by)
    version = material.versions.get()
    MaterialVersion.objects.filter(pk=version.pk).update(pages=1)
    use = use_material(training=training, version=version, by=by)
    record_outcome(use=use, outcome="partly", words="Ishodkanar" if foreign else "Ishod", by=by)
    return post.slug, material.pk


def _secrets_of(member: Member, code: str) -> tuple[str, str]:
    """The secret of a member's feeds, and that of the way out of the digest: the same each time, as the edition's code."""
    feed, leave = f"feed-{code}", f"leave-{code}"
    SecretAddress.objects.create(member=member, secret_hash=hash_of(feed))
    Digest.objects.create(member=member, leave_token=leave)
    return feed, leave


def _discussed(trainer: Member, recorder: Member) -> tuple[int, int]:
    """Say something about the ministry's post, hide another comment and report the post; return the comment and the report."""
    foreign = trainer.organisation.code == "RS"
    post = Post.objects.get(author=trainer, reach=Post.Reach.MINISTRY)
    said, hidden, why, wrong = (
        ("Komentarkanar", "Skrivenikanar", "Povodkanar", "Prijavakanar")
        if foreign
        else ("Kaže", "Skriveno", "Povod", "Zašto")
    )
    comment = Comment.objects.create(post=post, author=trainer, body=said)
    Comment.objects.create(
        post=post, author=trainer, body=hidden, hidden_at=timezone.now(), hidden_by=recorder, hidden_reason=why
    )
    complaint = Complaint.objects.create(post=post, comment=comment, by=recorder, words=wrong)
    Thanks.objects.create(member=recorder, comment=comment)
    Notification.objects.create(member=recorder, kind="commented", target=comment)
    return comment.pk, complaint.pk


def _noted(training: Training, trainer: Member) -> tuple[int, int]:
    """A field note whose author is not shown, on the list for the next edition; return both."""
    words = "Izdanjekanar" if trainer.organisation.code == "RS" else "Izdanje"
    note = FieldNote.objects.create(training=training, author=trainer, worked="Karta", is_author_hidden=True)
    topic = Topic.objects.last()  # the first is what a form offers
    return note.pk, RevisionItem.objects.create(note=note, topic=topic, words=words, by=trainer).pk


def saved_by(by: Member) -> int:
    words = "trazikanar" if by.organisation.code == "RS" else "kanal"
    return SavedSearch.objects.create(member=by, name=words.title(), query=f"q={words}").pk


def side_of(recorder: Member, trainer: Member, guests: Organisation, family_name: str) -> Side:
    """Make one ministry's training with two people, a removed one, a headcount and a held change."""
    home = recorder.organisation
    training = make_training(recorder, trainers=(trainer,))
    given_name = "Kanarunka" if home.code == "RS" else "Una"
    rows = [
        RosterRow(
            family_name,
            given_name,
            home,
            "female",
            unit=f"Četa {family_name}",
            rank_words=f"Čin {family_name}",
        )
    ]
    (first,) = add_to_roster(training=training, rows=rows, by=recorder)
    removed = make_roster(training, 2, recorder)[0]
    mark_all(training, recorder)
    remove_from_roster(enrolment=removed, by=recorder)
    session = training.sessions.get()
    edition = make_sheet(session=session, script="both", headings=["en"], blank_lines=3, by=recorder)
    # The same each time, as all numbers here: forms that lead to it are read once (see stage.forms_shown).
    edition.code = f"SHEETCDE{home.code}"
    edition.save(update_fields=["code"])
    scan = Scan(b"%PDF-1.4 " + f"Potpis {family_name}".encode(), PDF)
    (evidence,) = attach_evidence(training=training, scans=[scan], session=session, by=recorder)
    counts = [Headcount(sex="female", rank_group="nco", attended=7)]
    party = set_headcounts(training=training, organisation=guests, counts=counts, by=recorder)
    change = MarkChange.objects.create(
        key=uuid4(),
        enrolment=first,
        session=training.sessions.get(),
        base_version=1,
        answer_version=1,
        outcome="held",
        by=recorder,
    )
    if home.code == "RS":
        Training.objects.filter(pk=training.pk).update(returned_reason="Razlogkanar")
        record(
            "return_figures", training, by=recorder, free_text={"reason": "Tajnakanar"}, about_people=True, version=1
        )
        record("export_members", home, by=recorder, members=4711)
        record(
            "amend_figures", training, by=recorder, free_text={"reason": "Izmenakanar"}, about_people=True, version=2
        )
        version = FiguresVersion.objects.create(
            training=training, number=9, totals={}, made_by=recorder, returned_reason="Stavkakanar"
        )
        Amendment.objects.create(version=version, reason="Stavkakanar", changes=[{"name": "Stavkakanar"}])
        Participant.objects.filter(enrolments=removed).update(family_name="Sklonjenkanar")
        Member.objects.filter(pk=recorder.pk).update(email="kanarski@mod.example", function="Funkcijakanar")
        UserSession.objects.create(
            user=recorder, ip="192.0.2.9", session_key="of another browser", user_agent="Pregledackanar", data={}
        )
    profile = profile_of(trainer)
    profile.photo.save("x.jpg", ContentFile(b"jpeg"))
    token = f"token-{home.code}"
    invitation = Invitation.objects.create(
        email=f"new.{home.code}@mod.example".lower(),
        given_name="N",
        family_name="Pozvankanar" if home.code == "RS" else "N",
        organisation=home,
        token_hash=hash_of(token),
        invited_by=recorder,
    )
    Mail.objects.bulk_create(
        [
            Mail(
                to="posta@mod.example",
                subject="Predmetkanar",
                body="Postakanar",
                headers={"List-Id": "Postakanar"},
                message_id=f"<{home.code}@x>",
                key=f"Postakanar {home.code}",
                state=Mail.State.GIVEN_UP,
            )
        ]
    )
    join_request = JoinRequest.objects.create(
        email=f"asks.{home.code}@mod.example".lower(),
        given_name="Pitakanar" if home.code == "RS" else "Pita",
        family_name="Pitalica",
        organisation=home,
        words="Molbakanar" if home.code == "RS" else "",
    )
    taken_in = RosterImport.objects.create(
        training=training,
        organisation=home,
        state=RosterImport.State.COMMITTED,
        committed_at=timezone.now(),
        by=recorder,
    )
    ImportedRow.objects.create(roster_import=taken_in, enrolment=first, said={"unit": f"Četa {family_name}"})
    # Whoever holds the secret reads the feed: it is that of somebody who reads what any member may, and no more.
    outsider = join("SEESAC", "Bez", "Uloge")
    return Side(
        training,
        first.pk,
        removed.pk,
        training.sessions.get().pk,
        party.pk,
        change.pk,
        profile.slug,
        join(home.code, "Neko", "Drugi", "recorder").pk,
        invitation.pk,
        token,
        home.pk,
        Topic.objects.first().pk,
        join_request.pk,
        taken_in.pk,
        edition.code,
        evidence.pk,
        *_known_twice(first.participant, recorder),
        *_measured(recorder),
        snapshot_of(recorder).pk,
        released_by(recorder).pk,
        *posted_by(trainer, training),
        *_discussed(trainer, recorder),
        *_noted(training, trainer),
        *_secrets_of(outsider, home.code),
        saved_by(trainer),
    )


# What the members of ME may of RS's things, those of RS may of ME's: the sides are mirror images but for the canaries, which
# only RS's hold. So everybody is asked about those of RS; about those of ME in `make drill-attacks`.
about_each_side = pytest.mark.parametrize(
    "n", [pytest.param(1, id="about RS"), pytest.param(0, id="about ME", marks=pytest.mark.drill)]
)


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo whatever a request wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Client, method: str, url: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    """Make one request and take back whatever it wrote: rows, the browser's cookies, what counts towards a limit."""
    cookies = client.cookies.copy()
    cache.clear()
    MADE["requests"] += 1
    with taken_back():
        answer = (
            getattr(client, method)(url, body, headers=headers)
            if body
            else getattr(client, method)(url, headers=headers)
        )
        client.cookies = cookies
        answer.full_body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer


def verdict(answer: Any) -> str:
    """What an answer means: "in", or how it refuses."""
    if answer.status_code == 302 and "/account/login/" in answer["Location"]:
        return "sign in"
    if answer.status_code == 302 and answer["Location"].startswith("/account/second-factor/"):
        return "second factor"
    return {401: "401", 403: "403", 404: "404", 405: "405"}.get(answer.status_code, "in")


def leaks(route: str, name: str, answer: Any) -> list[str]:
    """What stands in an answer, its headers or the mails it caused, and is not for this person."""
    text = answer.full_body.decode(errors="replace") + str(dict(answer.items()))
    mailed = {
        canary
        for m in mail.outbox
        for canary in CANARIES
        if canary in f"{m.subject} {m.body}" and "@" not in canary and m.to != [MAILED_TO.get(canary)]
    }
    results = [canary for canary, allowed in CANARIES.items() if canary in text and name not in allowed]
    if route in SHOWS_ITS_ADDRESS:
        results = [canary for canary in results if "@" not in canary and canary != "Pozvankanar"]
    results = [canary for canary in results if (name, canary) != SHOWS_OWN_ADDRESS.get(route)]
    return results + sorted(f"{canary} mailed" for canary in mailed)


OFFERS = re.compile(r"<a\b[^>]*\bhref=\"(/[^\"?#]*)|<form\b([^>]*)>")
ACTION = re.compile(r"\baction=\"(/[^\"?#]*)")


def offers(answer: Any) -> Iterator[tuple[str, str]]:
    """Every link and form of a page: method and address."""
    for link, form in OFFERS.findall(answer.full_body.decode(errors="replace")):
        method = "post" if 'method="post"' in form else "get"
        match = ACTION.search(form)
        yield ("get", link) if link else (method, match[1] if match else answer.request["PATH_INFO"])


def wrongly_offered(name: str, answer: Any, pair: "tuple[Side, Side]") -> set[tuple[str, str]]:
    """What a page offers this person on things of either side, though it would be refused."""
    wrong = set()
    for method, path in set(offers(answer)) if answer.status_code == 200 else ():
        try:
            match = resolve(path)
        except Resolver404:
            continue
        values = [str(argument) for argument in match.kwargs.values()]
        sides = [
            n
            for n, side in enumerate(pair)
            if match.view_name in DECISIONS
            and [str(argument) for argument in side.arguments(match.view_name)] == values
        ]
        if sides and decided(match.view_name, method, name, sides[0]) != "in":
            wrong.add((method, path))
    return wrong
