"""Documents: what can be printed, in both scripts, and what the standards ask."""

import re
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst

from common.pdf import _HELD, MISSING, STANDARDS, make_pdf, printable, qr_svg

AT = datetime(2026, 11, 12, 9, tzinfo=UTC)
PLAIN = '#set document(title: "Test")\n#json(bytes(sys.inputs.data)).words'


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "plain.typ"
    path.write_text(PLAIN)
    return path


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Ђорђевић Đorđević Ѓорѓи Ќосев Xhemaili Ç ë", "Ђорђевић Đorđević Ѓорѓи Ќосев Xhemaili Ç ë"),
        ("c\u030c z\u030c", "č ž"),
        ("a\x00b\u202ec\u200bd", "abcd"),
        ("a\n\tb  c", "a b c"),
        ("漢😀x", f"{MISSING}{MISSING}x"),
        ("", ""),
    ],
)
def test_words_are_shown_as_far_as_the_fonts_go(typed, expected):
    assert printable(typed) == expected


def test_very_long_word_may_break():
    assert printable("A" * 30).replace("\u00ad", "|") == "A" * 14 + "|" + "A" * 14 + "|AA"
    assert printable("Konstantinović-Radosav") == "Konstantinović-Radosav"


def test_every_sign_that_counts_as_held_is_held(template):
    words = printable(" ".join(chr(n) for held in _HELD for n in held))
    assert make_pdf(template, {"words": words}, at=AT)[:5] == b"%PDF-"


def test_control_a_sign_that_no_font_has_is_refused(template):
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typst.compile(
            template,
            format="pdf",
            sys_inputs={"data": '{"words": "漢"}'},
            pdf_standards=STANDARDS,
            ignore_system_fonts=True,
        )


@pytest.mark.parametrize("words", ["#sys.version", "$x$", '"; #panic()', "@x", "*a* _b_ `c`", "\\u{41}", "// x", "<x>"])
def test_what_was_typed_is_words_and_never_code(template, words):
    made = make_pdf(template, {"words": words}, at=AT)
    assert made == make_pdf(template, {"words": words}, at=AT)
    marked = [marker in made for marker in (b"pdfuaid:part", b"pdfaid:part", b"/StructTreeRoot", b"/MarkInfo")]
    assert (made[:5], marked) == (b"%PDF-", [True] * 4)


def test_document_says_nothing_of_this_machine(template):
    made = make_pdf(template, {"words": "x"}, at=AT)
    unpacked = b"".join(zlib.decompress(part) for part in re.findall(rb"stream\n(x.*?)\nendstream", made, re.DOTALL))
    assert str(template.parent).encode() not in made + unpacked


def test_qr_code_is_a_picture_without_script():
    picture = qr_svg("https://portal.example/trainings/sheets/ABCDEFGHJK/")
    assert (picture[:4], "<script" in picture, "portal" in picture) == ("<svg", False, False)


def test_document_is_dated_as_it_is_told_and_always_the_same(template):
    made = [make_pdf(template, {"words": "x"}, at=at) for at in (AT, AT, AT.replace(hour=10))]
    assert (b"D:20261112090000" in made[0], made[0] == made[1], made[0] == made[2]) == (True, True, False)
