"""Posts: writing, looking first, changing by two at once, publishing, reach, pinning."""

import pytest
from django.core.exceptions import ValidationError

from common.markdown import markdown, plain
from knowledge.access import public_posts, readable_posts, visible_posts
from knowledge.models import Post, PostVersion
from knowledge.posts.actions import (
    ChangedMeanwhileError,
    Choices,
    change_post,
    delete_draft,
    pin_post,
    publish_post,
    write_post,
)
from knowledge.posts.differences import Piece, differences
from tests.conftest import client_of
from trainers.models import Topic

pytestmark = pytest.mark.django_db


def write(by, title="Kartice", *, publish=True, reach="network", kind="material", body="Tekst", **choices) -> Post:
    post = Post(kind=kind, title=title, body=body, reach=reach, language_id="en")
    return write_post(post=post, choices=Choices(**choices), publish=publish, by=by)


def sent(**changes):
    return {
        "kind": "lesson",
        "title": "Šta je radilo",
        "body": "**Mapa**",
        "language": "bs",
        "reach": "network",
        **changes,
    }


def test_post_is_published_with_topics_audience_and_first_version(trainer_me):
    topics = list(Topic.objects.all()[:2])
    client = client_of(trainer_me)
    body = sent(topics=[t.pk for t in topics], audience=["nco", "cadet"], minutes="45", publish="1")
    answer = client.post("/knowledge/new/", body)
    post = Post.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/knowledge/sta-je-radilo/")
    assert (post.title, post.minutes, post.author, post.organisation) == (
        "Šta je radilo",
        45,
        trainer_me,
        trainer_me.organisation,
    )
    assert list(post.topics.all()) == topics
    assert sorted(row.rank_group for row in post.audience.all()) == ["cadet", "nco"]
    assert list(post.versions.values_list("number", "title", "body", "by")) == [
        (1, post.title, "**Mapa**", trainer_me.pk)
    ]
    assert "<strong>Mapa</strong>" in client.get(post.get_absolute_url()).content.decode()


def test_draft_is_seen_by_its_author_alone(trainer_me, coordinator_me, admin):
    post = write(trainer_me, publish=False)
    seen = [
        client_of(member).get(post.get_absolute_url()).status_code for member in (trainer_me, coordinator_me, admin)
    ]
    assert seen == [200, 404, 404]
    assert client_of(None).get(post.get_absolute_url()).status_code == 404


def test_draft_published_from_the_editor(trainer_me):
    post = write(trainer_me, publish=False)
    client_of(trainer_me).post(f"{post.get_absolute_url()}edit/", sent(version_seen=1, publish="1"))
    post.refresh_from_db()
    assert (post.is_draft, post.version, post.title) == (False, 2, "Šta je radilo")


def test_preview_without_scripts_keeps_nothing(trainer_me):
    answer = client_of(trainer_me).post("/knowledge/new/", sent(look="1", body="# Naslov"))
    assert (answer.status_code, Post.objects.count()) == (200, 0)
    assert "<h2>Naslov</h2>" in answer.content.decode()
    assert "# Naslov</textarea>" in answer.content.decode()


def test_two_titles_alike_get_two_addresses_and_no_address_of_the_library(trainer_me):
    slugs = [write(trainer_me, title=title).slug for title in ("Љубица", "Ljubica", "New", "???")]
    assert slugs == ["ljubica", "ljubica-2", "new-2", "post"]


def test_second_editor_loses_nothing_and_sees_the_other_text(trainer_me, coordinator_me):
    post = write(trainer_me, body="Prva rečenica.")
    url = f"{post.get_absolute_url()}edit/"
    client_of(coordinator_me).post(url, sent(body="Prva rečenica. Druga.", version_seen=1))
    mine = client_of(trainer_me)
    answer = mine.post(url, sent(body="Prva rečenica, moja.", version_seen=1))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Prva rečenica, moja.</textarea>" in page  # my words are still there
    assert "Kata Vodić wrote version 2 meanwhile" in page
    assert post.versions.count() == 2
    assert 'name="version_seen" value="2"' in page
    mine.post(url, sent(body="Prva rečenica, moja. Druga.", version_seen=2))
    post.refresh_from_db()
    assert (post.version, post.body) == (3, "Prva rečenica, moja. Druga.")
    assert [v.body for v in post.versions.all()] == [
        "Prva rečenica, moja. Druga.",
        "Prva rečenica. Druga.",
        "Prva rečenica.",
    ]


