"""Files of the demo's posts: real PDFs, some in two languages and two versions, with their words, and trainings that used them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from common.files.kinds import PDF
from common.pdf import make_pdf
from knowledge.models import Material, MaterialText, MaterialUse, MaterialVersion, Post
from trainings.models import Assignment, Training

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "knowledge" / "demo_cards.typ"
USED_IN = 7


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
    Handout("exercise-cards-bias-in-promotion-boards", "Exercise cards", "exercise-cards-en.pdf", "en",
            "Print on both sides and cut. One set for each group of four.",
            (("The candidate", "Captain, ten years of service, two missions. The board has five minutes for this file."),
             ("The question", "What did you ask about family, and whom did you not ask?"),
             ("The debrief", "Reveal both names at once. End on the rule book, not on blame."))
            , versions=3),
    Handout("exercise-cards-bias-in-promotion-boards", "Вежби: картички", "вежби-картички-мк.pdf", "mk",
            "Печатете двострано и исечете. По еден комплет за секоја група од четворица.",
            (("Кандидатот", "Капетан, десет години служба, две мисии. Комисијата има пет минути за ова досие."),
             ("Прашањето", "Што прашавте за семејството, а кого не прашавте?"),
             ("Разговорот", "Откријте ги двете имиња истовремено. Завршете со правилникот, не со вината.")), versions=2, of=0),
    Handout("patrolna-naredba-s-rodnom-analizom-vjezba-na-karti", "Patrolna naredba: karta i uloge", "patrolna-naredba-bs.pdf", "bs",
            "Šest uloga, jedna karta. Naredbu dopunjuje grupa.",
            (("Zadatak", "Patrola ide kroz selo u kojem su muškarci na sezonskom radu. Ko zna šta se desilo na mostu?"),
             ("Uloga: učiteljica", "Vi znate ko je dolazio. Niko vas nije pitao."),
             ("Za voditelja", "Ne žurite. Tišina poslije drugog pitanja je dio vježbe."))),
    Handout("reading-a-personnel-table-women-by-rank-step-by-step", "Worksheet", "personnel-table-en.pdf", "en",
            "Three steps, three common mistakes.",
            (("Step one", "Read the total first: of whom is this the number?"), ("Step two", "Compare within a rank group, never across."),
             ("Step three", "Say what the table cannot tell: who applied, and who left."))),
    Handout("nasilje-zasnovano-na-polu-slucajevi-za-razgovor", "Пет случајева", "пет-случајева-ср.pdf", "sr",
            "Прочитајте правила пре првог случаја.",
            (("Први случај", "Војникиња у мисији пријављује вређање. Старешина каже: то је само шала."),
             ("Питања", "Ко је присутан? Ко ћути? Шта пише у процедури?"))),
    Handout("unscr-1325-u-dvadeset-minuta-kratka-obuka-prije-misije", "Jedan list", "unscr-1325-hr.pdf", "hr",
            "Za postrojbu prije odlaska.",
            (("Zašto", "Rezolucija 1325 nije dodatak zadaći, nego dio procjene okruženja."),
             ("Pitanje za kraj", "S kime vaša ophodnja ne razgovara, i što zato ne znate?"))),
)  # fmt: skip


def write_handouts() -> None:
    """Write the files into the storage and their rows, as their authors would have added them. Some ten inserts beside the files."""
    posts = {
        post.slug: post
        for post in Post.objects.filter(slug__in={row.post for row in HANDOUTS}).select_related("author")
    }
    materials: list[Material] = []
    for row in HANDOUTS:
        post = posts[row.post]
        materials.append(Material.objects.create(
            post=post, title=row.title, language_id=row.language, added_by=post.author, added_at=post.created_at,
            translation_of=materials[row.of] if row.of is not None else None,
        ))  # fmt: skip
    for row, material in zip(HANDOUTS, materials, strict=True):
        for number in range(1, row.versions + 1):
            _write_version(row, material, number)
    _write_uses(materials[0])


def _write_version(row: Handout, material: Material, number: int) -> None:
    cards = row.cards[: len(row.cards) - row.versions + number] or row.cards
    at = material.added_at + timedelta(days=2 * (number - 1))
    shown = {
        "title": row.title,
        "lead": row.lead,
        "lang": row.language,
        "cards": [{"head": h, "text": t} for h, t in cards],
    }
    content = make_pdf(TEMPLATE, shown, at=at)
    digest = hashlib.sha256(content).hexdigest()
    own = hashlib.sha256(f"handout {row.name} {number}".encode()).hexdigest()[:32]
    name = f"files/{own[:2]}/{own[2:4]}/{own}.pdf"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
    words = "\n".join([row.title, row.lead, *(part for card in cards for part in card)])
    version = MaterialVersion.objects.create(
        material=material, number=number, stored=name, name=row.name, kind=PDF, size=len(content), checksum=digest,
        note="" if number == 1 else "One card more.", pages=1, added_by=material.added_by, added_at=at,
        downloads=(31 * len(row.title) + 7 * number) % 90, text_state=MaterialVersion.Text.READ,
    )  # fmt: skip
    MaterialText.objects.create(version=version, places=[["page", 1, words, ""]])


def _write_uses(material: Material) -> None:
    """Trainings led by who added it taught with its versions, and say how that went."""
    version = material.versions.order_by("-number")[0]
    led = Assignment.objects.filter(trainer__member=material.added_by, training__cancelled_at=None)
    found = Training.objects.filter(pk__in=led.values("training")).order_by("-ends_on", "-pk")[:USED_IN]
    said = ("worked", "worked", "partly", "worked", "worked", "failed", "worked")
    words = (
        "",
        "The debrief took longer than the exercise.",
        "Too short for thirty people.",
        "",
        "",
        "No room for groups.",
        "",
    )
    MaterialUse.objects.bulk_create(
        MaterialUse(
            training=training, version=version, by=material.added_by, at=version.added_at,
            outcome=outcome if training.submitted_at else "", words=word if training.submitted_at else "",
        )
        for training, outcome, word in zip(found, said, words, strict=False)
    )  # fmt: skip
