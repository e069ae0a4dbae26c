"""Forty known injections in every column that people write, read in Chromium on every page: they are words and nothing else.

The rows are those of the demo and of test_pages.py. What people typed into them is overwritten where it is kept, so that no
form's own care stands between a payload and a page; then actions write some more, so that the record tells of them too.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

from tests import services
from tests.e2e.browsing import sign_in
from tests.e2e.test_pages import MAKE, READERS, SIGNED_OUT, pages_of
from tests.suites.payloads import MARK, SHAPES

pytestmark = pytest.mark.drill

# What asks an outside address, opens a dialog or leaves the page, if it is more than words. `@` as in SHAPES.
ASKING = (
    "<img src=//@.example/x.png>", "<iframe src=//@.example/>", "<link rel=stylesheet href=//@.example/x.css>",
    "<style>@import url(//@.example/y.css)</style>", "<script src=//@.example/x.js></script>",
    "<meta http-equiv=refresh content='0;url=//@.example/'>", "![x](//@.example/z.png)", "[x](javascript:@())",
    "<svg onload=alert('@')>",
)  # fmt: skip
# Those of SHAPES that are for pages; the others are for sheets, mails and databases.
PAYLOADS = [shape.replace("@", f"{MARK}{n}x") for n, shape in enumerate((*SHAPES[:24], *SHAPES[38:45], *ASKING))]
LINKED = next(n for n, words in enumerate(PAYLOADS) if words.startswith("!["))  # in Markdown a link that says x
BESIDE = "susedna"  # a word that stands beside them, by which they are found

# NOT_WRITTEN: columns of text in which nobody writes freely: codes, addresses, digests, folded words, rows of reference.
ATTACK = r"""
import itertools, json
from django.apps import apps
from django.core.cache import cache
from django.db import IntegrityError, models, transaction
PAYLOADS, BESIDE = json.loads(PAYLOADS_JSON)
NOT_WRITTEN = {"code", "slug", "email", "password", "stored", "kind", "checksum", "content_hash", "reference", "language", "age_band", "nato",
               "token_hash", "leave_token", "secret_hash", "service_hash", "body_hash", "query", "upload_name",
               "old_value", "new_value", "answer_value"}
TABLES = [model for model in apps.get_models() if model._meta.app_label in ("members", "trainers", "trainings", "reports", "knowledge")
          and model._meta.label_lower not in ("mail.mail", "members.country", "members.language", "trainings.columnchoice")]
def written(model):
    return [column for column in model._meta.concrete_fields if isinstance(column, (models.CharField, models.TextField))
            and not column.choices and column.name not in NOT_WRITTEN and not column.name.endswith("_key")]
numbers = itertools.count()
def words(column):
    longest = column.max_length or 4000
    if longest >= 4000 and column.name != "summary":
        return "\n\n".join(f"{payload} {BESIDE}" for payload in PAYLOADS)
    fitting = [payload for payload in PAYLOADS if len(payload) <= longest - 5] or [""]
    number = next(numbers)
    text = fitting[number % len(fitting)]
    if column.unique:
        return f"{text} {number}"[:longest]
    return f"{text} {BESIDE}" if len(text) + 8 <= longest else text
reached = set()
for model in TABLES:
    columns = written(model)
    for row in model._base_manager.order_by("-pk")[:60] if columns else ():
        for column in columns:
            if getattr(row, column.attname) is None:
                continue
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=row.pk).update(**{column.attname: words(column)})
                reached.add(f"{model._meta.label_lower}.{column.name}")
            except IntegrityError:
                pass  # a text that may stand only beside another, such as a reason where nothing happened
from knowledge.models import MaterialText, Post
for text in MaterialText.objects.all():
    text.places = [[place[0], place[1], "\n".join(f"{payload} {BESIDE}" for payload in PAYLOADS), *place[3:]] for place in text.places]
    text.save()
    reached.add("knowledge.materialtext.places")
wanted = {f"{model._meta.label_lower}.{column.name}" for model in TABLES for column in written(model)}
print(json.dumps([sorted(reached), sorted(wanted - reached)]))
"""
# What the actions below write afterwards, and the reason of an amendment, which test_attack_words.py types.
WRITTEN_BY_ACTIONS = {"knowledge.post.hidden_reason", "knowledge.savedsearch.name", "trainings.amendment.reason"}
# Through actions, so that the record and what is counted from it tell of them.
ACT = r"""
import json
from knowledge.subscriptions.secret_addresses import make_secret_address
from knowledge.discussion.actions import write_comment
from knowledge.moderation.actions import hide_post, report_post
from knowledge.posts.actions import Choices, change_post, write_post
from knowledge.subscriptions.saved_searches import save_search
from knowledge.models import Post
from members.models import Member
from trainers.models import Topic
PAYLOADS, BESIDE = json.loads(PAYLOADS_JSON)
teacher = Member.objects.get(email="trainer.me@demo.example")
for number, payload in enumerate(PAYLOADS):
    title = f"{payload} {BESIDE}"
    post = Post(kind="lesson", title=title, body="\n\n".join(PAYLOADS), language_id="cnr", reach="public" if number % 2 else "network")
    post = write_post(post=post, choices=Choices(Topic.objects.all()[:2]), publish=True, by=teacher)
    write_comment(post=post, body=payload, answers=None, key=None, by=teacher)
    if number < 3:
        post.title = PAYLOADS[-number]
        change_post(post=post, choices=Choices(Topic.objects.all()[:1]), version_seen=1, by=teacher)
    if 3 <= number < 6:
        report_post(post=post, words=payload, by=Member.objects.get(email="recorder.me@demo.example"))
    if number == 5:
        hide_post(post=post, reason=payload, by=Member.objects.get(email="coordinator.me@demo.example"))
        hidden = post.slug
    if number < 19:
        save_search(name=payload, query=f"q={payload}", by=teacher)