def test_change_of_an_old_version_is_refused_with_the_new_one(trainer_me):
    post = write(trainer_me)
    change_post(post=Post(**{**vars_of(post), "body": "Novo"}), choices=Choices(), version_seen=1, by=trainer_me)
    with pytest.raises(ChangedMeanwhileError) as refused:
        change_post(post=Post(**{**vars_of(post), "body": "Drugo"}), choices=Choices(), version_seen=1, by=trainer_me)
    assert refused.value.now.body == "Novo"


def vars_of(post: Post) -> dict:
    return {field.attname: getattr(post, field.attname) for field in Post._meta.concrete_fields}


def test_saving_without_a_change_of_the_text_makes_no_version(trainer_me):
    post = write(trainer_me)
    post.minutes = 30
    change_post(post=post, choices=Choices(audience=["nco"]), version_seen=1, by=trainer_me)
    post.refresh_from_db()
    assert (post.version, post.minutes, PostVersion.objects.count()) == (1, 30, 1)


def test_history_shows_what_changed(trainer_me):
    post = write(trainer_me, body="Deset minuta.")
    post.body = "Petnaest minuta."
    change_post(post=post, choices=Choices(), version_seen=1, by=trainer_me)
    page = client_of(trainer_me).get(f"{post.get_absolute_url()}history/").content.decode()
    assert ">gone: </span>Deset</del>" in page
    assert ">new: </span>Petnaest</ins>" in page
    assert client_of(trainer_me).get(f"{post.get_absolute_url()}history/?version=7").status_code == 404


@pytest.mark.parametrize(
    ("reach", "expected"),
    [("ministry", [True, False, False]), ("network", [True, True, False]), ("public", [True, True, True])],
)
def test_post_reaches_whom_it_is_for(reach, expected, trainer_me, recorder_me, observer):
    post = write(trainer_me, reach=reach)
    lists = [readable_posts(recorder_me), readable_posts(observer), public_posts()]
    assert [post in rows for rows in lists] == expected
    assert client_of(None).get("/knowledge/").content.decode().count("Kartice") == expected[2]
    assert client_of(None).get(post.get_absolute_url()).status_code == (200 if expected[2] else 404)


def test_hidden_post_is_found_by_nobody_and_opened_by_author_and_moderators(
    trainer_me, recorder_me, coordinator_me, admin
):
    post = write(trainer_me, reach="public")
    Post.objects.filter(pk=post.pk).update(hidden_at=post.created_at, hidden_by=admin, hidden_reason="Reklama")
    everybody = (trainer_me, recorder_me, coordinator_me, admin)
    assert [post in readable_posts(member) for member in everybody] == [False] * 4
    assert [post in visible_posts(member) for member in everybody] == [True, False, True, True]
    assert post not in public_posts()


def test_inactive_member_sees_nothing(trainer_me):
    write(trainer_me, reach="public")
    trainer_me.is_active = False
    assert list(visible_posts(trainer_me)) == list(readable_posts(trainer_me)) == []


def test_published_post_is_not_thrown_away_nor_published_twice(trainer_me):
    post = write(trainer_me)
    with pytest.raises(ValidationError, match="published already"):
        publish_post(post=post, by=trainer_me)
    with pytest.raises(ValidationError, match="but not thrown away"):
        delete_draft(post=post, by=trainer_me)


def test_draft_is_thrown_away_after_a_question(trainer_me):
    post = write(trainer_me, publish=False)
    client = client_of(trainer_me)
    url = f"{post.get_absolute_url()}delete/"
    assert "This cannot be undone." in client.get(url).content.decode()
    assert Post.objects.count() == 1
    assert client.post(url)["Location"] == "/knowledge/"
    assert Post.objects.count() == 0


def test_pinned_post_stands_on_top_of_the_unfiltered_library(trainer_me, admin):
    first, _second = write(trainer_me, title="Prvi"), write(trainer_me, title="Drugi")
    client_of(admin).post(f"{first.get_absolute_url()}pin/")
    page = client_of(trainer_me).get("/knowledge/").content.decode()
    assert page.index("Prvi</a>") < page.index("Drugi</a>")
    assert ">Pinned<" not in client_of(trainer_me).get("/knowledge/?kind=material").content.decode()
    client_of(admin).post(f"{first.get_absolute_url()}pin/", {"off": "1"})
    assert Post.objects.exclude(pinned_at=None).count() == 0
    pin_post(post=first, is_pinned=True, by=admin)


