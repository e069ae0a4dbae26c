"""Every main page for every kind of reader: axe finds nothing, in light and dark, and nothing is wider than a phone."""

import pytest
from playwright.sync_api import Page

from tests.e2e.browsing import DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK, View, axe_findings, overflow, seen_by, sign_in

PUBLIC = ("/", "/account/login/", "/account/password/reset/", "/account/signup/", "/no-such-page/")
TRAINING = ("", "edit/", "attendance/", "roster/", "roster/paste/", "headcounts/", "history/", "cancel/")
PAGES = {
    "recorder.me": ("/", "/trainers/", "/trainers/predrag-vukovic/", "/trainings/", "/trainings/new/",
                    *(f"/trainings/ME-2026-004/{page}" for page in TRAINING)),
    "coordinator.me": ("/", "/members/", "/members/invite/", "/members/audit/", "/trainings/ME-2026-002/", "/trainings/ME-2026-002/figures/amend/"),
    "admin": ("/members/organisations/", "/members/organisations/new/", "/trainings/ME-2026-002/", "/trainings/ME-2026-002/keeper/"),
    "trainer.me": ("/trainers/predrag-vukovic/edit/", "/account/password/change/", "/account/logout/", "/account/2fa/", "/account/sessions/"),
}  # fmt: skip
READERS = [(None, PUBLIC), *PAGES.items()]


def _wrong(page: Page, addresses: tuple[str, ...]) -> list[str]:
    found = []
    for address in addresses:
        page.goto(address)
        found += [f"{address}: {finding}" for finding in axe_findings(page)]
        if wide := overflow(page):
            found.append(f"{address}: {wide} pixels too wide")
    return found


@pytest.mark.parametrize(("reader", "addresses"), READERS, ids=[str(reader) for reader, _pages in READERS])
@seen_by(DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK)
def test_pages_are_accessible_and_fit(page: Page, view: View, reader: str | None, addresses: tuple[str, ...]) -> None:
    if reader:
        sign_in(page, reader)
    assert _wrong(page, addresses) == []
