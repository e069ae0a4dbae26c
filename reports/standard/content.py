"""The content of each standard report: one population, tables of it, definitions and how complete it is."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.days import written_day
from members.models import Member, Organisation
from reports import access
from reports.labels import DIMENSION_NAMES, RULE_NAMES
from reports.lookups import read_things
from reports.models import Contribution, Indicator, IndicatorValue, PackKind, Release, SdgTarget
from reports.people.export import report_header, report_rows, share_columns
from reports.people.forms import ReportQuery
from reports.people.report import Report, definition, report_of
from trainings.counting import Figures, Question
from trainings.counting.gathering import gather
from trainings.counting.parts import Gathering
from trainings.counting.question import Rule
from trainings.disclosure.tables import needs_suppression
from trainings.models import Evidence, Training

# The breakdowns of each report's tables; the SDG table is by the targets of courses.
TABLES: dict[str, tuple[str, ...]] = {
    PackKind.NAP: ("course", "quarter", "rank_group", "country"),
    PackKind.NATO: ("nato",),
    PackKind.DONOR: ("organisation", "year", "course", "country"),
    PackKind.SDG: ("course",),
}
Row = list[Any]


@dataclass(frozen=True)
class PackAsked:
    """The parameters of a standard report: a period of whole quarters, a ministry (None: the whole network) and the rule."""

    pack: str
    first: date
    last: date
    organisation: Organisation | None
    rule: Rule = "attended"


@dataclass(frozen=True)
class Table:
    """One table; a cell is a number, text, or None where hidden. `shares` are the columns with fractions of 1."""

    title: str
    header: list[str]
    rows: list[Row]
    note: str = ""
    shares: tuple[int, ...] = ()


@dataclass(frozen=True)
class Pack:
    """A complete standard report. `facts` are the (label, value) pairs of its head."""

    title: str
    facts: list[tuple[str, str]]
    tables: list[Table]
    definitions: list[str]
    completeness: list[str]
    released: str = ""


def release_for(query: PackAsked) -> Release | None:
    """Return the release for a report's ministry, kind and exact period. One query, none without a ministry."""
    if query.organisation is None:
        return None
    return (
        Release.objects.filter(
            organisation=query.organisation, kind=query.pack, first=query.first, last=query.last, ended_at=None
        )
        .select_related("made_by")
        .first()
    )


def make_pack(query: PackAsked, *, by: Member) -> Pack:
    """Build the report as this member may see it. Ten to thirteen queries; about 1 s for 200,000 enrolments."""
    home = query.organisation.pk if query.organisation else None
    question = Question(rule=query.rule, first=query.first, last=query.last, organisation=home)
    own = access.sees_whole(by, question)
    release = None if own else release_for(query)
    whole = own or release is not None
    dimensions = TABLES[query.pack]
    gathered, things = gather(question, dimensions), read_things()
    reports = [
        report_of(gathered.along(place), ReportQuery(question, (name,), "", whole), things)
        for place, name in enumerate(dimensions)
    ]
    tables = [_table(report) for report in reports]
    if query.pack == PackKind.SDG:
        tables = [_of_targets(gathered, whole)]
    if query.pack == PackKind.NAP and query.organisation:
        tables.append(_of_indicators(query.organisation, query.last.year))
    return Pack(
        title=str(PackKind(query.pack).label),
        facts=_facts(query, reports[0], by, whole),
        tables=tables,
        definitions=_definitions(query, reports[0]),
        completeness=_completeness(query, reports[0]),
        released=_released(release),
    )


