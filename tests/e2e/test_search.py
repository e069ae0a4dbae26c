"""The search as a person uses it: from any page by one key, by word and filter, saved; on a phone and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import DESKTOP, DESKTOP_PLAIN, PHONE_DARK, View, axe_findings, overflow, seen_by, sign_in

pytestmark = pytest.mark.slow


@seen_by(DESKTOP, DESKTOP_PLAIN, PHONE_DARK)
def test_search_from_any_page_narrowed_and_saved(page: Page, view: View) -> None:
    sign_in(page, "trainer.me")
    page.goto("/trainings/")
    if view == DESKTOP:
        page.keyboard.press("/")
        page.keyboard.type("Djordjevic")
        page.keyboard.press("Enter")
    elif view == PHONE_DARK:
        page.locator(".nav-fold summary").click()
        page.locator("input[data-search]").fill("Djordjevic")
        page.locator("input[data-search]").press("Enter")
    else:
        page.locator("input[data-search]").fill("Djordjevic")
        page.locator("input[data-search]").press("Enter")
    expect(page.locator("#found li").first).to_contain_text("Јелена Ђорђевић")
    page.get_by_role("link", name="Trainers 1").click()
    expect(page.locator("#found li")).to_have_count(1)
    page.locator("#found summary", has_text="Save this search").click()
    page.get_by_label("Name").fill(f"Jelena {view}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#found")).to_contain_text("You have saved this search")
    if view != DESKTOP_PLAIN:
        violations = axe_findings(page)
        page.goto("/search/")
        assert violations + axe_findings(page) == []
    page.goto("/search/")
    assert overflow(page) == 0
    row = page.locator("#found li", has_text=f"Jelena {view}")
    row.get_by_role("button", name="Remove").click()
    expect(page.locator("#found")).not_to_contain_text(f"Jelena {view}")
