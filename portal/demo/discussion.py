"""What the demo's members say to each other, and what its trainers brought home. All of it is invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from knowledge.models import Comment, FieldNote, Notice, Post, RevisionItem, Thanks, Told
from members.models import Member
from portal.demo.cast import Cast, topics_in_order
from portal.demo.diary import Diary
from portal.demo.profiles import AWARE, CADET, FACIL, GBV, HARASS, HR, LEAD, OPS, TOT, UNSCR
from trainings.models import Assignment, Training


class Said(NamedTuple):
    """A comment of the demo: on which post (the beginning of its title), how many hours after it, by whom, and its answers."""

    post: str
    hours: int
    by: str
    body: str
    answers: tuple[tuple[int, str, str], ...] = ()
    thanks: tuple[str, ...] = ()
    is_accepted: bool = False


SAID: tuple[Said, ...] = (
    Said("Exercise cards", 28, "predrag-vukovic",
         "We tried the cards with NCOs in Danilovgrad. The debrief took longer than the exercise, which was the point.",
         ((31, "mirela-basic", "Same here. I now plan thirty minutes for it and cut the introduction."),),
         ("mirela-basic", "amra-hadzic", "elena-stojanovska")),
    Said("Exercise cards", 70, "elena-stojanovska",
         "Во Скопје работеше и со педесет луѓе: по шест на маса, и секоја маса известува само една реченица.",
         (), ("predrag-vukovic",)),
    Said("Како одговорити", 20, "predrag-vukovic",
         "Ja ih pitam čemu norma služi: da izmjeri posao ili da poredi ljude. Onda sami dođu do razlike između zadatka i testa.",
         ((26, "milos-todorovic", "Ово ћу пробати у понедељак. @Predrag Vuković имаш ли и листић за групу?"),
          (44, "predrag-vukovic", "Imam jednu stranu, staviću je ovdje kao materijal.")),
         ("milos-todorovic", "dragana-lazic", "jelena-dordevic", "amra-hadzic"), is_accepted=True),
    Said("Како одговорити", 50, "amra-hadzic",
         "Podaci pomažu manje nego što mislimo. Pomogla mi je priča jedne vezistkinje iz misije, ispričana bez komentara.",
         (), ("milos-todorovic",)),
    Said("Шта је радило", 30, "goran-stankovic",
         "Karta radi i kod nas. Samo treba paziti da grupa ne nacrta selo bez kuća: onda nema koga pitati.",
         ((33, "dragana-lazic", "Тачно. Зато им сада дам списак од пет домаћинстава."),), ("dragana-lazic", "katarina-nesic")),
    Said("Patrolna naredba", 40, "jelena-dordevic",
         "Превела сам улоге на српски и додала шесту: преводилац. Могу да пошаљем.",
         ((52, "amra-hadzic", "Pošalji, dodaću kao prijevod istog materijala."),), ("amra-hadzic",)),
    Said("Meeting of trainers", 12, "coordinator.me",
         "The hall in Podgorica is booked for two days. Whoever comes by car: parking needs a list of plates by Friday.",
         ((15, "recorder.ba", "Dva vozila iz Sarajeva, javljam tablice sutra."),)),
    Said("Da li potpisni list", 6, "coordinator.me",
         "Ne. List ide u kovertu kod voditelja obuke, na vrata samo raspored. Imena vidi ko mora da ih vidi.",
         (), ("recorder.me",), is_accepted=True),
    Said("Prijava uznemiravanja", 60, "katarina-nesic",
         "Прва реченица која је код нас радила: „Хвала што сте рекли. Шта вам сада треба?“", (), ("azra-delic",)),
    Said("Podoficiri slušaju", 26, "predrag-vukovic",
         "U paru od sada uvijek. A film poslije ručka ni kod nas nije preživio.", (), ("goran-stankovic",)),
)  # fmt: skip
THANKED = {
    "Exercise cards": ("predrag-vukovic", "elena-stojanovska", "amra-hadzic", "jelena-dordevic", "recorder.me", "admin"),
    "Шта је радило": ("predrag-vukovic", "goran-stankovic", "azra-delic", "coordinator.rs"),
    "Patrolna naredba": ("jelena-dordevic", "marko-peric", "predrag-vukovic"),
    "Насиље засновано": ("elena-stojanovska", "azra-delic"),
    "Reading a personnel": ("admin", "coordinator.mk", "mirela-basic"),
    "Prijava uznemiravanja": ("katarina-nesic", "predrag-vukovic", "recorder.ba"),
}  # fmt: skip


class Brought(NamedTuple):
    """A field note of the demo; to which training it goes is counted, so that each has its own."""

    topics: tuple[int, ...]
    worked: str = ""
    resisted: str = ""
    unanswered: str = ""
    is_hidden: bool = False
    # For the next edition: under which topic, what to change, what became of it.
    collected: tuple[int, str, str] | None = None


BROUGHT: tuple[Brought, ...] = (
    Brought((AWARE, FACIL), "Two trainers, one of them an NCO: the room talked from the first minute.",
            "“We have always done it this way”, from the oldest platoon commander. He stayed to the end, though.",
            collected=(FACIL, "Chapter 2: say that two trainers of different rank lead each session.", "done")),
    Brought((OPS,), "Karta sela prije bilo kakve definicije.", "",
            "Šta da radi patrola u kojoj nema nijedne žene, a razgovor sa ženama je zadatak?",
            collected=(OPS, "Chapter 5: an example of an all-male patrol, and whom it can ask for.", "open")),
    Brought((CADET, AWARE), "Кадети сами воде другу половину.", "Питање норми, као и увек.",
            "Зашто иста норма не важи за исти посао?", collected=(CADET, "Chapter 4: a page on physical standards, with the sources.", "open")),
    Brought((HARASS,), "Vježba prve rečenice, u parovima, dva minuta.", "Šala u zadnjem redu; prekinuli smo je pitanjem šta je smiješno.",
            is_hidden=True, collected=(HARASS, "Chapter 7: what to do when the joke comes.", "open")),
    Brought((GBV, OPS), "Пет кратких случаја уместо једног дугог.", "", "Коме патрола предаје случај ноћу, када нико од служби не ради?"),
    Brought((UNSCR,), "Twenty minutes are enough, if nobody reads slides aloud.", "The word “resolution”: half of the room stopped listening."),
    Brought((HR, LEAD), "A table of their own unit instead of an example from a book.", "Two leaders left after the break.",
            "Is a quota allowed under our law?", is_hidden=True, collected=(HR, "Annex: what each country's law says about measures.", "dropped")),
    Brought((AWARE,), "Radionica prije ručka, ne poslije.", "Prevod pojma „rod“. Objasnili smo primjerom, bez rječnika."),
    Brought((TOT, FACIL), "Секој учесник држи пет минути, па добива две реченици.", "", "Како да се оцени некој што добро зборува, а не слуша?"),
    Brought((OPS, GBV), "Uloge s prevodiocem: tek tada vide koliko se izgubi.", "Vrijeme. Sat i po je malo."),
)  # fmt: skip


def write_discussion(cast: Cast, now: datetime) -> None:
    """Write what is said about the demo's posts, who thanks for it, and the field notes: nothing of it later than `now`."""
    people = cast.people()
    posts = {post.title: post for post in Post.objects.order_by("pk")}
    diary = Diary()
    _say(people, posts, now, diary)
    for begins, names in THANKED.items():
        post = _begins(posts, begins)
        rows = [Thanks(member=people[name], post=post, at=_after(post, 5 + 7 * n, now)) for n, name in enumerate(names)]
        for row in Thanks.objects.bulk_create(rows):
            diary.note("thank", post, post, row.member, row.at)
    _bring_home(cast, now, diary)
    diary.write()