def _facts(query: PackAsked, report: Report, by: Member, whole: bool) -> list[tuple[str, str]]:
    total = report.total
    facts = [
        (_("Period"), f"{written_day(query.first)} – {written_day(query.last)}"),
        (_("People of"), query.organisation.name if query.organisation else _("the whole network and its guests")),
        (_("Counted"), str(RULE_NAMES[query.rule])),
    ]
    if total.seats is None:
        facts.append((_("Figures"), _("hidden: fewer than five people")))
    else:
        people = f"{total.people_at_least:,}"
        if total.is_interval:
            most = (
                _("at least; at most a few more")
                if total.people_at_most is None
                else _("at least; at most %(n)s") % {"n": f"{total.people_at_most:,}"}
            )
            people = f"{people} {most}"
        facts += [
            (_("People"), people), (_("Seats"), f"{total.seats:,}"), (_("Person-hours"), f"{round(total.hours or 0):,}"),
            (_("Trainings"), f"{total.trainings:,}"),
        ]  # fmt: skip
    made = timezone.localtime()
    facts.append((_("Made"), _("%(day)s by %(name)s") % {"day": date_format(made, "j F Y, H:i"), "name": by.full_name}))
    facts.append((_("Small numbers"), _("shown") if whole else _("1 to 4 are hidden, small lines stand together")))
    return facts


def _table(report: Report) -> Table:
    note = ""
    if report.put_together:
        note = ngettext(
            "%(n)d small line stands together with others.", "%(n)d small lines stand together.", report.put_together
        ) % {"n": report.put_together}
    title = _("By %(what)s") % {"what": DIMENSION_NAMES[report.counted_by[0]]}
    return Table(title, report_header(report), list(report_rows(report)), note, share_columns(report))


def _of_targets(gathered: Gathering, whole: bool) -> Table:
    """Return the trainings, people and seats that contribute to each target. Courses with the same targets are grouped.

    Readers who may not see names see a target only if each such group of courses is empty or at least five; then the differences between targets
    that share courses are safe as well.
    """
    targets: dict[int, list[str]] = defaultdict(list)
    for course, target in Contribution.objects.order_by("target").values_list("course", "target"):
        targets[course].append(target)
    groups: dict[tuple[str, ...], list[tuple[Hashable, ...]]] = defaultdict(list)
    for key in gathered.all_keys():
        groups[tuple(targets.get(int(str(key[0])), ()))].append(key)
    bad = {group for group, keys in groups.items() if not whole and needs_suppression(gathered.figures(keys))}
    rows: list[Row] = []
    for target in SdgTarget:
        of_it = [group for group in groups if target.value in group]
        keys = [key for group in of_it for key in groups[group]]
        figures = None if bad & set(of_it) else gathered.figures(keys) if keys else Figures()
        rows.append([str(target.label), *_numbers(figures)])
    note = _(
        "Trainings are tagged by their course as a contribution to a target. They are never the value of its indicator. One "
        "course may contribute to several targets, so the lines overlap and are not added up."
    )
    header = [_("Target"), _("Trainings"), _("People, at least"), _("Seats"), _("Person-hours")]
    return Table(_("Contributions to SDG 5"), header, rows, note)


def _of_indicators(organisation: Organisation, last: int) -> Table:
    """Return the values of the ministry's indicators up to a year, each with its source. One query."""
    values = IndicatorValue.objects.filter(organisation=organisation, is_withdrawn=False, replaced_by=None)
    rows: list[Row] = []
    for value in sorted(
        values, key=lambda value: (list(Indicator).index(Indicator(value.indicator)), -(value.year or 0))
    ):
        if value.year is not None and value.year > last:
            continue
        said = f"{value.share} %" if value.is_share else _("yes") if value.is_there else _("no")
        if value.since:
            said = _("%(said)s, since %(day)s") % {"said": said, "day": written_day(value.since)}
        name = f"{value.get_indicator_display()}: {value.title}" if value.title else str(value.get_indicator_display())
        rows.append([name, said, str(value.year or _("year not stated")), value.source])
    note = _(
        "Indicators say how things are, trainings what was done: they stand side by side, and neither is shown to be the cause."
    )
    return Table(_("Indicators"), [_("Indicator"), _("Value"), _("Year"), _("Source")], rows, note)


def _numbers(figures: Figures | None) -> Row:
    if figures is None:
        return [None] * 4
    return [figures.trainings, figures.people_at_least, figures.seats, round(figures.hours, 2)]


