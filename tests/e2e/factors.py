"""Second factors for a test: the codes of an authenticator app, a browser with a key of its own, and the guided set-up."""

import time
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Page

LONG_ENOUGH = 40_000
SECONDS_TO_TYPE = 5


def code_of(secret: str, *, after: str = "") -> str:
    """The six digits the app shows now; waits for other ones than `after`, as each works once, and where they are about to change."""
    last_moment = time.monotonic() + LONG_ENOUGH / 1000
    while True:
        code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
        if code != after and 30 - time.time() % 30 > SECONDS_TO_TYPE:
            return code
        assert time.monotonic() < last_moment
        time.sleep(0.5)


def virtual_key(page: Page) -> Any:
    """Give the page's browser a key of its own, as a phone or laptop has it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def arrive_home(page: Page) -> None:
    page.wait_for_url(lambda url: urlsplit(url).path == "/")


def make_passkey(page: Page) -> None:
    """From the choice of a second factor to the home page, with a passkey."""
    for words in ("Make a passkey", "Make the passkey", "I have kept them; go on"):
        page.click(f"text={words}")
    arrive_home(page)


def set_up_app(page: Page) -> None:
    """From the choice of a second factor to the home page, with an authenticator app."""
    page.click("text=Set up an app")
    page.click("text=It cannot be scanned?")
    page.fill("input[name=code]", code_of(page.inner_text("code.secret")))
    page.click("main button.primary")
    page.click("text=I have kept them; go on")
    arrive_home(page)