@pytest.mark.slow
def test_filters_find_by_topic_language_ministry_audience_and_year(trainer_me, trainer_rs):
    topic = Topic.objects.first()
    mine = write(trainer_me, title="Moj", topics=[topic], audience=["nco"])
    write(trainer_rs, title="Njihov", kind="lesson")
    home = trainer_me.organisation_id
    queries = ["kind=material", f"topic={topic.pk}", f"ministry={home}", "audience=nco", "audience=cadet",
               f"year={mine.published_at.year}", "year=2011", "language=mk"]  # fmt: skip
    results = {}
    for query in queries:
        page = client_of(trainer_me).get(f"/knowledge/?{query}").content.decode()
        results[query.partition("=")[0] + query[-3:]] = ["Moj</a>" in page, "Njihov</a>" in page]
    assert list(results.values()) == [
        [True, False], [True, False], [True, False], [True, True], [False, True], [True, True], [False, False],
        [False, False],
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["topic=x", "year=99999", "kind=x", "ministry=10000000", "page=x", "year=1e9"])
def test_wrong_filters_are_a_sentence_and_never_an_error(query, trainer_me):
    assert client_of(trainer_me).get(f"/knowledge/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "", "This field is required."),
        ("title", "x" * 161, "at most 160"),
        ("body", "x" * 1_000_000, "at most 60000"),
        ("minutes", "0", "Between 1 and 6,000"),
        ("minutes", "7000", "Between 1 and 6,000"),
        ("language", "zz", "Select a valid choice"),
        ("topics", [str(n) for n in range(500)], "Select a valid choice"),
        ("audience", ["emperor"], "Select a valid choice"),
        ("reach", "moon", "Select a valid choice"),
    ],
)
def test_wrong_input_is_a_sentence_and_keeps_the_words(field, value, said, trainer_me):
    answer = client_of(trainer_me).post("/knowledge/new/", sent(publish="1", **{field: value}))
    assert (answer.status_code, Post.objects.count()) == (422, 0)
    assert said in answer.content.decode()


def test_nine_topics_are_refused(trainer_me):
    topics = [topic.pk for topic in Topic.objects.all()[:9]]
    answer = client_of(trainer_me).post("/knowledge/new/", sent(publish="1", topics=topics))
    assert (answer.status_code, "at most eight topics" in answer.content.decode()) == (422, True)


ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", "![x](https://elsewhere.example/p.png)", "<svg onload=alert(1)>",
    "[x](vbscript:msgbox)", '[x](https://a.example "onmouseover=alert(1)")', "<iframe src=//a.example>", "<a href='x' onclick=y>",
    "`<script>`", "[a]: javascript:alert(1)\n[a]", "<javascript:alert(1)>", "&#106;avascript:alert(1)", "<style>*{display:none}</style>",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_markdown_lets_nothing_act(attack):
    html = str(markdown(attack)).lower()
    assert [bad for bad in ("<script", "<img", "<svg", "<iframe", "<style", "onerror=a>", 'href="javascript', 'href="data',
                            'href="vbscript', "<a href='x'") if bad in html] == []  # fmt: skip


def test_markdown_keeps_what_writers_need():
    html = str(markdown("# A\n\n**b** [c](https://d.example)\n\n| e | f |\n| --- | --- |\n| 1 | 2 |\n\n> g"))
    assert "<h2>A</h2>" in html
    assert '<a href="https://d.example" rel="nofollow noopener noreferrer ugc">c</a>' in html
    assert html.count("<td>") == 2
    assert plain("# A\n\n**b** & <i>") == "A b & <i>"


def test_markdown_leaves_entities_as_typed():
    assert str(markdown("&lt;b&gt; &#60;i&#62; &nbsp;")) == "<p>&amp;lt;b&amp;gt; &amp;#60;i&amp;#62; &amp;nbsp;</p>\n"
    assert plain("&lt;b&gt; &#60;i&#62;") == "&lt;b&gt; &#60;i&#62;"


def test_differences_read_in_order():
    assert differences("jedan dva", "jedan tri") == [Piece("same", "jedan "), Piece("gone", "dva"), Piece("new", "tri")]
    assert differences("a " * 30_000, "b " * 30_000) == [Piece("gone", "a " * 30_000), Piece("new", "b " * 30_000)]
