"""The page, the command and saved searches: as a person uses them, and with what nobody should type."""

import io
import json
import re
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from knowledge.models import SavedSearch
from knowledge.subscriptions.saved_searches import forget_search, save_search
from search.indexer import sync_index
from tests.conftest import client_of
from tests.knowledge.posts.test_posts import write
from tests.search.things import attach, note
from tests.suites.payloads import SHAPES
from trainers.models import Topic
from trainings.models import Training

pytestmark = pytest.mark.django_db


# Of one transaction; PostgreSQL sets the planner in it.
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "SET LOCAL")


def page_of(member, query: str, **headers: str):
    """The search page once the worker has indexed what was written."""
    sync_index()
    return client_of(member).get(f"/search/?{query}", headers=headers)


def test_stranger_is_asked_to_sign_in(stranger):
    answer = stranger.get("/search/?q=x")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/search/%3Fq%3Dx")


def test_page_shows_counts_marks_and_the_place(trainer_me):
    post = write(trainer_me, "Kartice", body="Vježba")
    attach(post, "Slajdovi", ["slide", 4, "Родна перспектива у вежби"], by=trainer_me)
    text = page_of(trainer_me, "q=rodna+perspektiva").content.decode()
    assert "<mark>Родна</mark> <mark>перспектива</mark> у вежби" in text
    assert '<span class="badge">slide 4</span>' in text
    assert "Everything 1</a>" in text
    assert "Files 1</a>" in text
    assert "Posts" not in text.partition('id="found"')[2]


def test_fragment_is_the_list_alone(trainer_me):
    write(trainer_me, "Kartice")
    text = page_of(trainer_me, "q=kartice", **{"HX-Request": "true"}).content.decode()
    assert ("<html" in text, "<mark>Kartice</mark>" in text) == (False, True)


def test_page_takes_few_queries_however_much_is_found(trainer_me, training):
    def queries() -> int:
        sync_index()
        client.get("/search/?q=listopad")
        with CaptureQueriesContext(connection) as taken:
            assert client.get("/search/?q=listopad").status_code == 200
        return len([q for q in taken if not q["sql"].startswith(NOT_COUNTED)])

    client = client_of(trainer_me)
    attach(write(trainer_me, "Listopad"), "Listopad", by=trainer_me)
    note(training, trainer_me, "listopad")
    Training.objects.filter(pk=training.pk).update(notes="listopad")
    few = queries()
    for n in range(25):
        attach(write(trainer_me, f"Listopad {n}"), f"Listopad {n}", by=trainer_me)
    # The first page is of posts and files then, and their trainers are not asked for.
    assert (few, queries()) == (10, 9)


WRONG = {
    "nothing": "", "spaces": "+++", "ten thousand letters": "q=" + "a" * 10_000, "a NUL": "q=a%00b", "quotes": "q=%22%27%60",
    "percent": "q=%25", "underscore": "q=_", "backslashes": "q=%5C%5C%27", "a percent in a word": "q=ka%25ce", "surrogate": "q=%ED%A0%80",
    "many words": "q=" + "+".join(f"w{n}" for n in range(40)), "no such kind": "q=kartice&kind=x",
    "no such topic": "q=kartice&topic=999999999999999999999",
    "no such language": "q=kartice&language=%00", "no such ministry": "q=kartice&ministry=-1",
    "no such year": "q=kartice&year=12345678901234567890",
    "year in words": "q=kartice&year=x", "page in words": "q=kartice&page=x", "page far off": "q=kartice&page=99999999999999999999",
    "negative page": "q=kartice&page=-5", "facet in a word": "q=kind%3Dpost", "twice": "q=kartice&q=x&kind=post&kind=x",
    "right to left": "q=%E2%80%AEkartice", "a combining mark": "q=%CC%81%CC%81", "emoji": "q=%F0%9F%98%80",
}  # fmt: skip
SAYS = {
    "ten thousand letters": "Search for at most 200 letters: a few words are enough.", "a NUL": "Null characters are not allowed.",
    "quotes": "Type letters or figures: a word, a name, a place.", "percent": "Type letters or figures: a word, a name, a place.",
    "underscore": "Type letters or figures: a word, a name, a place.", "many words": "Search for at most ten words at once.",
    "no such kind": "What: Select a valid choice. x is not one of the available choices.",
    "year in words": "Year: Enter a whole number.", "emoji": "Type letters or figures: a word, a name, a place.",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(WRONG))
