"""Standard reports as PDF and as workbook."""

from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.pdf import make_pdf
from common.sheets import XLSX_OPTIONS
from reports.standard.content import Pack, Table, shown_columns

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "reports" / "standard" / "pack.typ"


def pack_pdf(pack: Pack) -> bytes:
    """Render the report as a tagged PDF in A4 landscape. Raises what `common.pdf.make_pdf` raises."""
    at = timezone.now()
    data = {
        "title": pack.title, "network": settings.SITE_NAME, "lang": (get_language() or "en").partition("-")[0], "facts": pack.facts,
        "released": pack.released, "tables": [_written(table) for table in pack.tables],
        "words": {
            "definitions": _("Definitions"), "completeness": _("How complete it is"), "page": _("page"),
            "hidden": _("hidden"),
        },
        "definitions": pack.definitions, "completeness": pack.completeness,
    }  # fmt: skip
    return make_pdf(TEMPLATE, data, at=at)


def _written(table: Table) -> dict[str, Any]:
    columns = list(shown_columns(table)) or list(range(len(table.header)))
    return {
        "title": table.title, "words": [n for n, column in enumerate(columns) if _is_words(table, column)],
        "header": [table.header[n] for n in columns], "note": table.note,
        "rows": [[_cell(row[n], is_share=n in table.shares) for n in columns] for row in table.rows],
    }  # fmt: skip


def _is_words(table: Table, column: int) -> bool:
    """Whether a column holds text in every line; it is then set like the first."""
    return bool(table.rows) and all(isinstance(row[column], str) for row in table.rows)


def _cell(value: Any, *, is_share: bool) -> str:
    if value is None:
        return "–"
    if is_share:
        return f"{value:.1%}".replace("%", "\N{NO-BREAK SPACE}%")
    if isinstance(value, float):
        return f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def write_pack(file: IO[bytes], pack: Pack) -> None:
    """Write the report as a workbook: a worksheet with its facts, then one for each table. Text stays text."""
    book = xlsxwriter.Workbook(file, {**XLSX_OPTIONS, "constant_memory": False})
    bold, share, wrap = (
        book.add_format({"bold": True}),
        book.add_format({"num_format": "0.0%"}),
        book.add_format({"text_wrap": True}),
    )
    about = book.add_worksheet(_("About")[:31])
    about.set_column(0, 0, 24)
    about.set_column(1, 1, 90)
    lines = [(pack.title, ""), *pack.facts, *([("", pack.released)] if pack.released else [])]
    lines += [(_("Definitions") if n == 0 else "", words) for n, words in enumerate(pack.definitions)]
    lines += [(_("How complete it is") if n == 0 else "", words) for n, words in enumerate(pack.completeness)]
    for n, (what, words) in enumerate(lines):
        about.write_string(n, 0, what, bold)
        about.write_string(n, 1, words, wrap)
    for number, table in enumerate(pack.tables, 1):
        page = book.add_worksheet(f"{number} {''.join(c for c in table.title if c not in '[]:*?/' + chr(92))}"[:31])
        page.freeze_panes(1, 1)
        for n, words in enumerate(table.header):
            page.write_string(0, n, words, bold)
            page.set_column(n, n, max(12, len(words) + 1) if n else 34)
        for line, row in enumerate(table.rows, 1):
            for n, value in enumerate(row):
                if isinstance(value, int | float):
                    page.write_number(line, n, value, share if n in table.shares else None)
                else:
                    page.write_string(line, n, _("hidden") if value is None else str(value))
        if table.note:
            page.write_string(len(table.rows) + 2, 0, table.note)
    book.close()
