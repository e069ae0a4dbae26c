"""What the tests of waiting marks share: a portal that can be stopped, a browser that loses its tabs, the server's own rows."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests import services
from tests.e2e.browsing import View, sign_in
from tests.e2e.conftest import MILLISECONDS_TO_WAIT

OPEN = "ME-2026-004"
SHEET = f"/trainings/{OPEN}/attendance/"
# Everything a page of ours can read of what this browser keeps, as one text.
READ_KEPT = """async () => {
  const found = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})];
  const told = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  for (const { name, version } of await indexedDB.databases()) {
    const database = await told(indexedDB.open(name, version));
    for (const store of database.objectStoreNames)
      found.push(JSON.stringify(await told(database.transaction(store).objectStore(store).getAll())));
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) {
      const answer = await cache.match(key);
      found.push(key.url, JSON.stringify([...answer.headers]), await answer.text());
    }
  }
  return found.join("\\n");
}"""
# Every mark of the store, in order.
MARKS = """() => new Promise((done) => {
  const asked = indexedDB.open("mreza", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("marks").objectStore("marks").getAll();
    all.onsuccess = () => { asked.result.close(); done(all.result); };
  };
})"""


@dataclass
class Network:
    """A portal with the demo network whose server can be stopped and started again with its data."""

    settings: services.PortalServer
    running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        self.running.enter_context(services.running_portal(self.settings.environment))

    def stop(self) -> None:
        self.running.close()

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.settings.folder / "portal.sqlite3", timeout=20)) as database:
            return database.execute(question, values).fetchall()

    def clear(self) -> None:
        """As if nobody had marked anything on the sheet yet."""
        with closing(sqlite3.connect(self.settings.folder / "portal.sqlite3", timeout=20)) as database:
            for table in ("trainings_markchange", "trainings_mark"):
                question = f"DELETE FROM {table} WHERE session_id IN (SELECT s.id FROM trainings_session s "  # noqa: S608
                question += "JOIN trainings_training t ON t.id = s.training_id WHERE t.reference = ?)"
                database.execute(question, [OPEN])
            database.commit()

    def mark(self, cell: str) -> str:
        """The value of a cell (ENROLMENT-SESSION) as the server has it; "" is none."""
        results = self.rows(
            "SELECT value FROM trainings_mark WHERE enrolment_id = ? AND session_id = ?", *cell.split("-")
        )
        return str(results[0][0]) if results else ""

    def changes(self, cell: str) -> list[tuple[str, str, int]]:
        """(value, outcome, by) of each change that was asked of a cell, in order."""
        question = "SELECT new_value, outcome, by_id FROM trainings_markchange WHERE enrolment_id = ? AND session_id = ? ORDER BY id"
        return [(value, outcome, by) for value, outcome, by in self.rows(question, *cell.split("-"))]

    def member(self, who: str) -> int:
        return int(self.rows("SELECT id FROM members_member WHERE email = ?", f"{who}@demo.example")[0][0])

    def names(self) -> list[str]:
        """Family names of the people on the sheet."""
        question = """SELECT DISTINCT p.family_name FROM trainings_enrolment e JOIN trainings_participant p ON p.id = e.participant_id
                      JOIN trainings_training t ON t.id = e.training_id WHERE t.reference = ? AND p.family_name <> ''"""
        return [name for (name,) in self.rows(question, OPEN)]


@contextmanager
def network(made: Path) -> Iterator[Network]:
    with services.prepared_portal(made=made) as prepared:
        portal = Network(prepared)
        portal.start()
        try:
            yield portal
        finally:
            portal.stop()


@contextmanager
def browser_of(browser: Browser, url: str, view: View | None = None) -> Iterator[BrowserContext]:
    """A browser of its own, whose storage outlives its tabs."""
    wide = {"width": view.width, "height": view.height} if view else {"width": 1280, "height": 900}
    context = browser.new_context(
        base_url=url,
        viewport=wide,
        locale="en-GB",
        timezone_id="Europe/Belgrade",
        reduced_motion="reduce",  # type: ignore[arg-type]
        color_scheme="dark" if view and view.dark else "light",
    )
    context.set_default_timeout(MILLISECONDS_TO_WAIT)
    try:
        yield context
    finally:
        context.close()


def open_sheet(context: BrowserContext, who: str = "recorder.me") -> Page:
    page = context.new_page()
    sign_in(page, who)
    return go_to_sheet(page)


def go_to_sheet(page: Page) -> Page:
    page.goto(SHEET)
    page.wait_for_selector("[data-keep]:not([hidden])")  # the last of its scripts is ready
    return page


def unmarked(page: Page, n: int = 0) -> str:
    name = page.locator("td.mark.is-unmarked").nth(n).get_attribute("data-cell")
    assert name
    return name


def choose(page: Page, cell: str, value: str) -> None:
    page.locator(f'[data-cell="{cell}"] label.{value or "clear"}').click()


def until(page: Page, holds: str) -> None:
    """Wait until an asynchronous function in the page answers true; what Playwright offers takes its promise for true."""
    code = f"""async () => {{
      for (const last = Date.now() + {2 * MILLISECONDS_TO_WAIT}; Date.now() < last; await new Promise(requestAnimationFrame))
        if (await ({holds})()) return true;
      return false;
    }}"""
    assert page.evaluate(code), holds


def waits(page: Page, n: int) -> None:
    """Wait until so many marks are on the disk and unanswered."""
    until(page, f"async () => (await ({MARKS})()).filter((mark) => !mark.outcome).length === {n}")


def status(page: Page, text: str) -> None:
    expect(page.locator("[data-sheet-status]")).to_contain_text(text, timeout=20_000)


def cut(route: Route) -> None:
    route.abort("internetdisconnected")


def lose_answer(route: Route) -> None:
    """The server has done it; its answer never comes."""
    route.fetch()
    route.abort("connectionreset")
