"""From the headline to one signed sheet; a report asked, frozen and opened again, on each kind of screen."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.browsing import DESKTOP, View, both_views, overflow, seen_by, sign_in

MAX_CLICKS = 4


@both_views
def test_headline_opens_one_signed_sheet_in_four_clicks(page: Page, server: str, view: View) -> None:
    sign_in(page, "coordinator.me")
    clicks = 0

    def click(thing) -> None:
        nonlocal clicks
        clicks += 1
        thing.click()
        page.wait_for_load_state()

    headline = page.locator("dl.tiles .tile").first.get_by_role("link")
    number = headline.inner_text()
    click(headline)
    expect(page.get_by_role("heading", level=1)).to_have_text("People trained")
    tile = page.locator("dl.tiles .tile").first.get_by_role("link")
    assert (tile.inner_text(), overflow(page)) == (number, 0)
    click(tile)
    rows = page.get_by_role("row")
    assert rows.count() > 90
    sheet = page.get_by_role("link", name=re.compile("signed sheet")).first
    address = sheet.get_attribute("href")
    assert re.fullmatch(r"/trainings/[A-Z]{2}-\d{4}-\d{3}/evidence/\d+/", address or "")
    clicks += 1
    answer = page.request.get(server + str(address))
    assert (answer.status, answer.headers["content-type"], answer.body()[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert clicks == 3 <= MAX_CLICKS


@both_views
def test_figures_are_asked_frozen_and_opened_again(page: Page, server: str, view: View) -> None:
    sign_in(page, "coordinator.rs")
    page.goto(f"{server}/reports/people/")
    if page.locator(".filters-fold > summary").is_visible():
        page.locator(".filters-fold > summary").click()
    page.get_by_label("Break down by").select_option("year")
    page.get_by_role("button", name="Show").click()
    page.wait_for_load_state()
    assert "by=year" in page.url
    expect(page.get_by_role("img").first).to_be_visible()
    seats = page.locator("table.report tfoot td").nth(-4).inner_text()
    page.get_by_role("link", name="Freeze as reported").click()
    page.get_by_label("Reported to").fill("Parliament")
    page.get_by_label("As reported on").fill("2026-03-31")
    page.get_by_role("button", name="Sign and freeze").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("As reported on 31 March 2026 to Parliament")
    assert (page.locator("table.report tfoot td").nth(-4).inner_text(), overflow(page)) == (seats, 0)
    expect(page.get_by_text("counted today, the figures are the same, row by row")).to_be_visible()


@seen_by(DESKTOP)
def test_pack_is_one_click(page: Page, server: str, view: View) -> None:
    sign_in(page, "coordinator.mk")
    page.goto(f"{server}/reports/packs/")
    with page.expect_download() as loading:
        page.get_by_role("button", name=re.compile("XLSX.*Donor sheet")).click()
    assert loading.value.suggested_filename.endswith(".xlsx")
