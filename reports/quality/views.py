"""Views of the data-quality desk: what is missing from the records, the rows behind each number, and their export."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from audit.record import record, record_reading
from common.sheets import sheet_response
from common.views import page_of
from members.models import Organisation
from members.request import member_of
from reports import access
from reports.quality.charts import large_chart, month_words, small_chart
from reports.quality.counts import GapCount, count_network, count_one, count_own
from reports.quality.kinds import KINDS, PEOPLE_KINDS, Kind, months_of
from reports.quality.rows import rows_of, sheet_of, shown_rows
from reports.quality.scope import Desk, desk_of
from reports.tabs import tabs_of

NETWORK = "network"
# Allowed GET parameters; exports come from a form on the page, which sends nothing else.
ALLOWED_PARAMS = {"of", "ministry", "page"}


def _desk(request: HttpRequest, params: QueryDict) -> Desk:
    """Return the requested desk: one's own or, for admins, the network's, limited to one owner by `ministry`.

    404 for other parameters and for a desk the member may not see, so that another desk's numbers are never shown.
    """
    member = member_of(request)
    mends, sees_network = access.mends_records(member), access.sees_network_quality(member)
    if not (mends or sees_network):
        raise PermissionDenied
    if (request.method == "GET" and params.keys() - ALLOWED_PARAMS) or params.get("of") not in ("", NETWORK, None):
        raise Http404
    of_network, ministry = params.get("of") == NETWORK, params.get("ministry", "")
    is_own = not sees_network or (mends and not of_network)
    if is_own and (of_network or ministry):
        raise Http404
    if is_own:
        return desk_of(member, has_both=mends and sees_network)
    if not ministry:
        return desk_of(member, is_network=True, has_both=mends)
    if not (ministry.isascii() and ministry.isdecimal() and len(ministry) < 10):
        raise Http404
    return desk_of(member, is_network=True, has_both=mends, ministry=int(ministry))


def _context(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    return {
        "tabs": tabs_of(request),
        "is_network": desk.is_network,
        "has_both": desk.has_both,
        "of": urlencode({"of": NETWORK}) if desk.is_network else "",
    }


@require_GET
def quality(request: HttpRequest) -> HttpResponse:
    """Show the desk: a number for each kind that links to its rows, with its last twelve months."""
    desk = _desk(request, request.GET)
    counts, lines = count_network(desk) if desk.is_network else (count_own(desk), [])
    context = _context(request, desk) | {
        "cards": [_card(one, desk) for one in counts], "lines": lines, "kinds": list(KINDS.values()), "people": PEOPLE_KINDS,
        "is_clean": not any(one.number != 0 for one in counts) and not any(line.pairs for line in lines),
        "months": [month_words(month) for month in months_of(desk.today)],
    }  # fmt: skip
    return render(request, "reports/quality/quality.html", context)


def _card(gap_count: GapCount, desk: Desk) -> dict[str, Any]:
    opens = not (desk.is_network and gap_count.kind.code in PEOPLE_KINDS)
    return {"found": gap_count, "kind": gap_count.kind, "opens": opens, "chart": small_chart(gap_count, desk.today)}


def _kind(code: str, desk: Desk) -> Kind:
    """Return the kind with that code: 404 for unknown codes, 403 for rows of people if the reader sees no names."""
    if code not in KINDS:
        raise Http404
    if desk.is_network and code in PEOPLE_KINDS:
        raise PermissionDenied
    return KINDS[code]


def _ministry(desk: Desk) -> Organisation | None:
    if desk.ministry is None:
        return None
    organisation = Organisation.objects.filter(pk=desk.ministry).first()
    if organisation is None or not organisation.can_keep:
        raise Http404
    return organisation


def _by_month(gap_count: GapCount, desk: Desk) -> list[tuple[str, int]]:
    return [(month_words(month), number) for month, number in zip(months_of(desk.today), gap_count.months, strict=True)]


@require_GET
def rows(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the rows behind one number, with a link to fix each."""
    desk = _desk(request, request.GET)
    meant, ministry = _kind(kind, desk), _ministry(desk)
    page = page_of(request, rows_of(desk, meant))
    if meant.rows == "people" and page.object_list:
        record_reading(desk.member.organisation, "rows to mend", by=desk.member, session=request.session)
    back = urlencode({"next": request.get_full_path()})
    gap_count = count_one(desk, meant, page.paginator.count)
    context = _context(request, desk) | {
        "kind": meant, "page": page, "rows": shown_rows(desk, meant, list(page.object_list), back),
        "ministry": ministry, "found": gap_count, "chart": large_chart(gap_count, desk.today), "months": _by_month(gap_count, desk),
    }  # fmt: skip
    return render(request, "reports/quality/quality_rows.html", context)


@require_POST
def sheet(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Export the rows behind one number."""
    desk = _desk(request, request.POST)
    meant, _checked = _kind(kind, desk), _ministry(desk)
    return _people_sheet(request, desk, meant) if meant.rows == "people" else _sheet(request, desk, meant)


@reauthentication_required(app="reports")
def _people_sheet(request: HttpRequest, desk: Desk, meant: Kind) -> HttpResponseBase:
    member, number = desk.member, rows_of(desk, meant).count()
    record(
        "export_names",
        member.organisation,
        by=member,
        is_reading=True,
        what=f"rows to mend: {meant.code}",
        people=number,
    )
    return _written(request, desk, meant)


def _sheet(request: HttpRequest, desk: Desk, meant: Kind) -> HttpResponseBase:
    member, number = desk.member, rows_of(desk, meant).count()
    record("export_quality", member.organisation, by=member, is_reading=True, list=meant.code, rows=number)
    return _written(request, desk, meant)


def _written(request: HttpRequest, desk: Desk, meant: Kind) -> HttpResponseBase:
    return sheet_response(request.POST.get("as", ""), f"quality-{meant.code}", *sheet_of(desk, meant))
