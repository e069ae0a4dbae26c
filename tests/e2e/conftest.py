"""A real portal and a real browser for the tests in this folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright

from tests import services
from tests.e2e.browsing import DESKTOP, View

# Playwright keeps an event loop in this thread, where Django would otherwise refuse its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM_OPTIONS = [
    "--no-sandbox",  # root in a container has no other way
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
MILLISECONDS_TO_WAIT = 10_000


# How `make test` sees a main job; `make test-all` sees it on every screen that the test names.
SEEN_IN_SHORT = DESKTOP


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            view = item.callspec.params.get("view", DESKTOP) if hasattr(item, "callspec") else DESKTOP
            if view != SEEN_IN_SHORT:
                item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def portal(made_once: Path) -> Iterator[services.PortalServer]:
    """A portal with the demo network, loaded once; tests that write leave their traces to the next."""
    with services.portal_server(made=made_once) as server:
        yield server


@pytest.fixture(scope="session")
def server(portal: services.PortalServer) -> str:
    """The portal's address."""
    return portal.url


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = services.chromium_path()
    if path is None:
        pytest.skip(services.HOW_TO_GET_CHROMIUM)
    started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
    yield started
    started.close()


@pytest.fixture
def view(request: pytest.FixtureRequest) -> View:
    """Desktop with JavaScript unless the test says `@seen_by(…)`."""
    return getattr(request, "param", DESKTOP)


@pytest.fixture
def page(server: str, browser: Browser, view: View) -> Iterator[Page]:
    """A fresh, signed-out page. The test fails if a script on it fails or the security policy had to stop something."""
    context = browser.new_context(
        base_url=server,
        viewport={"width": view.width, "height": view.height},
        java_script_enabled=view.javascript,
        color_scheme="dark" if view.dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Belgrade",
    )
    context.set_default_timeout(MILLISECONDS_TO_WAIT)
    opened = context.new_page()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    opened.on("console", listen)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []
