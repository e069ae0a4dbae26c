"""The page and its export, read as an outsider would and attacked by linear programming: what is hidden could be anything from 1 to 5."""

import csv
import io
from html.parser import HTMLParser
from random import Random

import pytest

from reports.people.report import Report
from tests.conftest import client_of, join
from tests.reports.networks import rows, write_network
from tests.reports.slow import SEXES, first_of_each, key_of
from tests.trainings.disclosure.test_tables import bounds

pytestmark = pytest.mark.django_db
WORDS = {"Women": "female", "Men": "male", "Other": "other", "Not recorded": "not_recorded"}
QUESTIONS = (
    {"by": "organisation"}, {"by": "rank_group"}, {"by": "country"}, {"by": "quarter"}, {"by": "time"}, {"by": "sex"}, {"by": "age_band"},
    {"by": "nato", "and_by": "organisation", "count": "seats"}, {"by": "year", "and_by": "rank_group", "count": "seats"},
    {"by": "course", "and_by": "time", "count": "seats"},
)  # fmt: skip
Cell = tuple[tuple[str, ...], str]


class Table(HTMLParser):
    """The words of each cell of the table of figures, and the large numbers of the tiles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows, self.tiles, self.inside, self.in_tile = [], [], False, 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        if tag == "table":
            self.inside = "report" in (said.get("class") or "")
        if self.inside and tag == "tr":
            self.rows.append([])
        if self.inside and tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "dl":
            self.in_tile = "tiles" in (said.get("class") or "")
        if self.in_tile and tag in ("dt", "dd"):
            self.tiles.append("")

    def handle_endtag(self, tag):
        self.inside &= tag != "table"
        self.in_tile &= tag != "dl"

    def handle_data(self, text):
        if self.inside and self.rows and self.rows[-1]:
            self.rows[-1][-1] += text
        if self.in_tile and self.tiles:
            self.tiles[-1] += text


def truth_of(there, dimensions) -> dict[Cell, int]:
    """Seats by the written keys of the breakdowns and by sex, counted from plain rows."""
    from reports.labels import written

    first, truth = first_of_each(there), {}
    for row in [*there["named"], *there["counted"]]:
        training = row["training"]
        if training["figures"] == "recorded" or training["cancelled_at"] is not None or row.get("came") is False:
            continue
        keys = tuple(written(key_of(row, name, first)) for name in dimensions)
        sex = row.get("participant__sex", row.get("sex"))
        truth[keys, sex] = truth.get((keys, sex), 0) + row.get("attended", 1)
    every = {keys for keys, _sex in truth}
    return {(keys, sex): truth.get((keys, sex), 0) for keys in every for sex in SEXES}


def number(text: str) -> int | None:
    digits = text.replace(",", "").strip()
    return int(digits) if digits.isdecimal() else None


def facts_of_page(text: str, report: Report, cells: list[Cell]) -> list[tuple[set[Cell], int]]:
    """Every number of seats on the page with the cells it is the sum of."""
    table, facts = Table(text), []
    header, *lines = table.rows

    def say(line_keys, column_keys, sexes, said):
        n = number(said)
        inside = {
            cell
            for cell in cells
            if (line_keys is None or cell[0][0] in line_keys)
            and (column_keys is None or cell[0][1] in column_keys)
            and cell[1] in sexes
        }
        if n is not None:
            facts.append((inside, n))

    keys = [*(row.keys for row in report.rows), None]
    for line_keys, line in zip(keys, lines, strict=True):
        if report.columns:
            across = [*(column.keys for column in report.columns), None]
            for column_keys, said in zip(across, line[1:], strict=True):
                say(line_keys, column_keys, SEXES, said)
            continue
        for words, said in zip(header[1:], line[1:], strict=True):
            if words.strip() == "Seats":
                say(line_keys, None, SEXES, said)
            elif all(part in WORDS for part in words.split(" + ")):
                say(line_keys, None, [WORDS[part] for part in words.split(" + ")], said)
    say(None, None, SEXES, table.tiles[table.tiles.index("Seats") + 1])
    return facts


def facts_of_export(sheet: str, report: Report, cells: list[Cell]) -> list[tuple[set[Cell], int]]:
    """The same of the sheet, whose lines stand in the order of the page."""
    header, *lines = list(csv.reader(io.StringIO(sheet, newline="")))
    if report.columns:
        places = [
            (row.keys, column.keys)
            for n, row in enumerate(report.rows)
            for m, column in enumerate(report.columns)
            if report.blocks[n][m] is not None
        ]
    else:
        places = [(row.keys, None) for row in report.rows]
    facts = []
    for (line_keys, column_keys), line in zip([*places, (None, None)], lines[:-1], strict=True):
        for words, said in zip(header, line, strict=True):
            sexes = SEXES if words == "Seats" else [WORDS[p] for p in words.split(" + ") if p in WORDS]
            if sexes and (n := number(said)) is not None:
                inside = {
                    cell
                    for cell in cells
                    if cell[1] in sexes
                    and (line_keys is None or cell[0][0] in line_keys)
                    and (column_keys is None or cell[0][1] in column_keys)
                }
                facts.append((inside, n))
    return facts


def told_apart(facts, truth) -> list[object]:
    """Numbers of 1 to 4, by key and by key and sex, that the facts leave no room to be anything from 1 to 5."""
    cells = sorted(truth)
    wanted = [{cell} for cell in cells] + [{(keys, sex) for sex in SEXES} for keys in {keys for keys, _sex in cells}]
    results = []
    for some in wanted:
        n = sum(truth[cell] for cell in some)
        if 0 < n < 5:
            least, most = bounds(facts, cells, some)
            if least > 1 + 1e-6 or most < 5 - 1e-6:
                results.append((sorted(some), n, least, most))
    return results


def pages_of(seed: int, questions=QUESTIONS):
    """Yield of each question the truth, what an observer is told on page and sheet, and how many small numbers there are."""
    random = Random(seed)
    write_network(random, people=random.choice((12, 30, 60)), trainings=random.choice((4, 10, 25)))
    there, client = rows(), client_of(join("ME", "Vidi", "Posmatrač", "observer"))
    for query in questions:
        page = client.get("/reports/people/", query)
        report = page.context["report"]
        truth = truth_of(there, report.counted_by)
        if report.is_hidden or not report.total.seats:
            continue
        sheet = b"".join(client.post("/reports/people/sheet/", {"as": "csv", **query}).streaming_content).decode(
            "utf-8-sig"
        )
        if not report.rows:
            continue
        cells = sorted(truth)
        facts = facts_of_page(page.content.decode(), report, cells) + facts_of_export(sheet, report, cells)
        yield query, truth, facts


@pytest.mark.parametrize(
    "seed",
    [0, pytest.param(1, marks=pytest.mark.slow), *(pytest.param(n, marks=pytest.mark.drill) for n in range(2, 12))],
)
def test_page_with_its_export_gives_no_small_number_away(reference, seed):
    small = 0
    for query, truth, facts in pages_of(seed):
        for inside, n in facts:
            assert (query, n, sum(truth[cell] for cell in inside)) == (query, n, n)  # what is shown is right
            assert not 0 < n < 5, query
        assert told_apart(facts, truth) == [], query
        small += sum(0 < n < 5 for n in truth.values())
    assert small > 20


@pytest.mark.slow
def test_control_one_small_number_more_is_told_apart(reference):
    caught = 0
    for _asked, truth, facts in pages_of(3, QUESTIONS[:3]):
        small = next(cell for cell, n in sorted(truth.items()) if 0 < n < 4)
        assert told_apart(facts, truth) == []
        caught += told_apart([*facts, ({small}, truth[small])], truth) != []
    assert caught == 3
