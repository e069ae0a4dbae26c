"""Files of the demo's posts: real PDFs, some in two languages and two versions, with their words, and trainings that used them."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from common.files.storage import keeping
from common.pdf import make_pdf
from knowledge.materials.actions import About, add_material, add_version
from knowledge.materials.use_actions import record_outcome, use_material
from knowledge.models import Material, MaterialVersion
from portal.demo.clock import Events
from portal.demo.posts import Published
from trainings.models import Assignment, Training

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "knowledge" / "demo_cards.typ"
OUTCOMES = (
    ("worked", ""), ("worked", "The debrief took longer than the exercise."), ("partly", "Too short for thirty people."),
    ("worked", ""), ("worked", ""), ("failed", "No room for groups."), ("worked", ""),
)  # fmt: skip


class Handout(NamedTuple):
    """A file of a post. `of` is the place, in this list, of what it translates; `versions` how often it was written anew."""

    post: str
    title: str
    name: str
    language: str
    lead: str
    cards: tuple[tuple[str, str], ...]
    versions: int = 1
    of: int | None = None


HANDOUTS: tuple[Handout, ...] = (
    Handout("Exercise cards", "Exercise cards", "exercise-cards-en.pdf", "en",
            "Print on both sides and cut. One set for each group of four.",
            (("The candidate", "Captain, ten years of service, two missions. The board has five minutes for this file."),
             ("The question", "What did you ask about family, and whom did you not ask?"),
             ("The debrief", "Reveal both names at once. End on the rule book, not on blame."))
            , versions=3),
    Handout("Exercise cards", "Вежби: картички", "вежби-картички-мк.pdf", "mk",
            "Печатете двострано и исечете. По еден комплет за секоја група од четворица.",
            (("Кандидатот", "Капетан, десет години служба, две мисии. Комисијата има пет минути за ова досие."),
             ("Прашањето", "Што прашавте за семејството, а кого не прашавте?"),
             ("Разговорот", "Откријте ги двете имиња истовремено. Завршете со правилникот, не со вината.")), versions=2, of=0),
    Handout("Patrolna naredba", "Patrolna naredba: karta i uloge", "patrolna-naredba-bs.pdf", "bs",
            "Šest uloga, jedna karta. Naredbu dopunjuje grupa.",
            (("Zadatak", "Patrola ide kroz selo u kojem su muškarci na sezonskom radu. Ko zna šta se desilo na mostu?"),
             ("Uloga: učiteljica", "Vi znate ko je dolazio. Niko vas nije pitao."),
             ("Za voditelja", "Ne žurite. Tišina poslije drugog pitanja je dio vježbe."))),
    Handout("Reading a personnel", "Worksheet", "personnel-table-en.pdf", "en",
            "Three steps, three common mistakes.",
            (("Step one", "Read the total first: of whom is this the number?"), ("Step two", "Compare within a rank group, never across."),
             ("Step three", "Say what the table cannot tell: who applied, and who left."))),
    Handout("Насиље засновано", "Пет случајева", "пет-случајева-ср.pdf", "sr",
            "Прочитајте правила пре првог случаја.",
            (("Први случај", "Војникиња у мисији пријављује вређање. Старешина каже: то је само шала."),
             ("Питања", "Ко је присутан? Ко ћути? Шта пише у процедури?"))),
    Handout("UNSCR 1325 u dvadeset", "Jedan list", "unscr-1325-hr.pdf", "hr",
            "Za postrojbu prije odlaska.",
            (("Zašto", "Rezolucija 1325 nije dodatak zadaći, nego dio procjene okruženja."),
             ("Pitanje za kraj", "S kime vaša ophodnja ne razgovara, i što zato ne znate?"))),
)  # fmt: skip


def schedule_handouts(posts: Published, events: Events) -> None:
    """Plan that authors add the files to their posts right away, and write them anew every two days."""
    added: dict[int, Material] = {}
    for n, row in enumerate(HANDOUTS):
        published = posts.when(row.post)
        for number in range(1, row.versions + 1):
            moment = published + timedelta(days=2 * (number - 1), minutes=1 + n)
            events.add(moment, _add, posts, added, n, number, moment)
    events.add(posts.when(HANDOUTS[0].post) + timedelta(days=5), lambda: _use(added[0]))


def _add(posts: Published, added: dict[int, Material], n: int, number: int, moment: datetime) -> None:
    row = HANDOUTS[n]
    post = posts.post(row.post)
    cards = row.cards[: len(row.cards) - row.versions + number] or row.cards
    words = [{"head": head, "text": text} for head, text in cards]
    data = {"title": row.title, "lead": row.lead, "lang": row.language, "cards": words}
    with keeping(io.BytesIO(make_pdf(TEMPLATE, data, at=moment)), original=row.name) as stored_file:
        if number == 1:
            translated = added[row.of] if row.of is not None else None
            about = About(row.title, row.language, Material.Licence.NETWORK, translated)
            added[n] = add_material(post=post, about=about, stored_file=stored_file, by=post.author)
        else:
            add_version(
                material=added[n],
                stored_file=stored_file,
                note="One card more.",
                newest_seen=number - 1,
                by=post.author,
            )
    downloads = (31 * len(row.title) + 7 * number) % 90
    MaterialVersion.objects.filter(stored=stored_file.name).update(pages=1, downloads=downloads)


def _use(material: Material) -> None:
    """Trainings led by who added it taught with its newest version, and say how that went."""
    by, version = material.added_by, material.versions.order_by("-number")[0]
    led = Assignment.objects.filter(trainer__member=by, training__cancelled_at=None).values("training")
    trainings = Training.objects.filter(pk__in=led).order_by("-ends_on", "-pk")
    for training, (outcome, words) in zip(trainings, OUTCOMES, strict=False):
        use = use_material(training=training, version=version, by=by)
        if training.submitted_at:
            record_outcome(use=use, outcome=outcome, words=words, by=by)
