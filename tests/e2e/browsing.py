"""How a test looks at the portal: by desktop or phone, with JavaScript or without, signed in as somebody."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
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


# The main jobs: on a desktop with scripts, on a phone without.
both_views = seen_by(DESKTOP, PHONE_PLAIN)


def sign_in(page: Page, email: str, password: str = settings.DEMO_PASSWORD) -> None:
    """Sign in as a person does; an address without a domain is one of the demo's, such as `recorder.me`."""
    page.goto("/account/login/")
    page.fill("input[name=login]", email if "@" in email else f"{email}@demo.example")
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/account/login/" not in url)


def axe_findings(page: Page, *rules: str) -> list[str]:
    """What axe finds wrong on the page as it stands, a line for each rule broken, of all or of these; empty is good.

    Needs a view with JavaScript: without it axe would wait for ever.
    """
    assert not page.evaluate("matchMedia('(scripting: none)').matches"), "axe needs a view with JavaScript"
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    findings_of_axe: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    lines = []
    for rule in findings_of_axe["violations"]:
        places = "; ".join(json.dumps(node["target"]) for node in rule["nodes"])
        lines.append(f"{rule['id']}: {rule['help']}: {places[:LETTERS_A_RULE]}")
    return lines


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its screen; 0 is good."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


# In which order a page is looked at, and by which of axe's rules; none named: by all. Colours hardly know how wide they stand,
# and names and roles do not.
LOOKS = ((DESKTOP, ()), (DESKTOP_DARK, ("color-contrast",)), (PHONE, ("target-size", "scrollable-region-focusable")))


def wrong_on_screens(page: Page) -> list[str]:
    """What axe finds wrong on the page as it stands, on a wide screen by day and in the dark and on a phone; where it is
    wider than the screen. Loads nothing anew and leaves the page wide and light.
    """
    wrong = []
    for view, rules in LOOKS:
        show_on(page, view)
        wrong += [f"{page.url} on {view}: {finding}" for finding in axe_findings(page, *rules)]
        if wide := overflow(page):
            wrong.append(f"{page.url} on {view}: {wide} pixels too wide")
    show_on(page, DESKTOP)
    return wrong


def show_on(page: Page, view: View) -> None:
    """Give the page another width and colours."""
    page.set_viewport_size({"width": view.width, "height": view.height})
    page.emulate_media(color_scheme="dark" if view.dark else "light", reduced_motion="reduce")
