"""Every page: axe finds nothing, in light and dark, and nothing is wider than a phone; in one load.

The pages are the routes of the URL resolver with the access suite's decisions of who may open them: a new route is
visited as soon as it has its decision, and one that no reader visits fails a test. The browser opens a page as the reader
who sees most, and as another where the HTML has an element that none before had.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from portal.demo.cast import STAFF
from tests import services
from tests.e2e.browsing import sign_in, wrong_on_screens
from tests.suites.decisions import DECISIONS, all_routes
from tests.suites.test_access_elsewhere import ACCOUNT

# Who sees most comes first. A page that takes arguments is opened by the first who may, one without by all of them.
READERS = {
    "coordinator_me": "coordinator.me", "recorder_me": "recorder.me", "trainer_me": "trainer.me",
    "admin": "admin", "observer": "observer",
}  # fmt: skip
SIGNED_OUT = "signed out"
# Answers that are no page: signs of life, files, fragments.
NO_PAGES = {"alive", "ready", "security_txt", "robots_txt", "waiting_token", "offline_worker", "trainers:photo", "trainings:suggest",
            "mfa_login_webauthn",
            "trainings:edition_pdf", "trainings:evidence_file", "reports:portfolio", "knowledge:comment",
            "knowledge:feed", "knowledge:public_feed", "knowledge:material_download", "knowledge:material_page"}  # fmt: skip
# The set-up of a second factor and what needs one, in test_sign_in.py.
ELSEWHERE = {
    "knowledge:delete",
    "knowledge:note_new",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "account_end_session",
}
# Parts of the portal with pages of their own making.
OTHER_HOUSES = ("desk/", "bench/")
# By the ids of the demo where it writes them in a fixed order; what it lacks is made before.
MEMBER = 1 + [row[0] for row in STAFF].index("recorder.me")
OPEN, SUBMITTED, VERIFIED = "ME-2026-004", "ME-2026-003", "ME-2026-002"
ARGUMENTS: dict[str, str] = {
    **dict.fromkeys(("members:detail", "members:edit", "members:member_roles", "members:deactivate"), str(MEMBER)),
    "members:reset_factor": str(MEMBER), "members:organisation": "1", "trainers:topic_edit": "1", "trainings:course_edit": "1",
    "members:approve": "{asked}", "members:accept": "{token}", "trainers:detail": "predrag-vukovic", "trainers:edit": "predrag-vukovic",
    "trainings:enrolment_edit": "{enrolment}", "trainings:amend": VERIFIED, "trainings:return": SUBMITTED, "trainings:owner": VERIFIED,
    "account_reset_password_from_key": "1-used", "trainings:import_preview": "{preview}", "trainings:workbook_preview": "{filled}",
    "trainings:enrolment_member": "{enrolment}", "reports:deliveries": "sanja-pejovic",
    "trainings:sheet": "{session}", "trainings:edition": "{edition}",
    "trainings:evidence_remove": "{evidence}", "trainings:duplicate": "{pair}",
    "reports:strength": "{strength}", "reports:strength_remove": "{strength}", "reports:indicator_correct": "{value}",
    "reports:indicator_withdraw": "{value}", "reports:snapshot": "{frozen}", "reports:snapshot_show": "{frozen}",
    **dict.fromkeys(("knowledge:detail", "knowledge:edit", "knowledge:history", "knowledge:files_add"), "{post}"),
    **dict.fromkeys(("knowledge:material", "knowledge:material_edit", "knowledge:version_new", "knowledge:material_remove"), "{post}/{file}"),
    **dict.fromkeys(("knowledge:material_version", "knowledge:version_withdraw"), "{post}/{file}/1"), "training_materials": SUBMITTED,

    **dict.fromkeys(("knowledge:report", "knowledge:hide"), "{asked_post}"),
    **dict.fromkeys(("knowledge:comment_report", "knowledge:comment_hide"), "{others_comment}"),
    "knowledge:comment_edit": "{own_comment}",
    **dict.fromkeys(("knowledge:note", "knowledge:note_edit", "knowledge:note_delete"), "{note}"),
    "notifications:leave": "{leave}",
    "reports:contribution": "1", "reports:quality_rows": "sex",
}  # fmt: skip
# Addresses that show a page's other states.
MORE: dict[str, tuple[str, ...]] = {
    "members:list": ("?q=a&state=active", "?q=zzzz"),
    "members:audit": ("?q=ME-2026-004&first=2020-01-01", "?q=zzzz", "?readings=on"),
    "trainings:list": ("?q=zzzz",),
    "trainings:duplicates": ("?state=different", "?q=zzzz"),
    "trainings:duplicate": ("../{apart}/", "../{locked}/"),
    "trainings:attendance": ("?view=all",),
    "trainings:import_preview": ("../{done}/", "../{reading}/"),
    "trainings:sheet_find": ("?code=ABCDE-FGHJK",),
    "trainers:list": ("?q=zzzz",),
    "search:page": ("?q=obuka", "?q=zzzz", "?q=obuka&kind=trainer&topic=1", "?q=%25", "?q=obuka&year=x"),
    "reports:trainers": (
        "?sort=-last&not_current=on",
        "?first=2024-01-01&last=2023-01-01",
        "?first=1991-01-01&last=1991-02-01",
    ),
    "reports:deliveries": ("?what=observer&first=1991-01-01&last=1991-02-01",),
    "reports:cascade": ("?cohort=BA-2014-001",),
    "reports:people": (
        "?by=year",
        "?by=country",
        "?by=rank_group&and_by=organisation",
        "?by=year&and_by=organisation&organisation=1",
        "?last=2001-01-01",
        "?by=time&rule=once",
        "?first=2020-01-01&last=2019-01-01",
        "?by=quarter&rule=completed&count=hours",
    ),
    "reports:packs": ("?kind=nap",),
    "knowledge:edit": ("../../{draft}/delete/",),
    "knowledge:detail": ("?page=2",),
    "knowledge:notes": ("?topic=1&year=2026", "?year=2011"),
    "knowledge:revision": ("?state=open", "?state=dropped&topic=1"),
    "knowledge:history": ("?version=1",),
    "knowledge:list": ("?kind=lesson&topic=1", "?year=2011"),
    "reports:snapshot_new": ("?by=year", "?first=2020-01-01&last=2019-01-01"),
    "reports:coverage": (
        "?by=unit&year=2025",
        "?by=sex&rule=completed&until=2020",
        "?by=both&ministry=1",
        "?year=9999",
    ),
    "reports:strength_new": ("?like={strength}",),
    "reports:indicators": ("?indicator=women_officers", "?ministry=2&indicator=women_command", "?indicator=x"),
    "reports:quality_rows": ("../evidence/", "../late/", "../rank/", "../headcounts/", "../overdue/", "../unverified/"),
    "reports:behind": ("?last=2001-01-01", "?by=organisation&at=1&organisation=1"),
}
WRONG = {
    SIGNED_OUT: ("/no-such-page/", "/members/welcome/used/", "/account/login/?next=/members/"),
    "recorder_me": ("/members/", "/no-such-page/"),
    "coordinator_me": ("/trainings/ME-2026-002/", "/trainings/ME-2026-003/", "/members/organisations/"),
    "admin": ("/trainings/ME-2026-002/",),
}
MAKE = r"""
import json
from members.actions import ask_to_join, hash_of, invite_member
from uuid import uuid4
from common.scans import PDF, Scan
from members.models import Invitation, Member, Organisation, Role
from trainings.evidence.actions import attach_evidence
from trainings.sign_in_sheets.actions import make_sheet, record_from_sheet
from trainings.models import Enrolment
home, by = Organisation.objects.get(code="ME"), Member.objects.get(email="coordinator.me@demo.example")
long = "Aleksandra-Anastasija", "Konstantinović-Radosavljević"
asked = ask_to_join(email="a" * 50 + "@general-staff.mod.example", given_name=long[0], family_name=long[1], organisation=home, words="Reč " * 60)
for n, (given, family) in enumerate([long, ("Ђорђе", "Стојановић"), ("Una", "Una")]):
    invitation = invite_member(email=f"{'pozvan' * 8}.{n}@mod.example", given_name=given, family_name=family, organisation=home,
                               roles=Role.objects.filter(code__in=["trainer", "recorder"]), by=by)