def test_wrong_input_is_a_sentence(kind, trainer_me):
    write(trainer_me, "Kartice")
    answer = page_of(trainer_me, WRONG[kind])
    assert answer.status_code == 200
    text = answer.content.decode()
    if kind in SAYS:
        assert escape(SAYS[kind]) in text
    if WRONG[kind].startswith("q=kartice&") and kind != "twice":
        # What is wrong in a filter narrows nothing.
        assert "<mark>Kartice</mark>" in text


@pytest.mark.slow
def test_what_is_typed_stands_as_text(trainer_me):
    """Every shape, in the text of a file, in its title and as the question: no element comes of it."""
    post = write(trainer_me, "Kartice", body="x")
    sync_index()
    plainly = client_of(trainer_me).get("/search/", {"q": "kartice"}).content.decode()
    for n, shape in enumerate(SHAPES):
        text = shape.replace("@", "zlorec").replace("\x00", "")
        attach(post, f"F{n} {text}"[:160], ["page", 1, f"kukurek{n} {text} kukurek"], by=trainer_me)
    sync_index()
    for n, shape in enumerate(SHAPES):
        query = shape.replace("@", "zlorec")[:150]
        for question in (f"kukurek{n}", query):
            page_text = client_of(trainer_me).get("/search/", {"q": question}).content.decode()
            assert elements(page_text) - elements(plainly) <= {"mark", "ol", "option"}, question
            assert page_text.count("<script") == plainly.count("<script"), question


