"""The audit log as sentences, and its export as a workbook."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.models import AuditEntry
from audit.record import record
from audit.sentences import Label, labels_of, sentence
from common.sheets import sheet_response
from common.views import page_of
from members import access
from members.audit_log.filters import AuditFilter
from members.models import Member
from members.pages import desk_tabs

MAX_ENTRIES = 50_000
LINES_AT_ONCE = 500


@dataclass(frozen=True)
class Entry:
    """One audit entry as this reader may see it."""

    line: AuditEntry
    sentence: str
    about: Label
    # Field, old value, new value; the values only for readers who may see the text.
    changes: list[tuple[str, str, str]]

    @property
    def day(self) -> date:
        """The local day by which the page groups entries."""
        return timezone.localtime(self.line.at).date()

    @property
    def of(self) -> str:
        """The actor's organisation, unless the entry already names it."""
        home = self.line.by.organisation.short_name if self.line.by else ""
        return "" if home == self.about.name else home


def _reader(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member) or not access.can_see_audit(request.user):
        raise PermissionDenied
    return request.user


def _changes(line: AuditEntry, with_text: bool) -> list[tuple[str, str, str]]:
    free_text = line.free_text if with_text else {}
    changed = []
    for field in line.fields:
        values = free_text.get(field)
        before, after = values if isinstance(values, list) and len(values) == 2 else ("", "")
        changed.append((field.removesuffix("_id").replace("_", " "), before, after))
    return changed


def entries(lines: Iterable[AuditEntry], by: Member) -> Iterator[Entry]:
    """Yield the entries as sentences for this reader. One query for each kind of object among them."""
    lines = list(lines)
    labels = labels_of(lines)
    for line in lines:
        with_text = access.can_read_text(by, line)
        yield Entry(
            line, sentence(line, with_text=with_text), labels[line.root_kind, line.root_id], _changes(line, with_text)
        )


def _periods(first: date | None, last: date | None) -> list[tuple[str, str, bool]]:
    """Return the most used periods: label, first day, and whether it is the selected one."""
    today = timezone.localdate()
    periods = [(_("Today"), 0), (_("Last 7 days"), 6), (_("Last 30 days"), 29)]
    days = [(words, today - timedelta(days=back)) for words, back in periods]
    return [(words, day.isoformat(), first == day and last is None) for words, day in days]


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """The audit log, newest first."""
    by = _reader(request)
    form = AuditFilter(request.GET, by=by)
    page = page_of(request, form.rows())
    chosen = form.chosen
    context = {
        "tabs": desk_tabs(by, "members:audit"),
        "form": form,
        "page": page,
        "entries": list(entries(page, by)),
        "chosen_count": len(chosen),
        "periods": _periods(chosen.get("first"), chosen.get("last")),
    }
    return render(request, "members/audit_log/audit.html", context)


def _sheet_rows(lines: list[int], by: Member) -> Iterator[list[object]]:
    """Yield the rows of the export, read 500 at a time."""
    for start in range(0, len(lines), LINES_AT_ONCE):
        some = AuditEntry.objects.filter(pk__in=lines[start : start + LINES_AT_ONCE])
        for entry in entries(some.select_related("by__organisation", "organisation", "text"), by):
            line = entry.line
            changed = "; ".join(f"{name}: {old} → {new}" if old or new else name for name, old, new in entry.changes)
            yield [
                line.pk, f"{timezone.localtime(line.at):%Y-%m-%d %H:%M:%S}", str(line.by or ""),
                line.by.organisation.code if line.by else "", entry.sentence, entry.about.name, changed,
                line.organisation.code if line.organisation else "", line.action,
            ]  # fmt: skip


@require_POST
def audit_export(request: HttpRequest) -> HttpResponseBase:
    """Export the filtered entries as a workbook; the export itself is audited."""
    return _exported(request, _reader(request))


@reauthentication_required(app="members")
def _exported(request: HttpRequest, by: Member) -> HttpResponseBase:
    form = AuditFilter(request.POST, by=by)
    lines = list(form.rows().values_list("pk", flat=True)[: MAX_ENTRIES + 1])
    if len(lines) > MAX_ENTRIES:
        messages.error(request, _("These are more than %(n)s lines. Choose a shorter time.") % {"n": MAX_ENTRIES})
        return redirect("members:audit")
    kind = "xlsx" if request.POST.get("as") == "xlsx" else "csv"
    record("export_audit", by.organisation, by=by, lines=len(lines), is_reading=True)
    header = [
        _("Line"),
        _("When"),
        _("Who"),
        _("Of"),
        _("Did what"),
        _("About"),
        _("Changed"),
        _("Concerns"),
        _("Action"),
    ]
    return sheet_response(kind, "record", header, _sheet_rows(lines, by))