Invitation.objects.filter(pk=invitation.pk).update(token_hash=hash_of("for-the-pages"))
old = Invitation.objects.exclude(pk=invitation.pk).first()
Invitation.objects.filter(pk=old.pk).update(invited_at=old.invited_at.replace(day=1) if old.invited_at.day > 9 else old.invited_at)
enrolment = Enrolment.objects.filter(training__reference="ME-2026-004", party__isnull=False).first()
import datetime
from common.uploads.reading import read_pasted
from trainings.roster_import.actions import commit_import, start_import
from trainings.models import Training
training, recorder = Training.objects.get(reference="ME-2026-004"), Member.objects.get(email="recorder.me@demo.example")
rows = ["Prezime i ime\tPol\tČin\tJedinica\tDan 9", "Petrović Marko\tm\tvodnik\tČeta\t+", "Nadić Ana\tž\tnadkapetan\tŠtab\t?",
        "Petrović Marko\tm\tvodnik\tČeta\t-", "Samoprezime\tž\tmajor\tŠtab\t"]
preview = start_import(training=training, organisation=home, sheets=read_pasted("\n".join(rows)), by=recorder)
one = read_pasted("Prezime\tIme\tPol\nTestić\tTest\tm")
done = commit_import(roster_import=start_import(training=training, organisation=home, sheets=one, by=recorder), by=recorder)
from trainings.roster_import.background import PASTED, keep_for_reading
reading = keep_for_reading(training=training, organisation=home, content=b"Prezime", name=PASTED, by=recorder)
type(reading).objects.filter(pk=reading.pk).update(work_began=reading.work_began - datetime.timedelta(minutes=5))
import io
from openpyxl import load_workbook
from common.uploads.reading import read_upload
from trainings.roster_import.workbook.actions import make_workbook
from trainings.roster_import.workbook.writing import choices_for, write_workbook
made, file = make_workbook(training=training, by=recorder), io.BytesIO()
write_workbook(file, made.workbook, made.people, made.sessions, choices_for(training))
book = load_workbook(io.BytesIO(file.getvalue()))
sheet, marked = book.worksheets[0], [n for n, person in enumerate(made.people, 5) if person.marks]
for n, word in zip(range(5, 9), ("Late", "xx", "Absent", "Excused")):
    sheet.cell(n, 8).value = word
