"""What the demo's members say to each other, and what its trainers brought home. All of it is invented."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from knowledge.discussion.actions import accept_answer, write_comment
from knowledge.field_notes.actions import collect_note, settle_item, write_note
from knowledge.models import Comment, FieldNote, RevisionItem
from knowledge.subscriptions.reactions import thank
from members.models import Member
from portal.demo.cast import Cast, topics_in_order
from portal.demo.clock import Events
from portal.demo.posts import Published
from portal.demo.profiles import AWARE, CADET, FACIL, GBV, HARASS, HR, LEAD, OPS, TOT, UNSCR
from portal.demo.trainings import Story


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


def schedule_discussion(cast: Cast, posts: Published, stories: list[Story], events: Events) -> None:
    """Plan what is said about the posts, who thanks for it, and the field notes."""
    people = cast.people()
    for row in SAID:
        _schedule_thread(row, people, posts, events)
    for begins, names in THANKED.items():
        for n, name in enumerate(names):
            moment = posts.when(begins) + timedelta(hours=5 + 7 * n)
            events.add(
                moment, lambda begins=begins, name=name: thank(post=posts.post(begins), on=True, by=people[name])
            )
    _schedule_notes(cast, stories, events)


def _schedule_thread(row: Said, people: dict[str, Member], posts: Published, events: Events) -> None:
    """Plan a comment with its answers and thanks; whoever asked may accept it."""
    thread: list[Comment] = []

    def say(by: str, body: str) -> None:
        answers = thread[0] if thread else None
        thread.append(write_comment(post=posts.post(row.post), body=body, answers=answers, key=None, by=people[by]))

    def accept() -> None:
        post = posts.post(row.post)
        accept_answer(post=post, comment=thread[0], by=post.author)

    published = posts.when(row.post)
    said = events.add(published + timedelta(hours=row.hours), say, row.by, row.body)
    for hours, by, body in row.answers:
        events.add(published + timedelta(hours=hours), say, by, body)
    for n, name in enumerate(row.thanks):
        if name != row.by:
            events.add(
                said + timedelta(hours=3 + n),
                lambda name=name: thank(post=posts.post(row.post), comment=thread[0], on=True, by=people[name]),
            )
    if row.is_accepted:
        events.add(said + timedelta(hours=30), accept)


def _schedule_notes(cast: Cast, stories: list[Story], events: Events) -> None:
    """Give each note to the lead trainer of a recently submitted training, newest first; every third lacks its note."""
    topics, editor = topics_in_order(), cast.staff["admin"]
    led = [story for story in reversed(stories) if story.submitted and story.delivery.team]
    chosen = [story for n, story in enumerate(led[: 2 * len(BROUGHT)]) if n % 3 != 0]

    def write(row: Brought, story: Story) -> None:
        author = cast.profiles[story.delivery.team[0]].member
        note = FieldNote(
            training=story.training,
            is_author_hidden=row.is_hidden,
            worked=row.worked,
            resisted=row.resisted,
            unanswered=row.unanswered,
        )
        write_note(note=note, topics=[topics[n] for n in row.topics], by=author)
        if row.collected:
            topic, words, state = row.collected
            item = collect_note(note=note, topic=topics[topic], words=words, by=editor)
            if state != RevisionItem.State.OPEN:
                settle_item(item=item, state=state, by=editor)

    for row, story in zip(BROUGHT, chosen, strict=False):
        events.add((story.submitted or events.now) + timedelta(days=1), write, row, story)
