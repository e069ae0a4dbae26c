"""The members' desk as a coordinator works at it: inviting, letting in, and seeing somebody off who leaves work behind."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import services
from tests.e2e.browsing import DESKTOP, PHONE_PLAIN, View, both_views, overflow, seen_by, sign_in
from tests.e2e.factors import make_passkey, set_up_app, virtual_key

# Each view has a ministry of its own: what one test writes does not stand in another's way.
HOMES = {DESKTOP: "ba", PHONE_PLAIN: "rs"}
MINISTRIES = {"ba": "Ministry of Defence of Bosnia and Herzegovina", "rs": "Ministry of Defence of Serbia"}
PASSWORD = "jedna lozinka za Ђорђа"
ONE_MEMBER = re.compile(r"/members/\d+/$")


@pytest.fixture(scope="session")
def portal(made_once: Path) -> Iterator[services.PortalServer]:
    """A demo portal that asks for the second factor, as it does where people work."""
    with services.portal_server({"SECOND_FACTOR": "1"}, made=made_once) as server:
        yield server


@pytest.fixture(scope="session")
def server(portal: services.PortalServer) -> str:
    return portal.url


def set_up_factor(page: Page, view: View) -> None:
    """Go through the guided set-up: a passkey of the browser's own key, or without JavaScript an app."""
    assert "/account/second-factor/" in page.url
    if view.javascript:
        make_passkey(page)
    else:
        set_up_app(page)


def enter(page: Page, email: str, view: View, portal: services.PortalServer) -> None:
    """Sign in as somebody of the demo whose second factor no other test has made."""
    forget = (
        "from allauth.mfa.models import Authenticator; "
        f"Authenticator.objects.filter(user__email='{email}@demo.example').delete()"
    )
    portal.manage("shell", "-c", forget)
    if view.javascript:
        virtual_key(page)
    sign_in(page, email)
    set_up_factor(page, view)


def mails_to(portal: services.PortalServer, address: str) -> list[str]:
    """Let the queue and the outbox be worked off; return the texts mailed to that address, oldest first."""
    work_off = (
        "from django.core.management import call_command; "
        "call_command('db_worker', batch=True, reload=False); call_command('outbox', send=True)"
    )
    portal.manage("shell", "-c", work_off)
    texts = []
    for file in sorted((portal.folder / "mail").glob("*.log")):
        for raw in re.split(rb"^-{70,}\n", file.read_bytes(), flags=re.MULTILINE):
            mail = message_from_bytes(raw, policy=policy.default)
            if raw.strip() and address in str(mail["To"]):
                texts.append(mail.get_content())
    return texts


def open_account(page: Page, portal: services.PortalServer, address: str, view: View) -> None:
    """Follow the newest mailed link in a browser of its own, choose a password and arrive home."""
    link = re.search(r"http://localhost:\d+(/members/welcome/\S+)", mails_to(portal, address)[-1])
    assert link, address
    page.context.clear_cookies()
    page.goto(link[1])
    assert overflow(page) == 0
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=again]", PASSWORD)
    page.get_by_role("button", name="Open my account").click()
    set_up_factor(page, view)
    page.goto(link[1].replace("/welcome/", "/welcome/x"))
    expect(page.get_by_role("heading", name="This invitation is no longer valid")).to_be_visible()


@pytest.mark.main_job
@both_views
def test_invited_person_follows_the_link_and_arrives_home(
    page: Page, view: View, portal: services.PortalServer
) -> None:
    home, address = HOMES[view], f"djordje.{HOMES[view]}@mod.example"
    enter(page, f"coordinator.{home}", view, portal)
    page.goto("/members/")
    page.get_by_role("link", name="Invite a member").click()
    page.fill("input[name=email]", address)
    page.fill("input[name=given_name]", "Ђорђе")
    page.fill("input[name=family_name]", "Стојановић")
    page.check("input[value=recorder]")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_have_text(f"The invitation to {address} is on its way.")
    expect(page.locator("details.invited li")).to_contain_text(["Ђорђе Стојановић"])
    open_account(page, portal, address, view)
    page.goto("/")
    expect(page.locator("h1")).to_contain_text("Ђорђе")
    expect(page.locator("nav.main-nav a")).to_have_text(["Home", "Trainers", "Trainings", "Knowledge", "Reports"])


