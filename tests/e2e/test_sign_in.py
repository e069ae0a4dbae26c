"""Setting up a second factor and signing in with it, in the browser: an authenticator app, and a passkey of a virtual key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests import services
from tests.e2e.browsing import DESKTOP, DESKTOP_PLAIN, PHONE, View, seen_by, sign_in, wrong_on_screens
from tests.e2e.factors import arrive_home, code_of, make_passkey, virtual_key


@pytest.fixture(scope="session")
def portal(made_once: Path) -> Iterator[services.PortalServer]:
    """A demo portal that asks for the second factor, as it does where people work."""
    with services.portal_server({"SECOND_FACTOR": "1"}, made=made_once) as server:
        yield server


@pytest.fixture(scope="session")
def server(portal: services.PortalServer) -> str:
    return portal.url


def sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    page.click("main button.primary")
    arrive_home(page)


@seen_by(DESKTOP, PHONE)
def test_passkey_is_made_and_signs_in_alone(page: Page, view: View) -> None:
    virtual_key(page)
    sign_in(page, "coordinator.ba" if view is DESKTOP else "coordinator.mk")
    assert "/account/second-factor/" in page.url
    make_passkey(page)
    assert page.locator("nav.main-nav >> text=Members").count() == 1
    sign_out(page)
    page.goto("/account/login/")
    page.click("text=Sign in with a passkey")
    arrive_home(page)
    page.goto("/members/")
    assert page.locator("h1").inner_text() == "Members"
    page.goto("/account/2fa/")
    page.click("text=Remove")
    page.wait_for_selector("text=This is your last second factor")


@seen_by(DESKTOP, DESKTOP_PLAIN)
def test_authenticator_app_is_set_up_and_asked_for(page: Page, view: View) -> None:
    who = "recorder.ba" if view is DESKTOP else "recorder.mk"
    sign_in(page, who)
    page.click("text=Set up an app")
    page.click("text=It cannot be scanned?")
    secret = page.inner_text("code.secret")
    first = code_of(secret)
    page.fill("input[name=code]", first)
    page.click("main button.primary")
    page.wait_for_url("**/recovery-codes/")
    recovery = page.locator(".recovery-codes code").first.inner_text().replace(" ", "")
    page.click("text=I have kept them; go on")
    sign_out(page)
    sign_in(page, who)
    page.wait_for_url("**/2fa/authenticate/")
    page.fill("input[name=code]", first)
    page.click("form:has(input[name=code]) button.primary")
    page.wait_for_selector(".form-errors >> text=Incorrect code")
    page.fill("input[name=code]", recovery)
    page.click("form:has(input[name=code]) button.primary")
    arrive_home(page)
    page.goto("/trainings/")
    assert page.locator("h1").inner_text() == "Trainings"
    if view is DESKTOP_PLAIN:  # the next code takes up to half a minute to come: once is enough
        return
    sign_out(page)
    sign_in(page, who)
    page.fill("input[name=code]", code_of(secret, after=first))
    page.click("form:has(input[name=code]) button.primary")
    arrive_home(page)


def test_pages_of_the_sign_in_are_accessible_and_fit(page: Page) -> None:
    wrong = []

    def look(address: str) -> None:
        page.goto(address)
        wrong.extend(wrong_on_screens(page))

    virtual_key(page)
    sign_in(page, "trainer.ba")
    for address in ("/account/second-factor/", "/account/2fa/totp/activate/", "/account/2fa/webauthn/add/"):
        look(address)
    page.click("text=Make the passkey")
    page.wait_for_url("**/recovery-codes/")
    pages = ("2fa/recovery-codes/", "2fa/recovery-codes/generate/", "2fa/", "sessions/", "reauthenticate/",
             "2fa/webauthn/reauthenticate/", "password/change/", "2fa/reauthenticate/")  # fmt: skip
    for address in pages:
        look(f"/account/{address}")
    page.goto("/account/2fa/")
    page.click("text=Rename")
    look(page.url)
    assert wrong == []


def test_browser_without_a_passkey_says_so(page: Page) -> None:
    virtual_key(page)
    page.goto("/account/login/")
    page.click("text=Sign in with a passkey")
    page.wait_for_selector("[data-passkey-error]:not([hidden])")
    assert page.url.endswith("/account/login/")
