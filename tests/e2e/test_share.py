"""A material in two scripts is shared by one trainer, found by another by a word inside its PDF, and follows its versions."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst
from playwright.sync_api import Page, expect

from tests.e2e.browsing import DESKTOP, PHONE_PLAIN, View, axe_findings, overflow, seen_by, sign_in
from tests.services import PortalServer

# Written in Cyrillic inside the PDF, looked for in Latin without marks.
INSIDE, TYPED = "Жирафа усмерава ревизију приручника", "zirafa usmerava"


@pytest.fixture
def handouts() -> Iterator[dict[str, Path]]:
    """A PDF in each script and a second version of the first."""
    texts = {"kartice-bs.pdf": "Kartice za vježbu", "картице-ср.pdf": INSIDE, "kartice-2.pdf": "Kartice, druga verzija"}
    with tempfile.TemporaryDirectory() as folder:
        made = {}
        for name, text in texts.items():
            source = Path(folder) / "x.typ"
            source.write_text(f'#set document(title: "x")\n{text}')
            made[name] = Path(folder) / name
            content = typst.compile(source, format="pdf", ignore_system_fonts=True)
            assert isinstance(content, bytes)
            made[name].write_bytes(content)
        yield made


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def look(page: Page, view: View) -> None:
    """A page fits its screen, and axe finds nothing where scripts run."""
    assert overflow(page) == 0
    if view.javascript:
        assert axe_findings(page) == []


@pytest.mark.slow
@seen_by(DESKTOP)
def test_material_is_shared_found_discussed_and_replaced(
    page: Page, portal: PortalServer, view: View, handouts: dict[str, Path]
) -> None:
    share_and_follow(page, portal, view, handouts)


@seen_by(PHONE_PLAIN)
def test_the_same_on_a_phone_without_scripts(
    page: Page, portal: PortalServer, view: View, handouts: dict[str, Path]
) -> None:
    share_and_follow(page, portal, view, handouts)


def share_and_follow(page: Page, portal: PortalServer, view: View, handouts: dict[str, Path]) -> None:
    """Share as one trainer, find and discuss as another, replace as the first, be told as the other."""
    title = f"Kartice {view}"
    sign_in(page, "trainer.rs")
    page.goto("/knowledge/new/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text").fill("Dvanaest kartica.\n\n- Deset minuta, ne više.")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/files/add/")
    look(page, view)
    page.get_by_label("Files").set_input_files([handouts["kartice-bs.pdf"], handouts["картице-ср.pdf"]])
    if view.javascript:
        assert page.locator("select[data-language]").evaluate_all("all => all.map(one => one.value)") == ["bs", "sr"]
    page.get_by_label("They are one material in several languages").check()
    page.get_by_role("button", name="Add them").click()
    page.wait_for_url("**#files")
    address = page.url.partition("#")[0]
    expect(page.locator(".material")).to_have_count(2)
    look(page, view)

    # Another trainer finds it by what stands inside the PDF, in the other script, and names it for a training to come.
    sign_out(page)
    sign_in(page, "trainer.me")
    portal.manage("db_worker", "--batch", "--no-reload")  # reads the files, as the worker does at once
    portal.manage("rebuild_index")  # and has them found
    page.goto(f"/search/?q={TYPED}")
    element = page.locator("article").filter(has_text=f"“{title}”")
    expect(element.get_by_role("link", name="картице-ср")).to_be_visible()
    expect(element.get_by_text("page 1")).to_be_visible()
    look(page, view)
    training = portal.manage("shell", "-v", "0", "-c", PLANNED).strip()
    page.goto(f"/trainings/{training}/materials/?q={title}")
    page.get_by_role("button", name="Use it kartice-bs").click()
    page.goto(address)
    page.get_by_label("Add to the discussion").fill("Probali smo u Danilovgradu. Razgovor je trajao duže.")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Probali smo u Danilovgradu.")).to_be_visible()
    look(page, view)

    # The first one sees the comment and puts a new version in.
    sign_out(page)
    sign_in(page, "trainer.rs")
    page.goto(address)
    expect(page.get_by_text("Probali smo u Danilovgradu.")).to_be_visible()
    page.locator(".material").get_by_role("link", name="kartice-bs", exact=True).click()
    page.get_by_role("link", name="New version").click()
    page.get_by_label("File").set_input_files(handouts["kartice-2.pdf"])
    page.get_by_label("What is new").fill("Kraća uputa")
    page.get_by_role("button", name="Add the version").click()
    expect(page.get_by_text("Version 2 is the newest now.")).to_be_visible()
    look(page, view)

    # And the other is told.
    sign_out(page)
    sign_in(page, "trainer.me")
    page.goto(f"/trainings/{training}/materials/")
    expect(page.get_by_text("version 2 is out")).to_be_visible()
    page.goto("/notifications/")
    expect(page.get_by_text(title).first).to_be_visible()
    look(page, view)


# A training to come that the demo's trainer of Montenegro leads.
PLANNED = """
from datetime import time, timedelta
from django.utils import timezone
from members.models import Member
from trainings.actions import SessionPlan, create_training
from trainings.models import Assignment, Course, Training
by = Member.objects.get(email="trainer.me@demo.example")
day = timezone.localdate() + timedelta(days=30)
training = Training(course=Course.objects.get(code="GA-1"), title="Kartice u praksi", host=by.organisation, country_id="ME",
                    place="Danilovgrad", language_id="cnr", starts_on=day, ends_on=day)
plan = [SessionPlan(day, time(9), time(15))]
create_training(training=training, sessions=plan, trainers=[(by.profile, Assignment.Part.LEAD)], by=by)
print(training.reference)
"""
