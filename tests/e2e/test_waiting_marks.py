"""A dropped connection loses nothing: marks wait in the browser, arrive once and in order, and under nobody else's name."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from tests.e2e.browsing import sign_in
from tests.e2e.waiting import (
    MARKS,
    OPEN,
    READ_KEPT,
    SHEET,
    Network,
    browser_of,
    choose,
    cut,
    go_to_sheet,
    lose_answer,
    network,
    open_sheet,
    status,
    unmarked,
    until,
    waits,
)

MARK_URL = "**/attendance/mark/"
NO_STORE = "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('refused'); } });"


@pytest.fixture(scope="module")
def portal(made_once: Path) -> Iterator[Network]:
    with network(made_once) as prepared:
        yield prepared


@pytest.fixture
def context(browser: Browser, portal: Network) -> Iterator[BrowserContext]:
    """One browser and an empty sheet; the test fails if a script of ours fails or the policy had to stop something."""
    portal.clear()
    with browser_of(browser, portal.settings.url) as opened:
        complaints: list[str] = []
        opened.on("weberror", lambda error: complaints.append(str(error.error)))
        opened.on("console", lambda line: complaints.append(line.text) if "Security Policy" in line.text else None)
        yield opened
        assert complaints == []


def line(page: Page) -> str:
    return page.locator("[data-waiting-marks]").inner_text()


def arrives(page: Page, text: str = "All changes saved") -> None:
    status(page, text)
    waits(page, 0)


@pytest.mark.main_job
def test_marks_made_without_connection_arrive_in_order_from_a_new_tab(context, portal):
    page = open_sheet(context)
    first, second = unmarked(page, 0), unmarked(page, 1)
    context.set_offline(True)
    for cell, value in ((first, "late"), (second, "present"), (first, "absent"), (second, "")):
        choose(page, cell, value)
    status(page, "No connection")
    waits(page, 4)
    page.close()
    assert (portal.changes(first), portal.changes(second)) == ([], [])
    context.set_offline(False)
    page = context.new_page()
    page.goto("/trainers/")
    expect(page.locator("[data-waiting-marks]")).to_contain_text("have reached the portal: 4")
    by = portal.member("recorder.me")
    assert portal.changes(first) == [("late", "applied", by), ("absent", "applied", by)]
    assert portal.changes(second) == [("present", "applied", by), ("", "applied", by)]
    assert portal.mark(first) == "absent"


def test_control_without_a_store_a_closed_tab_loses_marks(context, portal):
    context.add_init_script(NO_STORE)
    page = open_sheet(context)
    cell = unmarked(page)
    context.route(MARK_URL, cut)
    choose(page, cell, "late")
    status(page, "No connection")
    expect(page.locator("[data-waiting-marks]")).to_contain_text("This browser refuses to keep marks")
    page.close()
    context.unroute(MARK_URL)
    page = context.new_page()
    go_to_sheet(page)
    expect(page.locator(f'[data-cell="{cell}"] label.clear input')).to_be_checked()
    assert portal.changes(cell) == []
    choose(page, cell, "late")  # and with a connection it is saved as before
    status(page, "All changes saved")
    assert portal.mark(cell) == "late"


def test_waiting_marks_stand_in_their_cells_after_the_tab_crashed(context, portal):
    page = open_sheet(context)
    cell = unmarked(page)
    context.route(MARK_URL, cut)
    choose(page, cell, "excused")
    waits(page, 1)
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash", timeout=2000)
    page.close()
    page = go_to_sheet(context.new_page())
    visible = page.locator(f'[data-cell="{cell}"]')
    expect(visible).to_have_class(re.compile("is-waiting"))
    expect(visible.locator("label.excused input")).to_be_checked()
    expect(visible.locator(".mark-state")).to_have_text("waits")
    context.unroute(MARK_URL)
    page.reload()
    arrives(page)
    assert portal.changes(cell) == [("excused", "applied", portal.member("recorder.me"))]


def test_marks_arrive_after_the_sign_in_ended_and_was_renewed(context, portal):
    page = open_sheet(context)
    cell = unmarked(page)
    context.clear_cookies()
    choose(page, cell, "late")
    status(page, "You are signed out")
    other = context.new_page()  # the first page stays open with a token that is worth nothing now
    other.route(MARK_URL, cut)
    sign_in(other, "recorder.me")
    other.close()
    choose(page, cell, "absent")
    arrives(page)
    by = portal.member("recorder.me")
    assert portal.changes(cell) == [("late", "applied", by), ("absent", "applied", by)]


def test_other_member_on_the_same_browser_sends_and_sees_nothing(context, portal):
    page = open_sheet(context)
    cell = unmarked(page)
    context.route(MARK_URL, cut)
    choose(page, cell, "late")
    waits(page, 1)
    context.clear_cookies()
    other = context.new_page()
    sign_in(other, "coordinator.me")  # may record this very training
    context.unroute(MARK_URL)
    go_to_sheet(other)
    expect(other.locator("[data-waiting-marks]")).to_have_text(
        "In this browser marks of another member wait until that member signs in here: 1."
    )
    expect(other.locator(f'[data-cell="{cell}"] label.clear input')).to_be_checked()
    choose(page, cell, "absent")  # in the old tab, which is still the recorder's
    status(page, "Somebody else signed in on this browser")
    assert portal.changes(cell) == []
    context.clear_cookies()
    page.close()
    sign_in(other, "recorder.me")
    expect(other.locator("[data-waiting-marks]")).to_contain_text("have reached the portal: 2")
    by = portal.member("recorder.me")
    assert portal.changes(cell) == [("late", "applied", by), ("absent", "applied", by)]


def test_conflict_is_shown_until_it_was_looked_at(context, portal, browser):
    page = open_sheet(context)
    cell = unmarked(page)
    # Offline, not cut: what a page sends while it is closed would pass a cut.
    context.set_offline(True)
    choose(page, cell, "late")
    choose(page, cell, "present")
    waits(page, 2)
    page.close()
    with browser_of(browser, portal.settings.url) as elsewhere:
        theirs = open_sheet(elsewhere, "coordinator.me")
        choose(theirs, cell, "absent")
        status(theirs, "All changes saved")
    context.set_offline(False)
    page = context.new_page()
    page.goto("/")
    expect(page.locator("[data-waiting-marks]")).to_contain_text(
        f"{OPEN}: marks of yours that somebody else changed first, and that stand as they left them: 1."
    )
    page.get_by_role("link", name="Open the sheet").click()
    visible = page.locator(f'[data-cell="{cell}"]')
    expect(visible.locator(".mark-state")).to_have_text("Changed by somebody else first. You chose: Present")
    expect(visible.locator("label.absent input")).to_be_checked()
    page.reload()
    page.get_by_role("button", name="Understood").click()
    expect(page.locator("[data-waiting-marks]")).to_be_hidden()
    expect(visible.locator(".mark-state")).to_have_text("")
    page.reload()
    page.wait_for_selector("[data-keep]:not([hidden])")
    assert [mark for mark in page.evaluate(MARKS) if mark["outcome"] != "saved"] == []
    assert portal.mark(cell) == "absent"
    assert [outcome for _value, outcome, _by in portal.changes(cell)] == ["applied", "conflict", "conflict"]


def test_mark_whose_answer_was_lost_is_written_once(context, portal):
    page = open_sheet(context)
    cell = unmarked(page)
    context.route(MARK_URL, lose_answer)
    choose(page, cell, "late")
    status(page, "No connection")
    assert portal.mark(cell) == "late"  # the server has it, the browser does not know
    choose(page, cell, "absent")
    waits(page, 2)
    page.close()
    context.unroute(MARK_URL)
    page = go_to_sheet(context.new_page())
    arrives(page)
    by = portal.member("recorder.me")
    assert portal.changes(cell) == [("late", "applied", by), ("absent", "applied", by)]


def test_two_tabs_send_in_order_and_once(context, portal):
    page = open_sheet(context)
    other = go_to_sheet(context.new_page())
    cell = unmarked(page)
    context.route(MARK_URL, cut)
    wanted = ["late", "present", "absent", "excused", ""]
    for n, value in enumerate(wanted):
        choose((page, other)[n % 2], cell, value)
        waits(page, n + 1)
    context.unroute(MARK_URL)
    for tab in (page, other):
        tab.evaluate("dispatchEvent(new Event('online'))")
    arrives(page)
    by = portal.member("recorder.me")
    assert portal.changes(cell) == [(value, "applied", by) for value in wanted]
    expect(other.locator(f'[data-cell="{cell}"] label.clear input')).to_be_checked()
    choose(other, cell, "late")
    status(other, "All changes saved")
    assert portal.changes(cell)[-1] == ("late", "applied", by)


def test_save_button_waits_for_marks_made_before(context, portal):
    page = open_sheet(context)
    cell = unmarked(page)
    context.route(MARK_URL, cut)
    choose(page, cell, "late")
    choose(page, cell, "absent")
    waits(page, 2)
    page.get_by_role("button", name=re.compile("the rest present")).first.click()
    page.get_by_role("button", name="Save", exact=True).click()
    status(page, "No connection")
    assert page.url.endswith(SHEET)
    assert portal.changes(cell) == []
    context.unroute(MARK_URL)
    arrives(page)
    assert [outcome for _value, outcome, _by in portal.changes(cell)] == ["applied", "applied"]


# Signing out


def sign_out(page: Page) -> None:
    page.click("summary[aria-label='Your account']")
    page.locator(".user-menu button", has_text="Sign out").click()


def test_signing_out_sends_what_waits(context, portal):
    page = open_sheet(context)
    cell = unmarked(page)
    context.route(MARK_URL, cut)
    choose(page, cell, "late")
    status(page, "No connection")
    context.unroute(MARK_URL)
    sign_out(page)
    page.wait_for_url(lambda url: url.endswith("/"))
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert portal.mark(cell) == "late"


def test_signing_out_warns_of_what_could_not_be_sent(context, portal):
    page = open_sheet(context)
    cell = unmarked(page)
    context.route(MARK_URL, cut)
    choose(page, cell, "late")
    waits(page, 1)
    sign_out(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Marks that have not reached the portal: 1.")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    page.goto("/account/logout/")
    page.click("main form.card button.primary")
    expect(dialog).to_contain_text("Marks that have not reached the portal: 1.")
    dialog.get_by_role("button", name="Sign out all the same").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert portal.changes(cell) == []
    context.unroute(MARK_URL)
    sign_in(page, "recorder.me")
    expect(page.locator("[data-waiting-marks]")).to_contain_text("have reached the portal: 1")
    assert portal.mark(cell) == "late"


# The sheet without a connection


def switch_on(page: Page) -> None:
    page.get_by_role("button", name="Switch on for this device").click()
    expect(page.get_by_role("button", name="Forget on this device")).to_be_visible()


def names_kept(page: Page, portal: Network) -> set[str]:
    stored = page.evaluate(READ_KEPT)
    return {name for name in portal.names() if name in stored}


def workers(page: Page) -> int:
    return int(page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length"))


def test_no_name_is_kept_unless_it_was_switched_on(context, portal):
    page = open_sheet(context)
    context.route(MARK_URL, cut)
    choose(page, unmarked(page), "late")
    waits(page, 1)
    assert (names_kept(page, portal), workers(page)) == (set(), 0)
    assert "Božović" not in page.evaluate(READ_KEPT)  # nor the member's own
    (mark,) = page.evaluate(MARKS)
    assert set(mark) == {"order", "member", "training", "enrolment", "session", "value", "base", "key", "made"}
    switch_on(page)
    assert names_kept(page, portal) == set(portal.names())  # the control: this scan finds names


def test_kept_sheet_opens_while_the_portal_is_stopped_and_its_marks_arrive(context, portal):
    page = open_sheet(context)
    cell, before = unmarked(page, 0), unmarked(page, 1)
    switch_on(page)
    choose(page, before, "present")  # made after the sheet was kept
    status(page, "All changes saved")
    portal.stop()
    try:
        page.reload()
        expect(page.locator("[data-kept-copy]")).to_contain_text("this is the copy of the sheet that was kept at")
        expect(page.locator(f'[data-cell="{before}"] label.present input')).to_be_checked()
        choose(page, cell, "late")
        choose(page, before, "absent")
        status(page, "No connection")
        waits(page, 2)
        page.close()
        page = context.new_page()
        page.goto("/trainers/")
        expect(page.locator("h1")).to_have_text("The portal cannot be reached")
        go_to_sheet(page)
        expect(page.locator(f'[data-cell="{cell}"]')).to_have_class(re.compile("is-waiting"))
    finally:
        portal.start()
    arrives(page)
    by = portal.member("recorder.me")
    assert portal.changes(cell) == [("late", "applied", by)]
    assert portal.changes(before) == [("present", "applied", by), ("absent", "applied", by)]
    page.reload()
    expect(page.locator("[data-kept-copy]")).to_be_hidden()


AGE = """async (hours) => {
  const cache = await caches.open("mreza-kept");
  const kept = await cache.match(location.pathname);
  const headers = new Headers(kept.headers);
  for (const name of ["X-Kept-At", "X-Kept-Until"]) headers.set(name, Number(headers.get(name)) - hours * 3600_000);
  await cache.put(location.pathname, new Response(await kept.text(), { headers }));
}"""


@pytest.mark.parametrize(("hours", "there"), [(23.9, True), (24.1, False), (-25, False)])
def test_kept_sheet_is_gone_after_a_day(context, portal, hours, there):
    page = open_sheet(context)
    switch_on(page)
    page.evaluate(AGE, hours)
    context.set_offline(True)
    page.goto(SHEET)
    expect(page.locator("h1")).to_have_text("Gender awareness for NCOs" if there else "The portal cannot be reached")
    context.set_offline(False)
    assert bool(names_kept(page, portal)) == there
    assert page.evaluate("caches.has('mreza-kept')") == there


def forget_by_hand(page: Page) -> None:
    page.get_by_role("button", name="Forget on this device").click()
    expect(page.get_by_role("button", name="Switch on for this device")).to_be_visible()


def sign_out_with_the_menu(page: Page) -> None:
    sign_out(page)
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def sign_out_past_our_script(page: Page) -> None:
    """The worker sees it, too, if the page's script did not."""
    page.evaluate("HTMLFormElement.prototype.submit.call(document.querySelector('[data-sign-out]'))")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def somebody_else_signs_in(page: Page) -> None:
    page.context.clear_cookies()
    sign_in(page, "coordinator.me")
    until(page, "async () => !(await caches.has('mreza-kept'))")