print(json.dumps([post.slug, hidden, make_secret_address(member=teacher, by=teacher)]))
"""
# Whatever a payload calls tells of it; whatever it makes of itself carries its mark in a name or runs from an address.
WATCH = f"""for (let n = 0; n < {len(PAYLOADS)}; n++) window[`{MARK}${{n}}x`] = () => {{ window.attacked = n }};"""
MADE_OF_WORDS = """mark => {
    const wrong = [];
    for (const one of document.querySelectorAll("*")) {
        if (one.localName.includes(mark)) wrong.push(`element ${one.localName}`);
        for (const { name, value } of one.attributes) {
            const spelt = value.replace(/[\\x00-\\x20]/g, "").toLowerCase();
            if (name.includes(mark)) wrong.push(`attribute ${name}`);
            if (value.includes(mark) && /^(on|style|srcdoc)/.test(name)) wrong.push(`${name}=${value}`);
            // In Markdown people may link elsewhere; such links are told that they are not ours.
            const isTheirLink = one.localName === "a" && (one.rel ?? "").includes("ugc") && /^(https?:)?\\/\\//.test(spelt);
            if (["href", "src", "action", "formaction"].includes(name) && value.includes(mark) && !isTheirLink
                && /^(javascript|data|vbscript|https?|\\/\\/)/.test(spelt)) wrong.push(`${name}=${value}`);
        }
        const isData = one.type === "application/json";  // read by scripts as words, and its end is escaped
        if (["script", "style"].includes(one.localName) && !isData && one.textContent.includes(mark)) wrong.push(`inside ${one.localName}`);
    }
    if (window.attacked !== undefined) wrong.push(`payload ${window.attacked} ran`);
    return wrong;
}"""
WORDS = """() => [document.title, document.body.textContent, ...[...document.querySelectorAll("*")].flatMap(one => [
    one.localName === "input" ? one.value : "", one.title ?? "", one.ariaLabel ?? ""])].join("\\n")"""


@dataclass
class Watched:
    """A context whose pages are watched; what went wrong since it was last asked, and the payloads shown as words."""

    server: str
    context: BrowserContext
    wrong: list[str] = field(default_factory=list)
    payloads_shown: dict[str, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context.add_init_script(WATCH)
        self.context.on("request", self._asked)
        self.page: Page = self.context.new_page()
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on(
            "console",
            lambda message: self.wrong.append(message.text) if "Content Security Policy" in message.text else None,
        )

    def _asked(self, request: Request) -> None:
        http_request = urlsplit(request.url)
        if (
            http_request.scheme in ("http", "https", "ws", "wss")
            and http_request.netloc != urlsplit(self.server).netloc
        ):
            self.wrong.append(f"asked {request.url}")

    def look(self, address: str) -> list[str]:
        """Open a page; return what a payload did or became there, and those whose words were changed."""
        self.wrong.clear()
        answer = self.page.goto(address)
        assert answer is not None
        results = [*self.page.evaluate(MADE_OF_WORDS, MARK)]
        words = " ".join(self.page.evaluate(WORDS).split())
        marks = {int(number) for number in re.findall(rf"{MARK}(\d+)x", words)}
        self.payloads_shown[address] = marks
        results += [f"changed: {PAYLOADS[n]}" for n in marks if not stands_in(words, n)]
        if answer.status >= 500:
            results.append(f"status {answer.status}")
        return [f"{address}: {one}" for one in [*self.wrong, *results]]


def up_to_marks(n: int) -> list[str]:
    """A payload up to the end of each of its marks, as it stands among words."""
    whole = " ".join(PAYLOADS[n].split())
    return [whole[: found.end()] for found in re.finditer(f"{MARK}{n}x", whole)]


def stands_in(words: str, n: int) -> bool:
    """Whether a payload stands among words as it was typed; an excerpt may begin at a gap within it."""
    parts = up_to_marks(n)
    return parts[0] in words or any(
        f"… {part[k + 1 :]}" in words for part in parts for k, sign in enumerate(part) if sign == " "
    )


@dataclass(frozen=True)
class Attacked:
    portal: services.PortalServer
    made: dict[str, str]
    reached: set[str]
    others: set[str]
    post: str
    hidden: str
    feed: str


@pytest.fixture(scope="module")
def attacked(made_once: Path) -> Iterator[Attacked]:
    """A portal of its own with payloads wherever people write; about a minute."""
    typed = f"PAYLOADS_JSON = {json.dumps([PAYLOADS, BESIDE])!r}\n"
    with services.portal_server(made=made_once) as portal:
        made = json.loads(portal.manage("shell", "-v", "0", "-c", MAKE))
        portal.manage("db_worker", "--batch", "--no-reload")
        reached, others = json.loads(portal.manage("shell", "-v", "0", "-c", typed + ATTACK))
        post, hidden, secret = json.loads(portal.manage("shell", "-v", "0", "-c", typed + ACT))
        portal.manage("rebuild_index")
        yield Attacked(portal, made, set(reached), set(others), post, hidden, f"/knowledge/feed/{secret}/")


@pytest.fixture
def watched(attacked: Attacked, browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(base_url=attacked.portal.url, reduced_motion="reduce", locale="en-GB")
    context.set_default_timeout(20_000)
    yield Watched(attacked.portal.url, context)
    context.close()


ATOM = "{http://www.w3.org/2005/Atom}"
SEARCHES = [BESIDE, MARK, *PAYLOADS]
TYPED_AT = (
    "/trainers/?q=",
    "/trainings/?q=",
    "/members/?q=",
    "/knowledge/notes/?year=",
    "/reports/people/?by=",
)


def test_forty_payloads_stand_in_every_column_that_people_write(attacked: Attacked) -> None:
    assert (len(PAYLOADS), len(set(PAYLOADS))) == (40, 40)
    assert attacked.others == WRITTEN_BY_ACTIONS


@pytest.mark.parametrize("reader", [SIGNED_OUT, *READERS])
def test_payloads_are_words_on_every_page(reader: str, attacked: Attacked, watched: Watched) -> None:
    if reader in READERS:
        sign_in(watched.page, READERS[reader])
    pages = [*pages_of(reader, attacked.made), f"/knowledge/{attacked.post}/"]
    if reader in ("trainer_me", "coordinator_me"):
        pages += [f"/knowledge/{attacked.hidden}/", "/search/"]
    wrong = [one for address in pages for one in watched.look(address)]
    assert wrong == []
    without = [address for address, marks in watched.payloads_shown.items() if not marks]
    assert [address for address in without if reader != SIGNED_OUT] == []  # a member's name stands on every page
    assert watched.payloads_shown[f"/knowledge/{attacked.post}/"] | {LINKED} == set(range(40))


def test_payloads_typed_into_addresses_are_words(attacked: Attacked, watched: Watched) -> None:
    sign_in(watched.page, READERS["admin"])
    # The search says every one again; the lists, which share their box, a third each in turn.
    pages = [f"/search/?q={quote(words)}" for words in SEARCHES]
    pages += [f"{typed_at}{quote(words)}" for n, typed_at in enumerate(TYPED_AT) for words in SEARCHES[n % 3 :: 3]]
    assert [one for address in pages for one in watched.look(address)] == []
    assert len(watched.payloads_shown[f"/search/?q={BESIDE}"]) > 5


def test_payloads_in_a_feed_are_words_for_its_reader(attacked: Attacked, watched: Watched) -> None:
    entries = ElementTree.fromstring(watched.page.request.get(attacked.feed).body()).findall(f"{ATOM}entry")  # noqa: S314 - our own feed
    titles = [entry.findtext(f"{ATOM}title", "") for entry in entries]
    assert [title for title in titles if title.removesuffix(f" {BESIDE}") not in PAYLOADS] == []
    watched.page.set_content("".join(entry.findtext(f"{ATOM}summary", "") for entry in entries))
    element = watched.page.locator("body").inner_text()
    assert (len(titles), watched.page.evaluate(MADE_OF_WORDS, MARK), watched.wrong) == (30, [], [])
    assert [n for n in range(len(PAYLOADS)) if up_to_marks(n)[0] not in " ".join(element.split())] == [LINKED]


@pytest.mark.parametrize("is_guarded", [True, False], ids=["by the security policy", "by nothing"])
def test_control_page_that_trusts_words_is_noticed(is_guarded: bool, attacked: Attacked, watched: Watched) -> None:
    starts = ("<img src=//", "<svg onload=alert", "<script>", "<b ", "</option>")
    trusted = "".join(next(words for words in PAYLOADS if words.startswith(start)) for start in starts)

    def trust(route: Route) -> None:
        answer = route.fetch()
        headers = {key: value for key, value in answer.headers.items() if is_guarded or "policy" not in key}
        # What is to be noticed stands first: of others on the page one may swallow what comes after it.
        first = re.sub("<body[^>]*>", lambda body: body[0] + trusted, html.unescape(answer.text()), count=1)
        route.fulfill(response=answer, headers=headers, body=first)

    watched.context.route(f"**/knowledge/{attacked.post}/", trust)
    results = "\n".join(watched.look(f"/knowledge/{attacked.post}/"))
    texts = ("element ", "attribute ", "Content Security Policy" if is_guarded else " ran")
    assert [words for words in texts if words not in results] == []
    if not is_guarded:
        assert (f"asked http://{MARK}" in results, "dialog " in results) == (True, True)