sheet.cell(5, 2).value, sheet.cell(6, 6).value = "Sasvimdrugi", "Logistički bataljon u Danilovgradu"
if marked:
    sheet.cell(marked[-1], 8).value = None
for n, cell in enumerate(("Konstantinović-Radosavljević", "Aleksandra-Anastasija", "Female", "nadkapetan", "Štab", "", "Present"), 2):
    sheet.cell(5 + len(made.people), n).value, sheet.cell(6 + len(made.people), n).value = cell, cell if n != 5 else "major"
file = io.BytesIO()
book.save(file)
sheets = read_upload(file.getvalue(), "filled.xlsx")
filled = start_import(training=training, organisation=home, sheets=sheets, by=recorder)
from trainings.attendance.actions import change_marks
from trainings.attendance.edits import MarkEdit
third = made.people[2]
other = MarkEdit(third.enrolment, made.sessions[0].pk, "excused" if third.marks.get(made.sessions[0].pk, ("",))[0] != "excused" else "late",
                 third.marks.get(made.sessions[0].pk, ("", 0))[1], uuid4())
change_marks(training=training, edits=[other], by=recorder)
session = enrolment.training.sessions.first()
edition = make_sheet(session=session, script="both", headings=["en", "latin"], blank_lines=8, by=by)
record_from_sheet(edition=edition, exceptions={}, walk_ins={}, marks_shown={}, key=uuid4(), by=by)
scans = [Scan(b"%PDF-1.7 of a test", PDF), Scan(b"%PDF-1.7 of another", PDF)]
evidence = attach_evidence(training=enrolment.training, scans=scans, session=session, by=by)
from trainings.duplicates.actions import set_different
from trainings.attendance.actions import change_marks
from trainings.attendance.edits import MarkEdit
from trainings.duplicates.merging import Choice, merge_people
from trainings.roster.actions import RosterRow, add_to_roster
from trainings.duplicates.merge_plan import compare, seen_hash
from trainings.models import DuplicatePair, Participant
def twice(one, other, **facts):
    rows = [RosterRow(*names, home, is_another=bool(n), **facts) for n, names in enumerate((one, other))]
    made = [add_to_roster(training=training, rows=[row], by=recorder)[0] for row in rows]
    for enrolment_, value in zip(made, ("present", "absent")):
        change_marks(training=training, edits=[MarkEdit(enrolment_.pk, session.pk, value, 0, uuid4())], by=recorder)
    return DuplicatePair.objects.get_or_create(first=made[0].participant, second=made[1].participant)[0]