def _begins(posts: dict[str, Post], begins: str) -> Post:
    return next(post for title, post in posts.items() if title.startswith(begins))


def _after(post: Post, hours: int, now: datetime) -> datetime:
    return min((post.published_at or now) + timedelta(hours=hours), now)


def _say(people: dict[str, Member], posts: dict[str, Post], now: datetime, diary: Diary) -> None:
    threads = [
        Comment(post=post, author=people[row.by], body=row.body, at=_after(post, row.hours, now))
        for row in SAID
        for post in [_begins(posts, row.post)]
    ]
    Comment.objects.bulk_create(threads)
    replies = [
        Comment(post=thread.post, answers=thread, author=people[by], body=body, at=_after(thread.post, hours, now))
        for thread, row in zip(threads, SAID, strict=True)
        for hours, by, body in row.answers
    ]
    Comment.objects.bulk_create(replies)
    thanks = [
        Thanks(member=people[name], comment=thread, at=min(thread.at + timedelta(hours=3 + n), now))
        for thread, row in zip(threads, SAID, strict=True)
        for n, name in enumerate(row.thanks)
        if people[name] != thread.author
    ]
    Thanks.objects.bulk_create(thanks)
    for comment in (*threads, *replies):
        diary.note("write_comment", comment, comment.post, comment.author, comment.at, mentions="@" in comment.body)
    where = {thread.pk: thread for thread in threads}
    for given in thanks:
        comment = where[given.comment_id or 0]
        diary.note("thank", comment, comment.post, given.member, given.at)
    _tell([*threads, *replies])
    for thread, row in zip(threads, SAID, strict=True):
        if row.is_accepted:
            Post.objects.filter(pk=thread.post.pk).update(accepted=thread)
            at = min(thread.at + timedelta(hours=30), now)
            diary.note("accept_answer", thread, thread.post, thread.post.author, at)


