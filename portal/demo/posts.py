"""Posts of the demo: what its trainers share, ask and bring home. All of it is invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from knowledge.models import Post
from knowledge.posts.actions import Choices, pin_post, write_post
from portal.demo.cast import Cast, topics_in_order
from portal.demo.clock import Events, at
from portal.demo.profiles import AWARE, CADET, FACIL, GBV, HARASS, HR, LEAD, OPS, TOT, UNSCR


class Row(NamedTuple):
    """A post of the demo. `ago` is how many days before the loading it was published; `by` a trainer's slug or a staff login."""

    ago: int
    by: str
    kind: str
    language: str
    title: str
    topics: tuple[int, ...]
    body: str
    reach: str = "network"
    minutes: int | None = None
    audience: tuple[str, ...] = ()
    is_pinned: bool = False


OFFICERS = ("senior_officer", "junior_officer")
POSTS: tuple[Row, ...] = (
    Row(9, "admin", "news", "en", "Meeting of trainers: dates and programme", (TOT,),
        "The next meeting of the network takes place in **Podgorica**, hosted by the Ministry of Defence of Montenegro.\n\n"
        "Bring one exercise that worked and one that did not. Each of you has ten minutes.\n\n"
        "1. What the field notes of this year say\n2. The next edition of the manual\n3. Requests from abroad", is_pinned=True),
    Row(12, "mirela-basic", "material", "en", "Exercise cards: bias in promotion boards", (AWARE, HR),
        "Twelve cards for a 45-minute exercise. Groups of four act as a promotion board and decide on two files that differ "
        "only in the given name. I ran it with three groups of captains.\n\n"
        "- Give the groups ten minutes, not more: haste is where the habit shows.\n"
        "- Reveal the names of both files at the same time.\n- End on the rule book, not on blame.",
        minutes=45, audience=(*OFFICERS, "nco")),
    Row(16, "dragana-lazic", "lesson", "sr", "Шта је радило са сумњичавим официрима", (OPS, FACIL),
        "Први сат сам почињала дефиницијама и губила собу. Сада почињем **картом**: ко у овом селу има кога да пита, "
        "и шта патрола не види ако разговара само са мушкарцима.\n\n"
        "> Питање није да ли је то праведно, него да ли знамо терен.\n\n"
        "Дефиниције дођу на крају, кад их сами затраже.", minutes=60, audience=OFFICERS),
    Row(21, "amra-hadzic", "material", "bs", "Patrolna naredba s rodnom analizom: vježba na karti", (OPS, UNSCR),
        "Karta, patrolna naredba i šest uloga. Polaznici dopunjuju naredbu tako da odgovori na tri pitanja: koga pitamo, "
        "kada ga možemo naći i ko s njim razgovara.\n\n| dio | minuta |\n| --- | --- |\n| uvod | 10 |\n| rad u grupi | 35 |\n| razgovor | 30 |",
        minutes=75, audience=(*OFFICERS, "nco")),
    Row(28, "milos-todorovic", "question", "sr", "Како одговорити кадетима на питање о нормама издржљивости?", (CADET, AWARE),
        "Сваке године исто питање: зашто су норме различите. Одговор „таква су правила“ није одговор.\n\n"
        "Како ви то објашњавате, и имате ли податке који држе воду?"),
    Row(33, "snezana-milovanovic", "material", "en", "Reading a personnel table: women by rank, step by step", (HR, LEAD),
        "A worksheet for leaders: from the raw table to the share of women by rank group, with the three mistakes that "
        "nearly everybody makes. Works with the public numbers of any ministry.",
        reach="public", minutes=50, audience=("general", *OFFICERS)),
    Row(40, "goran-stankovic", "lesson", "bs", "Podoficiri slušaju podoficire", (AWARE, HARASS, FACIL),
        "Kad isto gradivo drži kapetan, sala ćuti. Kad ga drži zastavnik, sala priča. Zato sada uvijek radimo u paru.\n\n"
        "Šta nije radilo: film od dvadeset minuta poslije ručka."),
    Row(47, "katarina-nesic", "material", "sr", "Насиље засновано на полу: случајеви за разговор", (GBV, OPS),
        "Пет кратких случајева из мисија, сваки на једној страни, са питањима за разговор и белешком за водитеља. "
        "Не читајте их наглас пре него што група договори правила.", minutes=90),
    Row(55, "recorder.me", "question", "cnr", "Da li potpisni list smije da stoji na vratima?", (AWARE,),
        "U kasarni u Danilovgradu list vise na vratima tokom obuke. Smeta li to zaštiti podataka?", reach="ministry"),
    Row(63, "azra-delic", "lesson", "bs", "Prijava uznemiravanja: razgovor koji treba vježbati", (HARASS, GBV),
        "Svi znaju obrazac, a niko ne zna prvu rečenicu. Vježbamo tri uvodne rečenice, u parovima, po dva minuta. "
        "Poslije toga obrazac više nikome nije problem."),
    Row(75, "admin", "news", "en", "The portal now holds what we teach with", (TOT,),
        "Share your slides, exercises and notes here rather than by mail: everybody sees which version is the current one, "
        "and in how many trainings it was used.", reach="public"),
    Row(92, "marko-peric", "material", "hr", "UNSCR 1325 u dvadeset minuta: kratka obuka prije misije", (UNSCR, OPS),
        "Dvadeset slajdova nije obuka. Ovo je jedan list i jedan razgovor, za postrojbu prije odlaska.", minutes=20,
        audience=("nco", "soldier")),
    Row(120, "mirela-basic", "lesson", "en", "What a promotion board asked me afterwards", (HR, LEAD),
        "“Is it not enough that the rules are equal?” The answer that worked: let us look at who applied, and who was asked to."),
)  # fmt: skip


class Published(dict[str, Post]):
    """The posts of the demo by title, filled as they are published, and when each is."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: dict[str, datetime] = {}

    def when(self, begins: str) -> datetime:
        """Return when the post is published whose title begins so."""
        return next(moment for title, moment in self.moments.items() if title.startswith(begins))

    def post(self, begins: str) -> Post:
        return next(post for title, post in self.items() if title.startswith(begins))


def schedule_posts(cast: Cast, events: Events, today: date) -> Published:
    """Plan that the authors publish their posts."""
    people, topics, posts = cast.people(), topics_in_order(), Published()

    def publish(row: Row) -> None:
        post = Post(
            kind=row.kind,
            title=row.title,
            body=row.body,
            language_id=row.language,
            minutes=row.minutes,
            reach=row.reach,
        )
        choices = Choices([topics[n] for n in row.topics], row.audience)
        posts[row.title] = write_post(post=post, choices=choices, publish=True, by=people[row.by])
        if row.is_pinned:
            pin_post(post=post, is_pinned=True, by=people[row.by])

    for row in POSTS:
        moment = at(today - timedelta(days=row.ago), 8 + row.ago % 9, row.ago % 60)
        posts.moments[row.title] = events.add(moment, publish, row)
    return posts