pair = twice(("Konstantinović-Radosavljević", "Aleksandra-Anastasija"), ("Konstantinovic-Radosavljevic", "Aleksandra-Anastasia"))
apart, gone = twice(("Dvojnić", "Dva"), ("Dvojnič", "Dva")), twice(("Spojić", "Spoj"), ("Spojič", "Spoj"))
set_different(pair=apart, by=by)
seen = seen_hash(gone.first, gone.second, compare(gone.first, gone.second))
merge_people(pair=gone, choice=Choice(gone.first_id, "", gone.first.sex, seen, {session.pk: "present"}), by=by)
verified = Enrolment.objects.filter(training__figures="verified", organisation=home, party__isnull=False).order_by("training", "pk")
locked, _made = DuplicatePair.objects.get_or_create(first=verified[0].participant, second=verified[1].participant)
from decimal import Decimal
from reports.indicators.actions import add_indicator, correct_indicator, withdraw_indicator
from reports.strengths.actions import Entry, cells_of, save_strength
from reports.models import IndicatorValue, Strength
strength = Strength.objects.get(organisation=home, year=2025, unit="")
entry = Entry(2025, "", strength.as_on, "Izvor " * 30, {**cells_of(strength), ("nco", "other"): 7})
save_strength(organisation=home, entry=entry, version_seen=1, by=by)
facts = {"organisation": home, "indicator": "women", "year": 2020, "source": "Izvor " * 40, "definition": "Definicija " * 40}
value, gone = (add_indicator(value=IndicatorValue(share=Decimal(share), **facts), by=by) for share in ("9.1", "9.2"))
value = correct_indicator(old=value, value=IndicatorValue(share=Decimal("9.3"), **facts), reason="Razlog " * 50, by=by)
withdraw_indicator(old=gone, reason="Razlog", by=by)
from reports.standard.actions import release_cells
from reports.snapshots.actions import freeze_figures
from reports.people.forms import ReportQuery
from reports.lookups import read_things
from trainings.counting import Question
first, last = datetime.date(2026, 1, 1), datetime.date(2026, 9, 30)
release_cells(pack="nato", first=first, last=last, reason="Dogovoreno " * 20, by=by)
asked_of = ReportQuery(Question(organisation=home.pk), ("year", "rank_group"), "", True)
frozen = freeze_figures(query=asked_of, things=read_things(), chosen=["Montenegro"], as_on=first, reported_to="Skupština " * 12,
                        note="Beleška " * 60, observers=[Member.objects.get(email="observer@demo.example")], by=by)