class Elements(HTMLParser):
    """Takes the names of all elements, and of each attribute that acts."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag, attrs) -> None:
        self.names |= {tag, *(name for name, _value in attrs if name.startswith("on"))}


def elements(html: str) -> set[str]:
    reader = Elements()
    reader.feed(html)
    return reader.names


def run(*args: str) -> str:
    sync_index()
    out = io.StringIO()
    call_command("search", *args, stdout=out)
    return out.getvalue()


def test_command_takes_a_ministry_and_a_topic_by_name(trainer_me, trainer_rs):
    topic = Topic.objects.create(name="Rod i služba")
    write(trainer_me, "Naše rodno", topics=[topic])
    write(trainer_rs, "Njihovo rodno")
    home = trainer_me.organisation
    for narrowed in (
        ("--ministry", home.code.lower()),
        ("--ministry", home.name),
        ("--topic", "ROD I SLUŽBA"),
        ("--topic", "Род и служба"),
    ):
        data = json.loads(run("rodno", "--as", trainer_me.email, "--kind", "post", *narrowed, "--json"))
        assert [row["title"] for row in data["results"]] == ["Naše rodno"]


def test_command_answers_as_the_page_does(trainer_me):
    attach(write(trainer_me, "Kartice", body="x"), "Slajdovi", ["sheet", 1, "Ђорђевић", "List1"], by=trainer_me)
    data = json.loads(run("djordjevic", "--as", trainer_me.email.upper(), "--json"))
    (row,) = data["results"]
    assert (data["total"], data["counts"]["material"], data["counts"]["post"]) == (1, 1, 0)
    assert {name: row[name] for name in ("kind", "title", "excerpt", "place")} == {
        "kind": "material",
        "title": "Slajdovi",
        "excerpt": "Ђорђевић",
        "place": "sheet List1",
    }
    assert row["url"].startswith("/knowledge/kartice/")
    assert row["score"] > 0
    plain = run("djordjevic", "--as", trainer_me.email)
    assert plain.startswith("1 found: material 1\nFile: Slajdovi [sheet List1]\n")
    assert json.loads(run("djordjevic", "--as", trainer_me.email, "--json", "--kind", "post"))["total"] == 0


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("x", "--as", "nobody@mod.example"), "No active member has the address nobody@mod.example."),
        (("%", "--as", "{me}"), "Type letters or figures: a word, a name, a place."),
        (("", "--as", "{me}"), "Say what you look for."),
        (("x", "--as", "{me}", "--year", "x"), "Year: Enter a whole number."),
    ],
)
def test_command_refuses_in_a_sentence(args, sentence, trainer_me):
    with pytest.raises(CommandError, match=f"^{sentence}$"):
        run(*(arg.format(me=trainer_me.email) for arg in args))


def test_search_is_saved_tells_what_is_new_and_is_removed(trainer_me, trainer_rs):
    client = client_of(trainer_me)
    write(trainer_rs, "Listopad jedan")
    answer = client.post("/search/save/", {"name": "Lišće", "query": "kind=post&q=listopad&page=2"})
    saved = SavedSearch.objects.get()
    assert (answer["Location"], saved.query, saved.name) == (
        "/search/?q=listopad&kind=post",
        "q=listopad&kind=post",
        "Lišće",
    )
    assert new_of(client) == ["1 result"]
    write(trainer_rs, "Listopad dva")
    write(trainer_rs, "Listopad tri", reach="ministry")
    assert new_of(client) == ["1 new", "2 results"]
    assert "You have saved this search" in client.get("/search/?q=listopad&kind=post").content.decode()
    assert new_of(client) == ["2 results"]
    client.post(f"/search/saved/{saved.pk}/remove/")
    assert SavedSearch.objects.count() == 0


def new_of(client) -> list[str]:
    sync_index()
    text = client.get("/search/").content.decode()
    return re.findall(r"\d+ (?:new|results?)\b", text.partition("Your saved searches")[2])


def test_saved_search_of_another_is_not_there(trainer_me, trainer_rs):
    saved = save_search(name="x", query="q=x", by=trainer_me)
    assert client_of(trainer_rs).post(f"/search/saved/{saved.pk}/remove/").status_code == 404
    assert SavedSearch.objects.count() == 1
    assert new_of(client_of(trainer_rs)) == []


def test_the_same_search_is_saved_once_and_twenty_at_most(trainer_me):
    save_search(name="x", query="q=x", by=trainer_me)
    with pytest.raises(ValidationError, match=r"^\['You have saved this search already.'\]$"):
        save_search(name="y", query="q=x", by=trainer_me)
    for n in range(19):
        save_search(name="x", query=f"q=x{n}", by=trainer_me)
    with pytest.raises(ValidationError, match="twenty searches"):
        save_search(name="y", query="q=y", by=trainer_me)


@pytest.mark.parametrize("query", ["", "kind=post", "q=%25", "q=x&kind=y", "q=" + "a" * 600, "q=\x00"])
def test_what_is_no_search_is_not_saved(query, trainer_me):
    answer = client_of(trainer_me).post("/search/save/", {"name": "x", "query": query})
    assert (answer.status_code, SavedSearch.objects.count()) == (302, 0)


def test_saved_searches_take_as_many_queries_for_twenty_as_for_one(trainer_me):
    def queries() -> int:
        sync_index()
        client.get("/search/")
        with CaptureQueriesContext(connection) as taken:
            client.get("/search/")
        return len([q for q in taken if not q["sql"].startswith(NOT_COUNTED)])

    client = client_of(trainer_me)
    for n in range(3):
        write(trainer_me, f"Listopad {n}")
    save_search(name="x", query="q=listopad", by=trainer_me)
    first = queries()
    for n in range(19):
        words = "+".join(f"listopad{n}+{letter * 12}" for letter in "abcde")
        save_search(name="x", query=f"q={words}&year=2026&topic=1", by=trainer_me)
    assert (first, queries()) == (7, 7)


def test_saved_search_is_known_at_once(trainer_me):
    client = client_of(trainer_me)
    pages = [client.get("/search/?q=listopad").content.decode()]
    client.post("/search/save/", {"name": "Listopad", "query": "q=listopad"})
    pages.append(client.get("/search/?q=listopad").content.decode())
    forget_search(saved=trainer_me.saved_searches.get(), by=trainer_me)
    pages.append(client.get("/search/?q=listopad").content.decode())
    assert ["You have saved this search" in page for page in pages] == [False, True, False]
