"""The requests of the drills: the access matrix, and more with something in them, each with what it is to be answered."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from common.files.storage import keeping
from common.scans import PDF, Scan
from common.uploads.reading import read_pasted
from knowledge.discussion.actions import write_comment
from knowledge.materials.actions import About, add_material
from knowledge.models import Material, MaterialVersion, Post, Saved
from knowledge.moderation.actions import hide_post, report_post
from knowledge.posts.actions import Choices, change_post, write_post
from members.models import Member, Organisation
from notifications.models import Notification
from reports.lookups import read_things
from reports.people.forms import ReportQuery
from reports.snapshots.actions import freeze_figures
from search.indexer import sync_index
from tests.conftest import join, make_roster, make_training, mark_all, profile_of
from tests.suites.decisions import DECISIONS, EVERYBODY, all_routes, decided
from tests.suites.sides import ask as answer_of
from tests.suites.sides import leaks, offers, verdict, wrongly_offered
from trainings.counting import Question
from trainings.evidence.actions import attach_evidence, remove_evidence
from trainings.figures.actions import submit_figures
from trainings.headcounts.actions import set_headcounts
from trainings.models import Assignment, DuplicatePair, Headcount, Participant, Training
from trainings.roster.actions import RosterRow, add_to_roster, remove_from_roster
from trainings.roster_import.actions import start_import
from trainings.sign_in_sheets.actions import make_sheet

# What differs between two answers that are the same: tokens of forms, keys made anew, nonces.
PASSING = re.compile(
    r'(?<=csrfmiddlewaretoken" value=")\w+|[0-9a-f]{8}-[0-9a-f-]{27}|(?<=nonce=")[^"]+|(?<=X-CSRFToken": ")\w+'
)
DECISIVE = EVERYBODY | {"stranger", "pending"}


@dataclass(frozen=True)
class Ask:
    """One request: by whom, how, where, with what, and what it is to be answered."""

    name: str
    method: str
    url: str
    route: str
    wanted: str = ""
    # Whether what its page offers is tried, too: for things that the matrix has no decision about.
    follow: bool = False
    body: tuple[tuple[str, Any], ...] = ()


def matrix_requests(pair: Any, names: list[str]) -> list[Ask]:
    """The access suite's own requests with their decided answers."""
    return [
        Ask(name, method, reverse(route, args=side.arguments(route)), route, decided(route, method, name, n))
        for route in sorted(DECISIONS)
        if route != "trainers:photo"  # strangers are answered by what a trainer chose; see below
        for n, side in enumerate(pair)
        for name in names
        for method in ("get", "post")
    ]