Enrolment.objects.filter(pk=verified[0].pk).update(attended_sessions=0, minutes=0)
from knowledge.posts.actions import Choices, change_post, write_post
from knowledge.models import Post
from trainers.models import Topic
teacher = Member.objects.get(email="trainer.me@demo.example")
def written(title, publish):
    post = Post(kind="material", title=title, body="# Naslov\n\n" + "Duga reč " * 80 + "\n\n| a | b |\n| - | - |\n| " + "c" * 90 + " | d |",
                language_id="cnr", reach="public", minutes=45)
    chosen = Choices(Topic.objects.all()[:8], ["general", "senior_officer", "junior_officer", "nco", "soldier", "cadet"])
    return write_post(post=post, choices=chosen, publish=publish, by=teacher)
post, draft = written("Vježba: " + "predrasude u komisijama " * 6, True), written("Nacrt", False)
post.body += " Još."
change_post(post=post, choices=Choices(Topic.objects.all()[:8]), version_seen=1, by=teacher)
import io
from common.files.storage import keeping
from knowledge.materials.actions import About, add_material, add_version, withdraw_version
from knowledge.materials.use_actions import record_outcome, use_material
from knowledge.models import MaterialVersion
def text_file(words):
    return keeping(io.BytesIO((words * 40).encode()), original="beleške-" + "veoma-dugo-ime-" * 8 + "cnr.txt")
with text_file("Jedan ") as kept:
    material = add_material(post=post, about=About("Bilješke " * 15, "cnr", "cc-by-nc-sa"), stored_file=kept, by=teacher)
for n, words in enumerate(["Dva ", "Tri "], 1):
    with text_file(words) as kept:
        add_version(material=material, stored_file=kept, note="Jasnije " * 20, newest_seen=n, by=teacher)
withdraw_version(version=material.versions.get(number=2), reason="Pogrešan zakon " * 10, by=teacher)
for reference in ("ME-2026-003", "ME-2026-004"):
    of = Training.objects.get(reference=reference)
    use = use_material(training=of, version=material.versions.get(number=1), by=recorder)
    record_outcome(use=use, outcome="partly", words="Trajalo je duže " * 20, by=recorder)
from knowledge.discussion.actions import write_comment
from knowledge.subscriptions.reactions import follow, thank
from knowledge.moderation.actions import hide_post, report_post
from knowledge.field_notes.actions import collect_note, write_note
from knowledge.models import FieldNote
def say(member, words, answers=None):
    return write_comment(post=post, body=words, answers=answers, key=None, by=member)
own = say(teacher, "Duga reč " * 60 + "x" * 300 + " https://a.example/" + "b" * 200)
others = say(recorder, "@" + teacher.full_name + " " + "c" * 200)
say(by, "Odgovor " * 30 + "d" * 200, answers=own)
hide_post(post=post, comment=say(recorder, "Skriveno " * 20), reason="Razlog " * 60, by=by)
report_post(post=post, comment=others, words="e" * 300, by=teacher)
report_post(post=post, words="Prijava " * 60, by=recorder)
thank(post=post, comment=own, on=True, by=recorder)
follow(thing=Topic.objects.first(), on=True, by=recorder)
follow(thing=teacher, on=True, by=recorder)
note = write_note(note=FieldNote(training=Training.objects.get(reference="ME-2026-003"), worked="Radilo " * 100, resisted="f" * 400,
                                 is_author_hidden=True), topics=Topic.objects.all()[:8], by=teacher)