def _definitions(query: PackAsked, report: Report) -> list[str]:
    seats = _("Seats: every time somebody met the rule.")
    if query.rule == "once":
        seats = _("Seats: each person once in a course, in each line anew, so that the lines need not add up.")
    people = _(
        "People: persons, each once; at least and at most where some were counted by head or may be recorded twice."
    )
    sentences = [
        definition(replace(report.query, dimensions=())),
        f"{seats} {people}",
        _(
            "Share of women: women / (women + men + other) of seats; who is not recorded is in no denominator. Where other and "
            "not recorded stand together it lies between two shares."
        ),
        _("Person-hours: minutes attended / 60, of persons counted by head the scheduled hours."),
        _("Rank, unit and home are those of the day of the training."),
    ]
    if query.pack == PackKind.NATO:
        sentences.append(
            _("Bands follow STANAG 2116: OF-6 and above, OF-3 to OF-5, OF-1 and OF-2, OR-5 to OR-9, OR-1 to OR-4.")
        )
    return sentences


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"


def _completeness(query: PackAsked, report: Report) -> list[str]:
    """Describe in sentences how complete the figures are. Three queries."""
    sentences = []
    if report.verified_share is not None:
        sentences.append(
            _("%(share)s of seats are verified by a coordinator of the keeper.")
            % {"share": _percent(report.verified_share)}
        )
    if report.headcounted and query.rule == "once":
        sentences.append(
            _("%(n)s persons counted by head stand beside the seats: nobody knows who they are.")
            % {"n": f"{report.headcounted:,}"}
        )
    elif report.headcounted and report.total.seats:
        share = _percent(report.headcounted / report.total.seats)
        sentences.append(_("%(share)s of seats were counted by head, without names.") % {"share": share})
    if report.unknown_completed:
        sentences.append(
            _("Of %(n)s persons counted by head it is not known whether they completed.")
            % {"n": f"{report.unknown_completed:,}"}
        )
    if len(report.total_sexes) == 4 and report.total.by_sex and report.total.seats:
        share = _percent(report.total.by_sex[3] / report.total.seats)
        sentences.append(_("Sex is not recorded for %(share)s of seats.") % {"share": share})
    in_period = Training.objects.filter(cancelled_at=None).in_period(query.first, query.last)
    if query.organisation:
        in_period = in_period.filter(owner=query.organisation)
    ended = in_period.filter(ends_on__lt=timezone.localdate())
    open_ones = ended.filter(figures=Training.Figures.RECORDED).count()
    sentences.append(
        ngettext(
            "%(n)d training of the period is recorded and not submitted: it is not counted.",
            "%(n)d trainings of the period are recorded and not submitted: they are not counted.",
            open_ones,
        )
        % {"n": open_ones}
    )
    counting = in_period.counting().count()
    signed = (
        Evidence.objects.filter(removed_at=None, training__in=in_period.counting())
        .values("training")
        .distinct()
        .count()
    )
    sentences.append(
        _("%(signed)d of %(all)d trainings kept here have a signed sheet attached.")
        % {"signed": signed, "all": counting}
    )
    return sentences


def _released(release: Release | None) -> str:
    if release is None:
        return ""
    return _("Small numbers of this ministry were released for this pack by %(name)s on %(day)s: %(reason)s") % {
        "name": release.made_by.full_name,
        "day": written_day(release.made_at),
        "reason": release.reason,
    }


def default_period(today: date) -> tuple[date, date]:
    """Return this year's quarters up to the current one; in the first quarter, the previous year."""
    quarter = (today.month - 1) // 3
    if quarter == 0:
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    return date(today.year, 1, 1), access.quarter_end(today)


def shown_columns(table: Table) -> Sequence[int]:
    """Return the columns of a table that are not empty; if both share columns are equal in all lines, only the first."""
    columns = [n for n in range(len(table.header)) if any(row[n] not in (None, 0, "") for row in table.rows)]
    if len(table.shares) == 2 and all(row[table.shares[0]] == row[table.shares[1]] for row in table.rows):
        columns = [n for n in columns if n != table.shares[1]]
    return columns
