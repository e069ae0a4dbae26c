"""The main job as people do it: from sign-in to verified figures, and the number on the home page moves."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import View, both_views, overflow, sign_in

PEOPLE = 40
FAMILIES = ("Marović", "Đukić", "Ћетковић", "Njegošević", "Šćepan")


def list_of_forty(tag: str) -> list[tuple[str, ...]]:
    """A header and forty people who do not sound alike, in the order of the roster; the names are new with each tag."""
    name = "".join(c for c in tag if c.isalpha()).capitalize()
    rows: list[tuple[str, ...]] = [("Prezime", "Ime", "Pol", "Čin", "Jedinica")]
    for n in range(PEOPLE):
        letters = "".join("abefhimnrt"[int(digit)] for digit in f"{n:02}")
        sex, values = ("ž", "Milena") if n % 4 == 0 else ("m", "Marko")
        rows.append((f"{FAMILIES[n % 5]}{letters}", f"{values} {name}", sex, "vodnik", f"Bataljon {n % 3}"))
    return rows


def as_pasted(rows: list[tuple[str, ...]]) -> str:
    """The rows as a spreadsheet copies them."""
    return "\n".join("\t".join(row) for row in rows)


def _people_trained(page: Page) -> int:
    page.goto("/")
    return int(page.locator(".tile dd").first.inner_text().replace(",", ""))


def record_training(page: Page, days: int = 3) -> str:
    """Record a training of these days that ended yesterday; return its address."""
    last = date.today() - timedelta(days=1)
    page.goto("/")
    page.get_by_role("link", name="Record a training").click()
    page.select_option("select[name=course]", label="Gender awareness, basic")
    page.fill("input[name=place]", "Nikšić")
    page.select_option("select[name=language]", label="Montenegrin")
    page.fill("input[name=starts_on]", (last - timedelta(days=days - 1)).isoformat())
    page.fill("input[name=ends_on]", last.isoformat())
    page.get_by_role("button", name="Record and add people").click()
    expect(page).to_have_url(re.compile(r"/trainings/ME-\d{4}-\d{3}/roster/"))
    return page.url.removesuffix("roster/")


def paste_roster(page: Page, tag: str) -> None:
    page.get_by_role("link", name="Take a list in").click()
    page.fill("textarea[name=rows]", as_pasted(list_of_forty(tag)))
    page.get_by_role("button", name="Show what was understood").click()
    page.get_by_role("button", name=f"Take {PEOPLE} people in").first.click()
    expect(page.get_by_text(f"{PEOPLE} people came onto the roster by it.")).to_be_visible()


def _mark_everybody(page: Page, training: str, view: View) -> None:
    """One absence and one late by hand, the rest present session by session."""
    page.goto(f"{training}attendance/")
    first = page.locator("td.mark:not(.is-other)").first
    first.locator("label.absent").click()
    if view.javascript:
        expect(page.locator("[data-sheet-status]")).to_contain_text("All changes saved")
    else:
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("1 mark is saved.")).to_be_visible()
    for number in range(3):
        page.get_by_role("button", name=re.compile("the rest present")).nth(number).click()
        expect(
            page.get_by_text(re.compile(rf"\d+ people were marked present at once|{PEOPLE} marks are saved")).first
        ).to_be_visible()
    assert overflow(page) == 0


@pytest.mark.main_job
@both_views
def test_training_of_forty_is_recorded_submitted_and_verified(page: Page, view: View) -> None:
    sign_in(page, "recorder.me")
    before = _people_trained(page)
    training = record_training(page)
    paste_roster(page, view.name)
    _mark_everybody(page, training, view)
    page.goto(training)
    page.get_by_role("button", name="Submit the figures").click()
    expect(page.get_by_text("You submitted these figures")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, "coordinator.me")
    page.goto(training)
    expect(page.get_by_text("40 attended, 39 completed").first).to_be_visible()
    page.get_by_role("button", name="Verify the figures").click()
    expect(page.get_by_text("The figures are verified.")).to_be_visible()
    assert _people_trained(page) == before + PEOPLE
    assert overflow(page) == 0


@pytest.mark.main_job
def test_mark_made_without_connection_waits_and_is_saved_later(page: Page) -> None:
    sign_in(page, "recorder.me")
    page.goto("/trainings/?q=Danilovgrad&state=recorded")
    page.locator("a.title").first.click()
    page.goto(f"{page.url}attendance/")
    page.context.set_offline(True)
    cell = page.locator("td.mark.is-unmarked").first
    name = cell.get_attribute("data-cell")
    cell.locator("label.late").click()
    expect(page.locator("[data-sheet-status]")).to_contain_text("No connection")
    page.context.set_offline(False)
    expect(page.locator("[data-sheet-status]")).to_contain_text("All changes saved", timeout=20_000)
    page.reload()
    expect(page.locator(f'[data-cell="{name}"] label.late input')).to_be_checked()


@pytest.mark.main_job
def test_letters_and_arrows_mark_the_sheet(page: Page) -> None:
    sign_in(page, "recorder.me")
    page.goto("/trainings/?q=Danilovgrad&state=recorded")
    page.locator("a.title").first.click()
    page.goto(f"{page.url}attendance/")
    row = page.locator("tbody tr").nth(5).locator("td.mark").nth(2)
    row.locator("input:checked").focus()
    page.keyboard.press("e")
    expect(row.locator("label.excused input")).to_be_checked()
    expect(page.locator("[data-sheet-status]")).to_contain_text("All changes saved")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    expect(row.locator("label.clear input")).to_be_checked()