def probes(pair: Any, cast: dict[str, Any]) -> list[Ask]:
    """Requests with something in them, which reach what an empty form does not; what they are answered is taken as right."""
    own, foreign = pair
    training, theirs = (reverse("trainings:suggest", args=[side.training.reference]) for side in pair)
    home, abroad = cast["recorder_me"].organisation_id, cast["recorder_rs"].organisation_id
    new = {"email": "n@mod.example", "given_name": "N", "family_name": "N"}
    typed = (("trainer_me", "trainer_rs"), ("recorder_me", "recorder_rs"), ("coordinator_me", "coordinator_rs"))
    results = [
        Ask(name, "post", path, "trainings:suggest", body=(("family_name", word),))
        for pair_of_names in typed
        for name, path in zip(pair_of_names, (training, theirs), strict=True)
        for word in ("Kanarin", "Sopstv")
    ]

    def post(name: str, url: str, route: str, **body: Any) -> None:
        results.append(Ask(name, "post", url, route, body=tuple(sorted(body.items()))))

    post("coordinator_me", "/members/invite/", "members:invite", **new, organisation=abroad, roles="recorder")
    post("coordinator_me", "/members/invite/", "members:invite", **new, organisation=home, roles="admin")
    post("coordinator_me", f"/members/{own.member}/roles/", "members:member_roles", roles="admin")
    post("coordinator_me", f"/members/{cast['coordinator_me'].pk}/roles/", "members:member_roles", roles="recorder")
    post("coordinator_me", f"/members/{cast['admin'].pk}/roles/", "members:member_roles", roles="recorder")
    for name in ("coordinator_me", "admin"):
        post(name, "/members/export/", "members:export")
        post(name, "/members/audit/export/", "members:audit_export")
    # What is looked for by its words, of all that the index holds, and a search that another keeps.
    sync_index()
    results += [
        Ask(name, "get", f"/search/?q={word}", "search:page")
        for name in ("trainer_me", "observer", "admin") for word in ("objavakanar", "komentarkanar", "trazikanar", "svima", "trener", "gender")
    ]  # fmt: skip
    person = {"family_name": "Kanarinović", "given_name": "Kanarunka", "sex": "female"}
    known = foreign.training.enrolments.get(pk=foreign.enrolment).participant_id
    post(
        "recorder_me",
        reverse("trainings:roster", args=[own.training.reference]),
        "trainings:roster",
        **person,
        organisation=abroad,
        participant=known,
    )
    mark = {"session": own.session, "value": "late", "base": 1, "key": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
    post(
        "recorder_me",
        reverse("trainings:mark", args=[own.training.reference]),
        "trainings:mark",
        **mark,
        enrolment=foreign.enrolment,
    )
    facts = {"course": own.training.course_id, "title": "New", "host": abroad, "country": "RS", "place": "Niš", "language": "sr",
             "mode": "in_person", "starts_on": "2025-03-10", "ends_on": "2025-03-10", "key": "0" * 8 + "-0000-4000-8000-" + "1" * 12,
             "day_starts": "09:00", "day_ends": "15:00", "sessions-TOTAL_FORMS": "0", "sessions-INITIAL_FORMS": "0"}  # fmt: skip
    for name in ("recorder_me", "admin", "observer"):
        post(name, "/trainings/new/", "trainings:create", **facts)
    desk = [
        path for route, path in all_routes() if path.startswith("desk/") and route.endswith(("_changelist", ":index"))
    ]
    results += [
        Ask(name, "get", f"/{path}", "desk") for path in desk for name in ("recorder_me", "coordinator_rs", "observer")
    ]
    results += [Ask(name, "get", "/desk/login/", "desk") for name in ("recorder_me", "coordinator_rs", "observer")]
    gone = profile_of(join("ME", "Otišla", "Trenerka", "trainer"))
    gone.photo.save("x.jpg", ContentFile(b"jpeg"))
    Member.objects.filter(pk=gone.member_id).update(is_active=False)
    results += [Ask("observer", "get", f"/trainers/{gone.slug}/{page}", f"trainers:{route}")
              for page, route in (("", "detail"), ("edit/", "edit"), ("photo.jpg", "photo"))]  # fmt: skip
    results += [
        Ask(name, "get", f"/reports/trainers/{gone.slug}/{page}", f"reports:{route}")
        for page, route in (("trainings/", "deliveries"), ("portfolio.pdf", "portfolio"))
        for name in ("observer", "recorder_me", "coordinator_me", "coordinator_rs")
    ]
    results += [
        Ask(name, "get", "/reports/trainers/?left=on", "reports:trainers") for name in ("observer", "coordinator_rs")
    ]
    results += [
        Ask(name, "post", "/reports/trainers/sheet/", "reports:trainers_sheet", body=(("left", "on"),))
        for name in ("observer", "coordinator_rs")
    ]
    results += [
        Ask(name, "get", "/reports/cascade/?of=own", "reports:cascade") for name in ("observer", "admin", "recorder_me")
    ]
    results += [
        Ask("observer", "get", "/trainers/", "trainers:list"),
        Ask("coordinator_me", "get", "/", "home"),
        Ask("coordinator_me", "get", "/members/", "members:list"),
        Ask("coordinator_me", "get", "/members/audit/", "members:audit"),
    ]
    # Verified long ago: its trainer no longer sees its people, and a late mark for one of them must not be taken.
    old = make_training(cast["recorder_me"], trainers=(cast["trainer_me"],))
    (late,) = make_roster(old, 1, cast["recorder_me"])
    long_ago = timezone.now() - timedelta(days=40)
    people = {"submitted_by": cast["recorder_me"], "verified_by": cast["coordinator_me"]}
    Training.objects.filter(pk=old.pk).update(
        figures="verified", submitted_at=long_ago, verified_at=long_ago, figures_version=1, **people
    )
    mark |= {"session": old.sessions.get().pk, "value": "present", "base": 0}
    post("trainer_me", reverse("trainings:mark", args=[old.reference]), "trainings:mark", **mark, enrolment=late.pk)
    cell = f"{late.pk}-{mark['session']}"
    sheet = {"form_key": str(mark["key"]), f"s-{cell}": " 0", f"m-{cell}": "present", "shown": str(late.pk)}
    post("trainer_me", reverse("trainings:attendance", args=[old.reference]), "trainings:attendance", **sheet)
    rest = reverse("trainings:mark_rest", args=[old.reference, mark["session"]])
    post("trainer_me", rest, "trainings:mark_rest", **sheet, batch=str(mark["key"]))
    results += _of_sheets(own, foreign, cast) + _of_duplicates(own, foreign, cast)
    results += _of_measures(own, foreign) + _of_figures(cast) + _of_talk(own, foreign, cast)
    results += _of_files(own, foreign, cast)
    results += _shared(own, foreign, cast) + _of_each_state(own, cast) + _of_members(own, foreign, cast)
    results += [
        Ask("stranger", "get", reverse("trainers:photo", args=[side.profile]), "trainers:photo") for side in pair
    ]
    results += [Ask("stranger", "get", "/", "home"), Ask("stale", "get", "/trainings/", "trainings:list")]
    return results


def _shared(own: Any, foreign: Any, cast: dict[str, Any]) -> list[Ask]:
    """Requests about things below the wrong whole, and a training kept by Serbia in which there is a person of Montenegro's."""
    results = []
    for route in (
        "session_toggle",
        "mark_rest",
        "enrolment_edit",
        "enrolment_member",
        "enrolment_remove",
        "enrolment_restore",
        "headcount_switch",
        "held_settle",
    ):
        _reference, pk = foreign.arguments(f"trainings:{route}")
        url = reverse(f"trainings:{route}", args=[own.training.reference, pk])
        results.append(Ask("coordinator_me", "post", url, f"trainings:{route}"))
    here, there = cast["recorder_me"], cast["recorder_rs"]
    shared = make_training(there)
    people = [
        RosterRow("Kanarinovići", "Kanarunka", there.organisation, "female", unit="Četa Kanarinović"),
        RosterRow("Gostić", "Gost", here.organisation, "male"),
    ]
    theirs, guest = add_to_roster(training=shared, rows=people, by=there)
    # Serbia's person, known to Montenegro from a training of its own, and since seen at home in another unit.
    (known,) = add_to_roster(
        training=make_training(here), rows=[RosterRow("Poznatić", "Poznat", there.organisation, "male")], by=here
    )
    since = RosterRow(
        "Poznatić", "Poznat", there.organisation, "male", unit="Četa Kanarinović", participant=known.participant_id
    )
    add_to_roster(training=shared, rows=[since], by=there)
    pages = ("detail", "history", "attendance", "roster", "headcounts")
    urls = {page: reverse(f"trainings:{page}", args=[shared.reference]) for page in pages}
    results += [
        Ask("recorder_me", method, urls[page], f"trainings:{page}") for page in pages for method in ("get", "post")
    ]
    # A owner does not say which member a person of another home became.
    member = reverse("trainings:enrolment_member", args=[shared.reference, guest.pk])
    results += [
        Ask(name, "post", member, "trainings:enrolment_member", body=(("member", cast["trainer_rs"].pk),))
        for name in ("recorder_rs", "coordinator_rs", "coordinator_me")
    ]
    for route in ("enrolment_edit", "enrolment_remove", "enrolment_member"):
        for enrolment in (theirs, guest):
            url = reverse(f"trainings:{route}", args=[shared.reference, enrolment.pk])
            results += [Ask("recorder_me", method, url, f"trainings:{route}") for method in ("get", "post")]
    other = RosterRow("Skinutić", "Skinut", here.organisation, "male")
    (removed,) = add_to_roster(training=shared, rows=[other], by=there)
    remove_from_roster(enrolment=removed, by=there)
    restore = reverse("trainings:enrolment_restore", args=[shared.reference, removed.pk])
    results.append(Ask("recorder_me", "post", restore, "trainings:enrolment_restore"))
    guests = Organisation.objects.get(code="NCGM")
    set_headcounts(
        training=shared, organisation=guests, counts=[Headcount(sex="female", rank_group="nco", attended=7)], by=there
    )
    # A preview is seen by who made it alone; people of a list by who may see their names.
    preview = start_import(
        training=own.training, organisation=here.organisation, sheets=read_pasted("Prezime\tIme\nJedan\tNeko"), by=here
    )
    url = reverse("trainings:import_preview", args=[own.training.reference, preview.pk])
    results.append(Ask("coordinator_me", "get", url, "trainings:import_preview"))
    lists = reverse("trainings:roster_import", args=[own.training.reference])
    results.append(Ask("coordinator_me", "get", lists, "trainings:roster_import"))
    url = reverse("trainings:workbook_preview", args=[own.training.reference, preview.pk])
    results += [Ask("coordinator_me", method, url, "trainings:workbook_preview") for method in ("get", "post")]
    for name in ("recorder_me", "observer"):
        people = (("as", "csv"), ("what", "people"))
        results.append(Ask(name, "post", "/trainings/export/", "trainings:list_export", body=people))
        results.append(Ask(name, "get", "/trainings/export/", "trainings:list_export"))
    suggestions = reverse("trainings:suggest", args=[own.training.reference])
    results.append(Ask("recorder_me", "post", suggestions, "trainings:suggest", body=(("family_name", "Pozna"),)))
    return results


def _of_figures(cast: dict[str, Any]) -> list[Ask]:
    """Figures of eight people, four of each sex: shown whole to their ministry, to others as one number; and frozen."""
    training = make_training(cast["recorder_me"])
    make_roster(training, 8, cast["recorder_me"])
    mark_all(training, cast["recorder_me"])
    submit_figures(training=training, by=cast["recorder_me"])
    own = ReportQuery(Question(organisation=training.owner_id), ("sex",), "", whole=True)
    frozen = freeze_figures(
        query=own,
        things=read_things(),
        chosen=[],
        as_on=training.ends_on,
        reported_to="Donator",
        note="",
        observers=[],
        by=cast["coordinator_me"],
    )
    people, home = "/reports/people/", training.owner_id
    results = [Ask(name, "get", f"{people}{page}", f"reports:{route}") for name in ("observer", "trainer_me", "recorder_me")
             for page, route in (("?by=sex", "people"), (f"?by=sex&organisation={home}", "people"), ("?by=month", "people"),
                                 (f"?by=month&organisation={home}", "people"), ("?by=year&first=2025-02-10", "people"),
                                 (f"trainings/?by=sex&organisation={home}", "behind"))]  # fmt: skip
    results += [
        Ask("trainer_me", "get", frozen.get_absolute_url(), "reports:snapshot"),
        Ask("observer", "get", "/reports/snapshots/", "reports:snapshots"),
        Ask(
            "trainer_me", "post", f"{frozen.get_absolute_url()}sheet/", "reports:snapshot_sheet", body=(("as", "csv"),)
        ),
    ]
    return results


def _of_talk(own: Any, foreign: Any, cast: dict[str, Any]) -> list[Ask]:
    """A question of the network's with an answer and a hidden comment, a training that waits for a note, and what is kept."""
    question = Post(kind="question", title="Pitanje svima", language_id="en", body="x")
    write_post(post=question, choices=Choices(), publish=True, by=cast["trainer_me"])
    said, hidden = (
        write_comment(post=question, body=words, answers=None, key=None, by=cast["recorder_rs"])
        for words in ("A", "Skrito")
    )
    hide_post(post=question, comment=hidden, reason="Povod", by=cast["coordinator_me"])
    report_post(post=question, comment=said, words="Zašto", by=cast["trainer_rs"])
    taught = make_training(cast["recorder_me"], trainers=(cast["trainer_me"],))
    make_roster(taught, 2, cast["recorder_me"])
    mark_all(taught, cast["recorder_me"])
    submit_figures(training=taught, by=cast["recorder_me"])
    Saved.objects.create(member=cast["trainer_rs"], post=Post.objects.get(slug=own.post))
    Notification.objects.create(member=cast["trainer_rs"], kind="followed", target=Post.objects.get(slug=own.post))
    gone = join("ME", "Otišao", "Pisac", "recorder")
    Member.objects.filter(pk=gone.pk).update(is_active=False)
    note, here = reverse("knowledge:note_new", args=[taught.reference]), question.get_absolute_url()
    everybody = (
        "trainer_me",
        "trainer_rs",
        "recorder_me",
        "recorder_rs",
        "coordinator_me",
        "coordinator_rs",
        "admin",
        "observer",
    )
    results = [Ask(name, "get", url, route) for name in everybody for url, route in (
        (here, "knowledge:detail"), ("/knowledge/reported/", "knowledge:reported"), ("/knowledge/saved/", "knowledge:saved"),
        ("/notifications/", "notifications:list"), (note, "knowledge:note_new"), ("/", "home"), ("/knowledge/notes/", "knowledge:notes"),
        (taught.get_absolute_url(), "trainings:detail"), ("/knowledge/revision/", "knowledge:revision"))]  # fmt: skip
    acts = [("accept", said), ("thank", said), ("thank", hidden), ("edit", said), ("edit", hidden), ("remove", said), ("hide", said),
            ("report", said), ("report", hidden), ("restore", hidden)]  # fmt: skip
    results += [
        Ask(name, "post", f"{here}comments/{comment.pk}/{act}/", f"knowledge:comment_{act}", body=(("words", "x"),))
        for name in everybody
        for act, comment in acts
    ]
    results += [
        Ask(name, "post", f"{here}{act}/", f"knowledge:{act}", body=(("words", "x"),))
        for name in everybody
        for act in ("thank", "save", "report", "hide", "restore")
    ]
    results += [
        Ask(name, "post", f"{here}comments/", "knowledge:comment_new", body=(("body", "x"), ("answers", said.pk)))
        for name in everybody
    ]
    results += [
        Ask(name, "post", f"/knowledge/follow/people/{who}/", "knowledge:follow_person")
        for name in ("trainer_me", "observer")
        for who in (gone.pk, cast["trainer_me"].pk)
    ]
    results += [
        Ask(name, "post", "/knowledge/revision/sheet/", "knowledge:revision_sheet", body=(("as", "csv"),))
        for name in everybody
    ]
    results += [
        Ask(
            name,
            "post",
            reverse("knowledge:note_collect", args=[foreign.note]),
            "knowledge:note_collect",
            body=(("topic", own.topic), ("words", "x")),
        )
        for name in everybody
    ]
    return results


def _of_files(own: Any, foreign: Any, cast: dict[str, Any]) -> list[Ask]:
    """Files and comments of another post than the address says, a withdrawn file, a post of two versions, and a hidden one."""
    trainer, choices = cast["trainer_me"], Choices()
    shared, hidden = (
        Post(kind="material", title=words, language_id="en", body="x") for words in ("Sa listom", "Sklonjeno")
    )
    for post in (shared, hidden):
        write_post(post=post, choices=choices, publish=True, by=trainer)
    shared.body = "y"
    change_post(post=shared, choices=choices, version_seen=1, by=trainer)
    why = {"hidden_at": timezone.now(), "hidden_by": cast["coordinator_me"], "hidden_reason": "x"}
    Post.objects.filter(pk=hidden.pk).update(**why)
    with keeping(ContentFile(b"Povucen list"), original="list.txt") as stored_file:
        file = add_material(
            post=shared, about=About("List", "en", Material.Licence.NETWORK), stored_file=stored_file, by=trainer
        )
    why = {"withdrawn_at": timezone.now(), "withdrawn_by": trainer, "withdrawn_reason": "x"}
    MaterialVersion.objects.filter(material=file).update(**why)
    version = MaterialVersion.objects.get(material=foreign.material)
    materials, here = reverse("training_materials", args=[own.training.reference]), shared.get_absolute_url()
    wrong = reverse("knowledge:comment_thank", args=[own.post, foreign.comment])
    results = [Ask(name, "get", url, route)
             for name in ("trainer_me", "trainer_rs", "recorder_me", "coordinator_me", "coordinator_rs", "admin", "observer")
             for url, route in (
                 (reverse("knowledge:material_download", args=[shared.slug, file.pk, 1]), "knowledge:material_download"),
                 (f"{here}history/", "knowledge:history"), (f"{here}history/?version=1", "knowledge:history"))]  # fmt: skip
    results += [
        Ask(name, "post", f"{hidden.get_absolute_url()}save/", "knowledge:save") for name in ("trainer_me", "admin")
    ]
    results += [
        Ask("recorder_me", "post", materials, "training_materials", body=body)
        for body in ((("use", version.pk),), (("of", version.uses.get().pk), ("drop", "1")))
    ]
    answers = (("body", "x"), ("answers", foreign.comment))
    comments = reverse("knowledge:comment_new", args=[own.post])
    return [
        *results,
        Ask("recorder_me", "post", wrong, "knowledge:comment_thank"),
        Ask("recorder_me", "post", comments, "knowledge:comment_new", body=answers),
    ]


def _of_duplicates(own: Any, foreign: Any, cast: dict[str, Any]) -> list[Ask]:
    """The duplicates desk with its numbers, and pages of a training where both records of a pair stand."""
    first = DuplicatePair.objects.get(pk=foreign.pair).first
    other = Participant.objects.filter(organisation=first.organisation).exclude(pk=first.pk).latest("pk")
    DuplicatePair.objects.create(first=first, second=other, state=DuplicatePair.State.DIFFERENT)
    abroad = Participant.objects.filter(organisation=first.organisation, merged_into=None).exclude(
        pk__in=[first.pk, other.pk]
    )
    DuplicatePair.objects.create(first=first, second=abroad.latest("pk"))
    pair, training = DuplicatePair.objects.get(pk=own.pair), make_training(cast["recorder_me"])
    for person in (pair.first, pair.second):
        row = RosterRow(person.family_name, person.given_name, person.organisation, participant=person.pk)
        add_to_roster(training=training, rows=[row], by=cast["recorder_me"])
    # Serbia's guest on Montenegro's roster: seen there by name, but not as one of a pair.
    guest = RosterRow("Gostić", "Dvaput", first.organisation)
    (there,) = add_to_roster(training=training, rows=[guest], by=cast["recorder_me"])
    DuplicatePair.objects.create(first=first, second=there.participant)
    mark_all(training, cast["recorder_me"])
    roster = reverse("trainings:roster", args=[training.reference])
    pages = {
        "trainings:duplicates": ["/trainings/duplicates/", "/trainings/duplicates/?state=different"],
        "trainings:merges": ["/trainings/duplicates/merged/"], "trainings:list": ["/trainings/"],
        "trainings:detail": [training.get_absolute_url()], "trainings:roster": [roster],
    }  # fmt: skip
    names = ("coordinator_me", "recorder_me")
    return [Ask(name, "get", url, route) for route, urls in pages.items() for url in urls for name in names]


def _of_sheets(own: Any, foreign: Any, cast: dict[str, Any]) -> list[Ask]:
    """Sheets and scans of another training, what one's own pages list of them, and who watches a training but records none."""
    results = []
    for route, pk in (
        ("sheet", foreign.session),
        ("evidence_file", foreign.evidence),
        ("evidence_remove", foreign.evidence),
    ):
        url = reverse(f"trainings:{route}", args=[own.training.reference, pk])
        results.append(Ask("coordinator_me", "get", url, f"trainings:{route}"))
    code = (("code", foreign.edition),)
    find = reverse("trainings:sheet_find")
    results += [Ask(name, "get", find, "trainings:sheet_find", body=code) for name in ("recorder_me", "observer")]
    here = {"session": own.training.sessions.get(), "by": cast["recorder_me"]}
    (gone,) = attach_evidence(training=own.training, scans=[Scan(b"%PDF-1.7 removed", PDF)], **here)
    remove_evidence(evidence=gone, reason="x", by=cast["recorder_me"])
    for route in ("evidence", "edition"):
        url = reverse(f"trainings:{route}", args=own.arguments(f"trainings:{route}"))
        results.append(Ask("recorder_me", "get", url, f"trainings:{route}"))
    watched = make_training(cast["recorder_me"])
    Assignment.objects.create(training=watched, trainer=profile_of(cast["trainer_me"]), part=Assignment.Part.OBSERVER)
    (scan,) = attach_evidence(training=watched, scans=[Scan(b"%PDF-1.7 watched", PDF)], by=cast["recorder_me"])
    session = watched.sessions.get()
    edition = make_sheet(session=session, script="written", headings=["en"], blank_lines=2, by=cast["recorder_me"])
    below = {"evidence": (), "sheet": (session.pk,), "evidence_file": (scan.pk,), "evidence_remove": (scan.pk,)}
    urls = {route: reverse(f"trainings:{route}", args=[watched.reference, *more]) for route, more in below.items()}
    urls["edition"] = edition.get_absolute_url()
    return results + [
        Ask("trainer_me", method, url, f"trainings:{route}")
        for route, url in urls.items()
        for method in ("get", "post")
    ]


def _of_measures(own: Any, foreign: Any) -> list[Ask]:
    """Strengths by unit, of either ministry, and indicators entered for either."""
    results = []
    for side in (own, foreign):
        query = (("ministry", side.organisation), ("by", "unit"))
        url = f"{reverse('reports:coverage')}?ministry={side.organisation}"
        for name in ("trainer_me", "recorder_me", "coordinator_me", "admin", "observer"):
            results.append(Ask(name, "get", url, "reports:coverage"))
            results.append(Ask(name, "get", f"{url}&by=unit", "reports:coverage"))
            results.append(Ask(name, "post", reverse("reports:coverage_sheet"), "reports:coverage_sheet", body=query))
        value = {
            "organisation": side.organisation,
            "indicator": "women_ncos",
            "share": "9",
            "definition": "All",
            "source": "S",
        }
        fact = {
            "organisation": side.organisation,
            "indicator": "mechanism",
            "is_there": "yes",
            "title": "T",
            "source": "S",
        }
        for name in ("coordinator_me", "admin"):
            share, other = reverse("reports:indicator_share"), reverse("reports:indicator_fact")
            results.append(Ask(name, "post", share, "reports:indicator_share", body=tuple(value.items())))
            results.append(Ask(name, "post", other, "reports:indicator_fact", body=tuple(fact.items())))
        like = f"{reverse('reports:strength_new')}?like={side.strength}"
        results.append(Ask("coordinator_me", "get", like, "reports:strength_new"))
    pages = ("recorder_me", "coordinator_me", "admin", "observer")
    return results + [Ask(name, "get", reverse("reports:indicators"), "reports:indicators") for name in pages]


def _of_each_state(own: Any, cast: dict[str, Any]) -> list[Ask]:
    """A submitted and a cancelled training, each as it is shown to who may do nothing about it: all that is offered is tried."""
    here = cast["recorder_me"]
    submitted, cancelled = make_training(here, trainers=(cast["trainer_me"],)), make_training(here)
    Training.objects.filter(pk=submitted.pk).update(
        figures="submitted", submitted_at=timezone.now(), submitted_by=here, figures_version=1
    )
    Training.objects.filter(pk=cancelled.pk).update(cancelled_at=timezone.now(), cancelled_reason="Snow")
    names = ("recorder_me", "trainer_me", "recorder_rs", "observer")
    urls = [training.get_absolute_url() for training in (submitted, cancelled)]
    return [Ask(name, "get", url, "trainings:detail", follow=True) for url in urls for name in names]


def _of_members(own: Any, foreign: Any, cast: dict[str, Any]) -> list[Ask]:
    """Forms of the members' desk with what their sender may not give, and things of an account that are somebody else's."""
    home, abroad = cast["recorder_me"].organisation_id, cast["recorder_rs"].organisation_id
    row = "N\tN\tn@mod.example"
    bodies = [
        {"organisation": abroad, "roles": "recorder", "rows": row, "invite": "1"},
        {"organisation": home, "roles": "admin", "rows": row, "invite": "1"},
        {"organisation": home, "roles": "recorder", "rows": f"N\tN\t{cast['coordinator_rs'].email}"},
    ]
    results = [
        Ask("coordinator_me", "post", "/members/invite/list/", "members:invite_list", body=tuple(b.items()))
        for b in bodies
    ]
    facts = {"given_name": "N", "family_name": "N", "function": "", "organisation": abroad}
    results.append(
        Ask("coordinator_me", "post", f"/members/{own.member}/edit/", "members:edit", body=tuple(facts.items()))
    )
    Member.objects.get(pk=own.member).roles.add("observer")
    results.append(Ask("coordinator_me", "get", f"/members/{own.member}/roles/", "members:member_roles"))
    theirs = cast["recorder_rs"]
    Authenticator.objects.filter(user=theirs).delete()  # a last factor is answered otherwise
    passkey = Authenticator.objects.create(user=theirs, type="webauthn", data={"name": "Key", "credential": {}})
    browser = UserSession.objects.create(user=theirs, ip="192.0.2.1", session_key="theirs", user_agent="x", data={})
    for route, thing in (("mfa_remove_webauthn", passkey), ("account_end_session", browser)):
        results.append(Ask("recorder_me", "post", reverse(route, args=[thing.pk]), route))
    return results


@dataclass(frozen=True)
class Answer:
    """What one request was answered: its verdict, what leaked, its status and page, and what it offered that is refused."""

    outcome: str
    leaked: tuple[str, ...]
    status: int
    page: str
    offered: frozenset[tuple[str, str]]

    def is_wrong_for(self, wish: Ask) -> bool:
        return bool(self.leaked or self.offered or (wish.wanted and self.outcome != wish.wanted))

    def is_noticed_beside(self, right: "Answer", *, exactly: bool) -> bool:
        """Return whether a test would tell this answer from the right one; `exactly`: by its status and every word, too."""
        differs = exactly and (self.status, self.page) != (right.status, right.page)
        return bool(self.leaked or self.offered or self.outcome != right.outcome or differs)


def ask(clients: dict[str, Any], pair: Any, wish: Ask) -> Answer:
    """Make one request and undo what it wrote."""
    answer = answer_of(clients[wish.name], wish.method, wish.url, dict(wish.body))
    offered = wrongly_offered(wish.name, answer, pair) if wish.name in DECISIVE else set()
    if wish.follow:
        links = [(method, path) for method, path in offers(answer) if path.startswith(("/trainings/", "/trainers/"))]
        offered |= {link for link in links if verdict(answer_of(clients[wish.name], *link)) in ("403", "404")}
    said = [str(message) for message in getattr(answer.wsgi_request, "_messages", None) or ()]
    page = PASSING.sub("…", answer.full_body.decode(errors="replace")) + " ".join(said)
    return Answer(
        verdict(answer), tuple(leaks(wish.route, wish.name, answer)), answer.status_code, page, frozenset(offered)
    )
