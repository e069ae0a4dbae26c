"""The tabs that link the pages of the reports."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.request import member_of
from reports.access import can_see_quality

# Label and URL of each tab, in display order.
PAGES = (
    (gettext_lazy("People trained"), "reports:people"),
    (gettext_lazy("Trainers"), "reports:trainers"),
    (gettext_lazy("Cascade"), "reports:cascade"),
    (gettext_lazy("Coverage"), "reports:coverage"),
    (gettext_lazy("Indicators"), "reports:indicators"),
    (gettext_lazy("As reported"), "reports:snapshots"),
    (gettext_lazy("Packs"), "reports:packs"),
)


def tabs_of(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Return (label, URL, is current page) of each report page this reader may open."""
    here = request.path
    tabs = [(str(label), reverse(name)) for label, name in PAGES]
    if can_see_quality(member_of(request)):
        tabs.append((_("Data quality"), reverse("reports:quality")))
    return [(label, url, here.startswith(url)) for label, url in tabs]