collect_note(note=note, topic=Topic.objects.first(), words="Poglavlje " * 40, by=by)
of_talk = {"asked_post": post.slug, "others_comment": f"{post.slug}/{others.pk}", "own_comment": f"{post.slug}/{own.pk}", "note": note.pk}
from notifications.actions import digest_settings as digest_row
leaving = digest_row(teacher)
leaving.save()
of_posts = {"leave": leaving.leave_token, "file": material.pk, "post": post.slug, "draft": draft.slug, **of_talk}
of_measures = {"frozen": frozen.pk, "strength": strength.pk, "value": value.pk}
of_pairs = {"pair": pair.pk, "apart": apart.pk, "locked": locked.pk}
of_sheets = {"session": f"ME-2026-004/{session.pk}", "edition": edition.code, "evidence": f"ME-2026-004/{evidence[0].pk}"}
lists = {"preview": f"ME-2026-004/{preview.pk}", "done": done.pk, "reading": reading.pk, "filled": f"ME-2026-004/{filled.pk}"}
of_all = {**of_measures, **of_pairs, **of_posts}
print(json.dumps({**of_all, **of_sheets, **lists, "asked": asked.pk, "token": "for-the-pages", "enrolment": f"ME-2026-004/{enrolment.pk}"}))
"""


def routes() -> dict[str, str]:
    """Every named route outside the other houses, with its pattern."""
    return {name: path for name, path in all_routes() if not path.startswith(OTHER_HOUSES)}


def readers_of(name: str, path: str) -> list[str]:
    """Who looks at a route's page; nobody where it has none."""
    if name in NO_PAGES | ELSEWHERE:
        return []
    if name in ACCOUNT:
        return [SIGNED_OUT] if ACCOUNT[name] == "everybody" and name != "account_logout" else ["trainer_me"]
    decision = DECISIONS.get(name)
    if decision is None or decision.get is None:
        return []
    may = [person for person in READERS if person in decision.get[0]]
    if decision.public:
        return [SIGNED_OUT, *may] if name in ("home", "knowledge:list", "knowledge:detail") else [SIGNED_OUT]
    return may[:1] if "<" in path else may


def address(name: str, path: str, made: dict[str, str]) -> str:
    """The route's pattern with its arguments put in; a training's page without others is that of an open one."""
    parts = ARGUMENTS.get(name, OPEN if name.startswith("trainings:") else "").format(**made).split("/")
    filled = [parts.pop(0) if "<" in part else part for part in path.split("/")]
    return "/" + "/".join(filled)


def pages_of(reader: str, made: dict[str, str]) -> list[str]:
    pages = []
    for name, path in routes().items():
        readers = readers_of(name, path)
        if reader in readers:
            pages.append(address(name, path, made))
        # Its other states by two of them: of those who are signed in the first, who sees names, and the last, who sees fewest.
        members = [one for one in readers if one != SIGNED_OUT] or readers
        if reader in {*members[:1], *members[-1:]}:
            pages += [address(name, path, made) + more.format(**made) for more in MORE.get(name, ())]
    return [*pages, *WRONG.get(reader, ())]


@pytest.fixture(scope="session")
def made(portal: services.PortalServer) -> dict[str, str]:
    """What the demo lacks: a request to join, invitations open and run out, long names; with what their pages need."""
    return json.loads(portal.manage("shell", "-v", "0", "-c", MAKE))


