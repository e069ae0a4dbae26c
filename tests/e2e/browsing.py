"""How a test looks at the portal: by desktop or phone, with JavaScript or without, signed in as somebody."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page

LETTERS_A_RULE = 200


@dataclass(frozen=True)
class View:
    """A screen and whether scripts run on it."""

    name: str
    width: int
    height: int
    javascript: bool = True
    dark: bool = False

    def __str__(self) -> str:
        return self.name


DESKTOP = View("desktop", 1280, 900)
PHONE = View("phone", 360, 740)
DESKTOP_PLAIN = View("desktop-without-javascript", 1280, 900, javascript=False)
PHONE_PLAIN = View("phone-without-javascript", 360, 740, javascript=False)
DESKTOP_DARK = View("desktop-dark", 1280, 900, dark=True)
PHONE_DARK = View("phone-dark", 360, 740, dark=True)


def seen_by(*views: View) -> pytest.MarkDecorator:
    """Run a test once for each of these views: `@seen_by(DESKTOP, PHONE_PLAIN)`."""
    return pytest.mark.parametrize("view", views, ids=str, indirect=True)


every_view = seen_by(DESKTOP, PHONE, DESKTOP_PLAIN, PHONE_PLAIN)


def sign_in(page: Page, email: str, password: str = settings.DEMO_PASSWORD) -> None:
    """Sign in as a person does; an address without a domain is one of the demo's, such as `recorder.me`."""
    page.goto("/account/login/")
    page.fill("input[name=login]", email if "@" in email else f"{email}@demo.example")
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/account/login/" not in url)


def axe_findings(page: Page) -> list[str]:
    """What axe finds wrong on the page as it stands, a line for each rule broken; empty is good.

    Needs a view with JavaScript: without it axe would wait for ever.
    """
    assert not page.evaluate("matchMedia('(scripting: none)').matches"), "axe needs a view with JavaScript"
    found: dict[str, Any] = Axe().run(page).response
    lines = []
    for rule in found["violations"]:
        places = "; ".join(json.dumps(node["target"]) for node in rule["nodes"])
        lines.append(f"{rule['id']}: {rule['help']}: {places[:LETTERS_A_RULE]}")
    return lines


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its screen; 0 is good."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
