"""A trainer's portfolio as a PDF: who they are, their qualifications, and every training they delivered."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common.pdf import make_pdf
from common.templatetags.mreza import date_range, thousands
from members.models import Member
from reports.trainers.deliveries import EVERYTHING, Part, Taught, deliveries_of, note_materials
from trainers.models import TrainerProfile
from trainings.access import trainings_with_all_names
from trainings.counting import with_seats
from trainings.disclosure.small_cells import suppress_number
from trainings.models import Assignment, Training

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "reports" / "trainers" / "portfolio.typ"


def _hours(minutes: int) -> str:
    """Format minutes as hours: "6", or "4:30" if they are not whole."""
    whole, rest = divmod(minutes, 60)
    return f"{whole}:{rest:02}" if rest else thousands(whole)


def _seats_of(rows: list[Assignment], reader: Member) -> dict[int, int | None]:
    """Return the seats of each training; None for 1 to 4 if this reader may not see its names. Two queries."""
    keys = [row.training_id for row in rows]
    whole = set(trainings_with_all_names(reader).filter(pk__in=keys).values_list("pk", flat=True))
    seats_by_training: dict[int, int] = {
        training.pk: training.seats  # type: ignore[attr-defined]  # annotated by with_seats
        for training in with_seats(Training.objects.filter(pk__in=keys))
    }
    return {pk: seats if pk in whole else suppress_number(seats) for pk, seats in seats_by_training.items()}


def _row(row: Assignment, seats: dict[int, int | None]) -> dict[str, Any]:
    training = row.training
    number = seats[training.pk]
    place = "" if training.mode == Training.Mode.ONLINE else training.place
    country = _("online") if training.mode == Training.Mode.ONLINE else str(training.country)
    return {
        "title": training.title, "course": "" if training.course.name == training.title else f"{training.course.name} · ",
        "reference": training.reference,
        "place": ", ".join(part for part in (place, country) if part),
        "dates": date_range(training.starts_on, training.ends_on), "part": str(row.get_part_display()),
        "hours": _hours(training.scheduled_minutes), "seats": _("under 5") if number is None else thousands(number),
    }  # fmt: skip


def _by_year(rows: list[Assignment], seats: dict[int, int | None]) -> list[dict[str, Any]]:
    """Group the trainings by year, latest first."""
    years: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        years.setdefault(row.training.counts_on.year, []).append(_row(row, seats))
    return [{"year": str(year), "rows": found} for year, found in years.items()]


def _totals(taught: Taught, seats: dict[int, int | None], delivered: list[Assignment]) -> list[list[str]]:
    """Return the totals as (label, value). Seats omit hidden ones, so that nothing can be inferred by subtraction."""
    numbers = [seats[row.training_id] for row in delivered]
    hidden = numbers.count(None)
    words = _("Seats taken in them")
    if hidden:
        words = ngettext(
            "Seats taken in them, without %(n)d training of fewer than five",
            "Seats taken in them, without %(n)d trainings of fewer than five",
            hidden,
        ) % {"n": hidden}
    last = date_range(taught.last) if taught.last else _("never")
    return [
        [_("Trainings delivered"), thousands(taught.delivered)], [_("of them as lead trainer"), thousands(taught.lead)],
        [_("of them as co-trainer"), thousands(taught.co_trainer)], [_("Trainings observed"), thousands(taught.observed)],
        [_("Hours delivered"), _hours(taught.minutes)], [words, thousands(sum(n or 0 for n in numbers))],
        [_("Countries taught in"), ", ".join(taught.country_names) or "–"],
        [_("Served abroad in"), ", ".join(taught.served_in) or "–"], [_("Last delivered"), last],
        [_("Materials shared"), thousands(taught.materials)],
    ]  # fmt: skip


def _person(profile: TrainerProfile) -> list[list[str]]:
    """Return the non-empty fields of the profile as [label, value] pairs."""
    home = profile.member.organisation
    pairs = [
        [_("Rank"), profile.rank.name if profile.rank else ""],
        [_("Ministry"), home.name], ["", home.local_name], [_("Position"), profile.position],
        [_("Certified on"), date_range(profile.certified_on) if profile.certified_on else ""],
        [_("Teaches in"), ", ".join(str(language) for language in profile.languages.all())],
        [_("Topics"), "; ".join(str(topic) for topic in profile.topics.all())],
    ]  # fmt: skip
    return [pair for pair in pairs if pair[1]]


def _taught(profile: TrainerProfile, delivered: list[Assignment], observed: int) -> Taught:
    taught = Taught(profile, observed=observed, last=max((row.training.counts_on for row in delivered), default=None))
    for row in delivered:
        training = row.training
        taught.add(
            (
                row.part,
                training.pk,
                training.scheduled_minutes,
                training.country_id,
                training.country.name,
                training.mode,
            )
        )
    return taught


def portfolio_shown(profile: TrainerProfile, *, reader: Member, today: date) -> dict[str, Any]:
    """Return the template context of a trainer's portfolio for this reader. Four queries, however many deliveries.

    `profile` needs its member, organisation, rank, languages and topics loaded.
    """
    every = list(deliveries_of(profile, None, None, EVERYTHING))
    delivered = [row for row in every if row.part != Part.OBSERVER]
    observed = [row for row in every if row.part == Part.OBSERVER]
    seats = _seats_of(every, reader)
    taught = _taught(profile, delivered, len(observed))
    note_materials([taught], reader, None, None)
    name = profile.member.full_name
    return {
        "lang": (get_language() or "en").partition("-")[0], "name": name, "network": settings.SITE_NAME,
        "title": _("Trainer’s portfolio"), "date": date_range(today), "person": _person(profile),
        "qualifications": profile.qualifications.splitlines(), "deployments": taught.deployments, "totals": _totals(taught, seats, delivered),
        "years": _by_year(delivered, seats), "observed": [_row(row, seats) for row in observed],
        "words": {
            "qualifications": _("Qualifications"), "deployments": _("Deployments, as the trainer names them"),
            "totals": _("In total"), "delivered": _("Trainings delivered"),
            "observed": _("Trainings observed"), "none": _("None whose figures were submitted."), "page": _("Page"),
            "head": [_("Training"), _("Part"), _("Place and days"), _("Hours"), _("Seats")],
            "made": _("Made on %(date)s from the records of %(network)s.") % {"date": date_range(today), "network": settings.SITE_NAME},
            "definition": _(
                "A training counts once its figures were submitted. Hours are its scheduled length. Seats are the people who "
                "attended, each time they came, and are given as “under 5” where fewer than five could be known by name."
            ),
        },
    }  # fmt: skip


def portfolio_pdf(profile: TrainerProfile, *, reader: Member, today: date) -> bytes:
    """Render the portfolio as this reader may see it, dated today."""
    at = timezone.make_aware(datetime.combine(today, time(12)))
    return make_pdf(TEMPLATE, portfolio_shown(profile, reader=reader, today=today), at=at)