def _tell(comments: list[Comment]) -> None:
    """The notices that these comments left: to the author of the post, of what was answered, and to whom they mention."""
    rows, mentions = [], Comment.mentions.through
    for comment in comments:
        told = {comment.post.author: Notice.COMMENTED}
        if comment.answers:
            told[comment.answers.author] = Notice.COMMENTED
            if f"@{comment.answers.author.full_name}" in comment.body:
                told[comment.answers.author] = Notice.MENTIONED
                mentions.objects.create(comment=comment, member=comment.answers.author)
        told.pop(comment.author, None)
        rows += [
            Told(member=member, notice=notice, post=comment.post, comment=comment, at=comment.at, mailed_at=comment.at)
            for member, notice in told.items()
        ]
    Told.objects.bulk_create(rows)


def _bring_home(cast: Cast, now: datetime, diary: Diary) -> None:
    """Give each note to the lead trainer of a training submitted lately, newest first; every third waits for its note."""
    topics = topics_in_order()
    editor = cast.staff["admin"]
    leads = (
        Assignment.objects.filter(
            part=Assignment.Part.LEAD, training__submitted_at__lt=now, training__cancelled_at=None
        )
        .select_related("training", "trainer__member__organisation")
        .order_by("-training__ends_on", "-training")
    )
    chosen = [lead for n, lead in enumerate(leads[: 2 * len(BROUGHT)]) if n % 3 != 0][: len(BROUGHT)]
    for row, lead in zip(BROUGHT, chosen, strict=False):
        training: Training = lead.training
        author, at = lead.trainer.member, min((training.submitted_at or now) + timedelta(days=1), now)
        note = FieldNote.objects.create(
            training=training, author=author, is_author_hidden=row.is_hidden, worked=row.worked, resisted=row.resisted,
            unanswered=row.unanswered, at=at, changed_at=at,
        )  # fmt: skip
        note.topics.set([topics[n] for n in row.topics])
        diary.note("write_field_note", note, author, author, at, reference=training.reference)
        if row.collected:
            topic, words, state = row.collected
            later = min(at + timedelta(days=2), now)
            item = RevisionItem.objects.create(
                note=note, topic=topics[topic], words=words, state=state, by=editor, at=later
            )  # fmt: skip
            diary.note("collect_note", item, item, editor, later, told={"words": words})
            if state != "open":
                diary.note("settle_item", item, item, editor, later, state=state)