@both_views
def test_request_made_on_the_public_page_is_let_in(page: Page, view: View, portal: services.PortalServer) -> None:
    home, address = HOMES[view], f"jovana.{HOMES[view]}@mod.example"
    page.goto("/")
    page.get_by_role("link", name="Ask to join").first.click()
    page.fill("input[name=given_name]", "Jovana")
    page.fill("input[name=family_name]", "Radulović")
    page.fill("input[name=email]", address)
    page.select_option("select[name=organisation]", label=MINISTRIES[home])
    page.fill("textarea[name=words]", "Gender focal point of the navy.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    enter(page, f"coordinator.{home}", view, portal)
    page.goto("/")
    page.get_by_role("link", name="Decide").click()
    page.get_by_role("link", name="Let in Jovana Radulović").click()
    expect(page.locator("blockquote")).to_have_text("Gender focal point of the navy.")
    page.check("input[value=trainer]")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_have_text(f"The invitation to {address} is on its way.")
    expect(page.get_by_role("heading", name="Asking to join")).to_have_count(0)
    assert len(mails_to(portal, address)) == 1


@both_views
def test_recorder_leaves_and_the_open_work_is_handed_over(
    page: Page, view: View, portal: services.PortalServer
) -> None:
    home = HOMES[view]
    enter(page, f"coordinator.{home}", view, portal)
    page.goto(f"/members/?q=recorder.{home}")
    page.locator("table a.title").click()
    page.wait_for_url(ONE_MEMBER)
    open_before = page.locator("section:has(h2:text('Not finished')) li").count()
    assert open_before > 0
    page.get_by_role("link", name="Deactivate").click()
    me = page.locator(".user-menu strong").text_content() or ""
    heir = [name for name in page.locator("select[name=to] option").all_inner_texts()[1:] if name != me][-1]
    page.select_option("select[name=to]", label=heir)
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_role("status")).to_contain_text("is deactivated and signed out everywhere.")
    page.goto("/members/?state=active")
    page.get_by_role("link", name=heir).click()
    page.wait_for_url(ONE_MEMBER)
    assert page.locator("section:has(h2:text('Not finished')) li").count() >= open_before
    page.goto("/members/?state=off")
    page.locator("table a.title").click()
    expect(page.locator("section:has(h2:text('Not finished'))")).to_contain_text("Nothing is open.")
    page.get_by_role("button", name="Reactivate").click()
    expect(page.get_by_role("status")).to_contain_text("can sign in again.")


@seen_by(DESKTOP)
def test_declining_asks_first(page: Page, view: View, portal: services.PortalServer) -> None:
    home = HOMES[view]
    page.goto("/members/join/")
    for name, value in (("given_name", "Neko"), ("family_name", "Nepoznat"), ("email", f"neko.{home}@mod.example")):
        page.fill(f"input[name={name}]", value)
    page.select_option("select[name=organisation]", label=MINISTRIES[home])
    page.get_by_role("button", name="Send").click()
    enter(page, f"coordinator.{home}", view, portal)
    page.goto("/members/")
    expect(page.get_by_role("button", name="Decline the request")).to_have_count(0)
    page.locator("li", has_text="Nepoznat").locator("summary").click()
    page.get_by_role("button", name="Decline the request").click()
    expect(page.get_by_role("status")).to_have_text("The request of Neko Nepoznat is declined.")


@seen_by(DESKTOP)
def test_second_click_sends_nothing(page: Page, view: View, portal: services.PortalServer) -> None:
    address = f"dvaput.{HOMES[view]}@mod.example"
    enter(page, f"coordinator.{HOMES[view]}", view, portal)
    page.goto("/members/invite/")
    for name, value in (("email", address), ("given_name", "Dva"), ("family_name", "Puta")):
        page.fill(f"input[name={name}]", value)
    page.check("input[value=trainer]")
    page.get_by_role("button", name="Send the invitation").dblclick()
    expect(page.get_by_role("status")).to_have_text(f"The invitation to {address} is on its way.")
    assert len(mails_to(portal, address)) == 1
