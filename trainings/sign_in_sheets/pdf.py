"""Render a sign-in sheet as PDF: the content of an edition, in its scripts and languages."""

from pathlib import Path
from typing import Any

from django.conf import settings

from common.pdf import make_pdf, qr_svg
from common.scripts import in_cyrillic, in_latin, is_cyrillic
from trainings.models import Enrolment, SheetEdition
from trainings.models.people import written_name
from trainings.sign_in_sheets.headings import KEYS, heading_words

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "trainings" / "sign_in_sheets" / "sign_in_sheet.typ"
Script = SheetEdition.Script
# By script of an edition, whether Latin is added below Cyrillic and Cyrillic below Latin.
BELOW = {
    Script.WRITTEN: (False, False),
    Script.LATIN: (True, False),
    Script.CYRILLIC: (False, True),
    Script.BOTH: (True, True),
}


def below(text: str, script: str, *, macedonian: bool) -> str:
    """Return what is printed below a text: the same in the other script, or ""."""
    latin, cyrillic = BELOW[Script(script)]
    if is_cyrillic(text):
        return in_latin(text) if latin else ""
    return in_cyrillic(text, macedonian=macedonian) if cyrillic else ""


def _line(number: int, enrolment: Enrolment, script: str) -> dict[str, Any]:
    macedonian = enrolment.organisation.country_id == "MK"
    name = written_name(enrolment.participant.family_name, enrolment.participant.given_name)
    rank = enrolment.rank_words or (enrolment.rank.name if enrolment.rank else "")
    written = {"name": name, "rank": rank, "unit": enrolment.unit}
    return {
        "number": number,
        **{
            key: {"written": words, "below": below(words, script, macedonian=macedonian)}
            for key, words in written.items()
        },
    }


def edition_address(edition: SheetEdition) -> str:
    """The URL in the QR code. It identifies the edition and no person."""
    return f"{settings.SITE_URL}{edition.get_absolute_url()}"


def sheet_shown(edition: SheetEdition) -> dict[str, Any]:
    """Return the template context of an edition. Three queries for any number of lines."""
    training, session = edition.training, edition.session
    lines = edition.lines.select_related("enrolment__participant", "enrolment__organisation", "enrolment__rank")
    words = heading_words(training, edition.headings)
    trainers = training.assignments.select_related("trainer__member")
    return {
        "words": {key: list(dict.fromkeys(one[key] for one in words)) for key in KEYS},
        "lang": words[0]["lang"],
        "title": training.title,
        "reference": training.reference,
        "session": session.title,
        "place": ", ".join(part for part in (training.place, str(training.country)) if part),
        "date": f"{session.date:%d.%m.%Y}",
        "time": f"{session.starts:%H:%M}–{session.ends:%H:%M}" if session.starts and session.ends else "–",
        "trainers": [assignment.trainer.member.full_name for assignment in trainers],
        "owner": training.owner.name,
        "network": settings.SITE_NAME,
        "edition": edition.number,
        "code": edition.readable_code,
        "sheet_url": edition_address(edition).partition("://")[2],
        "qr_svg": qr_svg(edition_address(edition)),
        "made": f"{edition.made_at:%d.%m.%Y}",
        "lines": [
            _line(line.number, line.enrolment, edition.script) for line in lines if line.enrolment and not line.is_blank
        ],
        "blank": [line.number for line in lines if line.is_blank],
    }


def sheet_pdf(edition: SheetEdition) -> bytes:
    """Return the printed edition: the same every time, as long as the names do not change."""
    return make_pdf(TEMPLATE, sheet_shown(edition), at=edition.made_at)