@pytest.mark.parametrize(
    "wipe", [forget_by_hand, sign_out_with_the_menu, sign_out_past_our_script, somebody_else_signs_in]
)
def test_kept_sheet_is_wiped(context, portal, wipe: Callable[[Page], None]):
    page = open_sheet(context)
    switch_on(page)
    assert (names_kept(page, portal) == set(portal.names()), workers(page)) == (True, 1)
    wipe(page)
    assert (names_kept(page, portal), workers(page)) == (set(), 0)
    assert page.evaluate("caches.keys()") == []


def test_sheet_is_not_kept_where_the_record_cannot_be_written(context, portal):
    page = open_sheet(context)
    context.route("**/attendance/keep/", lambda route: route.fulfill(status=503, body="{}"))
    page.get_by_role("button", name="Switch on for this device").click()
    expect(page.locator("[data-keep-problem]")).to_have_text("This browser could not keep the sheet. Nothing was kept.")
    assert (names_kept(page, portal), workers(page)) == (set(), 0)


# Whatever happens in whatever order


class Journey:
    """Somebody marks a sheet at random while the connection, tabs and answers come and go."""

    def __init__(self, context: BrowserContext, seed: int) -> None:
        self.context, self.mode = context, "on"
        self.random = random.Random(seed)
        self.page = open_sheet(context)
        self.cells = [unmarked(self.page, n) for n in range(3)]
        self.last: dict[str, str] = {}
        context.route(MARK_URL, self.answer)

    def answer(self, route: Route) -> None:
        {"on": lambda: route.continue_(), "off": lambda: cut(route), "lossy": lambda: lose_answer(route)}[self.mode]()

    def step(self) -> None:
        act = self.random.choices([self.edit, self.switch, self.reload, self.close], [12, 3, 1, 1])[0]
        act()

    def edit(self) -> None:
        cell = self.random.choice(self.cells)
        visible = self.page.locator(f'[data-cell="{cell}"] input:checked').get_attribute("value")
        value = self.random.choice([one for one in ("present", "late", "excused", "absent", "") if one != visible])
        choose(self.page, cell, value)
        self.last[cell] = value

    def switch(self) -> None:
        self.mode = self.random.choice(["on", "off", "lossy"])

    def flush(self) -> None:
        """A person cannot leave within the milliseconds in which a mark is written; a script can."""
        self.page.evaluate(f"({MARKS})().then(() => 0)")

    def reload(self) -> None:
        self.flush()
        self.page.reload()
        self.page.wait_for_selector("[data-keep]:not([hidden])")

    def close(self) -> None:
        self.flush()
        self.page.close()
        self.page = go_to_sheet(self.context.new_page())


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.drill) for seed in range(1, 12))])
def test_last_edit_of_each_cell_stands_whatever_happened(context, portal, seed):
    journey = Journey(context, seed)
    for _step in range(40):
        journey.step()
    journey.mode = "on"
    journey.reload()
    waits(journey.page, 0)
    assert {cell: portal.mark(cell) for cell in journey.last} == journey.last
    outcomes = {outcome for cell in journey.last for _value, outcome, _by in portal.changes(cell)}
    assert outcomes <= {"applied", "same"}


def test_control_a_random_journey_without_a_store_loses_marks(context, portal, browser):
    context.add_init_script(NO_STORE)
    journey = Journey(context, 1)
    journey.flush = lambda: None  # type: ignore[method-assign]  # there is nothing to wait for
    journey.mode = "off"
    for _edit in range(5):
        journey.edit()
    journey.close()
    journey.mode = "on"
    journey.reload()
    assert {cell: portal.mark(cell) for cell in journey.last} != journey.last