class Elements(HTMLParser):
    """The kinds of elements of a page's main part: tag, classes, type and role of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.kinds: set[tuple[str | None, ...]] = set()
        main = html.partition("<main")[2].partition("</main>")[0]
        self.feed(f"<main{main}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        texts = dict(attrs)
        self.kinds.add((tag, texts.get("class"), texts.get("type"), texts.get("role")))


def all_pages(made: dict[str, str]) -> dict[str, list[str]]:
    """Every address with its readers, those who see most first."""
    readers: dict[str, list[str]] = {}
    for reader in [*READERS, SIGNED_OUT]:
        for here in pages_of(reader, made):
            readers.setdefault(here, []).append(reader)
    return readers


@dataclass(frozen=True)
class Visitors:
    """A signed-in page of each reader, and what failed on them: a script, or something that the security policy stopped."""

    pages: dict[str, Page]
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def visitors(server: str, browser: Browser) -> Iterator[Visitors]:
    contexts = {
        reader: browser.new_context(base_url=server, reduced_motion="reduce", locale="en-GB")
        for reader in (*READERS, SIGNED_OUT)
    }
    visitors = Visitors({reader: context.new_page() for reader, context in contexts.items()})

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            visitors.complaints.append(message.text)

    for reader, page in visitors.pages.items():
        page.on("console", listen)
        page.on("pageerror", lambda error: visitors.complaints.append(str(error)))
        if reader in READERS:
            sign_in(page, READERS[reader])
    yield visitors
    for context in contexts.values():
        context.close()


PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_pages_are_accessible_and_fit(part: int, visitors: Visitors, made: dict[str, str]) -> None:
    wrong = []
    for here, readers in list(all_pages(made).items())[part::PARTS]:
        seen: set[tuple[str | None, ...]] = set()
        for reader in readers:
            page = visitors.pages[reader]
            kinds = Elements(page.request.get(here).text()).kinds
            if not seen or kinds - seen:
                answer = page.goto(here)
                if answer is None or answer.status >= 500:
                    wrong.append(f"{reader}: {here} is an error")
                wrong += [f"{reader}: {finding}" for finding in wrong_on_screens(page)]
            seen |= kinds
    assert (wrong, visitors.complaints) == ([], [])


@pytest.mark.usefixtures("made")
def test_wrong_answers_are_accessible_and_fit(page: Page) -> None:
    """Forms that came back with what is wrong, and what asks before it is done."""
    page.goto("/members/join/")
    page.get_by_role("button", name="Send").click()
    wrong = wrong_on_screens(page)
    sign_in(page, "coordinator.me")
    page.goto("/members/invite/")
    page.get_by_role("button", name="Send the invitation").click()
    wrong += wrong_on_screens(page)
    page.goto("/members/invite/list/")
    page.check("input[value=trainer]")
    rows = ["Ana Anić <ana.anic@mod.example>", "nonsense", f"Duga\tAdresa\t{'a' * 60}@{'b' * 60}.mod.example"]
    page.fill("textarea[name=rows]", "\n".join([*rows, "recorder.me@demo.example Ivana Božović"]))
    page.get_by_role("button", name="Show what was understood").click()
    page.wait_for_selector("text=2 can be invited")
    wrong += wrong_on_screens(page)
    page.goto("/members/")
    page.locator("details.ask summary").first.click()
    assert wrong + wrong_on_screens(page) == []


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("main p {color: #999}", "on desktop: color-contrast"),
        ("@media (prefers-color-scheme: dark) {main p {color: #444}}", "on desktop-dark: color-contrast"),
        ("main p {min-width: 500px}", "on phone: "),
    ],
)
def test_control_what_is_wrong_on_one_screen_is_found(page: Page, style: str, expected: str) -> None:
    page.goto("/members/join/")
    assert wrong_on_screens(page) == []
    page.evaluate(
        "style => { const sheet = new CSSStyleSheet(); sheet.replaceSync(style); document.adoptedStyleSheets = [sheet]; }",
        style,
    )
    wrong = wrong_on_screens(page)
    assert [one for one in wrong if expected in one] != []


def test_every_page_is_visited() -> None:
    seen = {name for name, path in routes().items() if readers_of(name, path)}
    posted = {name for name, decision in DECISIONS.items() if decision.get is None}
    assert set(routes()) - seen - posted - NO_PAGES - ELSEWHERE == set()
    made = {
        "asked": "1",
        "token": "x",
        "enrolment": f"{OPEN}/1",
        "session": f"{OPEN}/1",
        "edition": "A",
        "evidence": f"{OPEN}/1",
        "preview": f"{OPEN}/1",
        "pair": "1",
        "apart": "2",
        "locked": "3",
        "filled": f"{OPEN}/1",
        "frozen": "1",
        "strength": "1",
        "value": "1",
        "post": "a",
        "file": "1",
        "leave": "a",
        "draft": "b",
        "asked_post": "c",
        "others_comment": "c/1",
        "own_comment": "c/2",
        "note": "1",
    }
    addresses = {name: address(name, path, made) for name, path in routes().items() if name in seen}
    assert [name for name, where in addresses.items() if "//" in where or "<" in where] == []


def test_control_a_route_that_nobody_visits_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(DECISIONS, "members:audit")
    assert readers_of("members:audit", "members/audit/") == []
