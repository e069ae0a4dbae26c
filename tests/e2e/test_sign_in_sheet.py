"""A sheet is printed, signed on paper and typed in by its code: with scripts on a desktop, without them on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import View, axe_findings, both_views, overflow, sign_in
from tests.e2e.test_main_job import PEOPLE, paste_roster, record_training
from trainings.sign_in_sheets.typed_exceptions import read_exceptions

SCAN = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def print_sheet(page: Page, training: str) -> str:
    """Make the sheet of the first session and return its code; the PDF is one."""
    page.goto(f"{training}attendance/")
    page.get_by_role("link", name="Print the sign-in sheet").click()
    page.check("input[value=cyrillic]")
    page.check("input[value=both]")
    page.get_by_role("button", name="Make the sheet").click()
    expect(page.get_by_text("Edition 1 is ready.")).to_be_visible()
    link = page.get_by_role("link", name="Open the PDF").first.get_attribute("href")
    paper = page.request.get(f"{re.match(r'https?://[^/]+', page.url)[0]}{link}")
    assert (paper.headers["content-type"], paper.body()[:5]) == ("application/pdf", b"%PDF-")
    assert overflow(page) == 0
    return page.locator("li .code").first.inner_text()


def _walk_in(page: Page, number: int, family: str, sex: str) -> None:
    page.fill(f"input[name=w{number}-family_name]", family)
    page.fill(f"input[name=w{number}-given_name]", "Milena")
    page.select_option(f"select[name=w{number}-sex]", sex)
    page.fill(f"input[name=w{number}-rank_words]", "vodnik")


@pytest.mark.main_job
@both_views
def test_printed_sheet_is_typed_in_by_its_code(page: Page, view: View) -> None:
    sign_in(page, "recorder.me")
    training = record_training(page)
    paste_roster(page, view.name)
    code = print_sheet(page, training)
    page.goto("/trainings/sheets/")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Open the sheet").click()
    tag = view.name[0]  # the names are new in each view
    page.get_by_label("Who did not sign").fill("3a 7l 12e")
    _walk_in(page, PEOPLE + 1, f"Bojić {tag}", "female")
    _walk_in(page, PEOPLE + 2, f"Čolić {tag}", "male")
    says = "37 present, 1 absent, 1 late, 1 excused, 2 walk-ins"
    look, save = (page.get_by_role("button", name=name) for name in ("Show what will be saved", "Save the sheet"))
    assert (look.is_visible(), save.is_visible()) == (not view.javascript, view.javascript)
    if view.javascript:
        expect(page.locator("[data-typed-count]")).to_have_text(says)
    else:
        look.click()
        expect(page.locator("[data-typed-count]")).to_have_text(says)
    save.click()
    expect(page.get_by_text(f"Recorded: {says}.")).to_be_visible()
    assert overflow(page) == 0
    page.set_input_files("input[type=file]", {"name": "potpisi.pdf", "mimeType": "application/pdf", "buffer": SCAN})
    page.get_by_role("button", name="Attach the scan").click()
    expect(page.get_by_text("1 scan is attached.")).to_be_visible()
    page.goto(training)
    expect(page.get_by_role("link", name=re.compile("1 signed sheet stands behind these figures"))).to_be_visible()
    expect(page.locator(".tile dd").first).to_have_text(str(PEOPLE))


def test_wrong_lines_are_named_while_they_are_typed(page: Page) -> None:
    sign_in(page, "recorder.me")
    training = record_training(page)
    paste_roster(page, "wrong-lines")
    code = print_sheet(page, training)
    page.goto(f"/trainings/sheets/{code.replace('-', '')}/")
    field = page.get_by_label("Who did not sign")
    wrong = page.locator("[data-typed-wrong] li")
    field.fill("3а 4-5к 60a 42a 7x 8 zz 9a 9l")
    expect(wrong).to_have_text(
        [
            "Line 60 is not on this sheet.",
            "Line 42 is blank. Say below who signed there.",
            "Say of line 7 whether it is a, l or e.",
            "Say of line 8 whether it is a, l or e.",
            "Line 9 stands there twice with different letters.",
        ]
    )
    assert axe_findings(page) == []
    page.get_by_role("button", name="Save the sheet").click()
    expect(page.get_by_role("heading", name="Nothing was saved yet.")).to_be_visible()
    expect(page.locator(".form-errors").get_by_text("Line 60 is not on this sheet.")).to_be_visible()
    assert axe_findings(page) == []
    field.fill("3а 4-5к")
    expect(wrong).to_have_count(0)
    expect(page.locator("[data-typed-count]")).to_have_text("37 present, 1 absent, 2 late")
    page.get_by_role("button", name="Save the sheet").click()
    expect(page.get_by_text("Recorded: 37 present, 1 absent, 2 late.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("40 marks are taken back.")).to_be_visible()


# As people type and as nobody should; what the page's script makes of each must be what the server makes of it.
TYPED = (
    "", "3a 7l 12e", "3а,7л;12е", "3 a\n7 l\n\n12 e.", "3-5a", "3 – 5 l", "3O 4о 6л 7к", "3 odsutna, 4 касни, 5 opravdano",
    "6 оправдано 7 кашњење 8 kašnjenje", "3 otsuten 4 доцни 5 mungon 6 vonesë", "3a 3a", "3a 3p", "47a 60a", "39-47a", "0a",
    "1-999999999a", "5-3a", "3", "3,5a", "3x", "a3", "3a 3l", "-3a", "3a\u00a07l", "3 neopravdano", "٣a", "3a—7l", "3a.7l", "12.3a",
)  # fmt: skip


def test_page_and_server_read_the_same(page: Page) -> None:
    sign_in(page, "recorder.me")
    training = record_training(page)
    paste_roster(page, "same-reading")
    page.goto(f"/trainings/sheets/{print_sheet(page, training).replace('-', '')}/")
    visible, meant = {}, {}
    for typed in TYPED:
        page.get_by_label("Who did not sign").fill(typed)
        visible[typed] = (
            page.locator("[data-typed-count]").inner_text(),
            page.locator("[data-typed-wrong] li").count() > 0,
        )
        read = read_exceptions(typed, range(1, 49))
        marks = [read.marks.get(n, "present") for n in range(1, 41)]
        words = [f"{marks.count(m)} {m}" for m in ("present", "absent", "late", "excused") if marks.count(m)]
        blank = any(n > PEOPLE for n in read.marks)
        meant[typed] = (", ".join(words), bool(read.wrong) or blank)
    assert visible == meant
