"""Words that try to be something else, each with a mark by which it is found again, and where they came out."""

import csv
import io
import re
import zipfile
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote_plus
from xml.etree import ElementTree

from common.sheets import FORMULA_STARTS

# `@` is the mark of each: a word that nothing else in the portal holds.
SHAPES = (
    "<script>@()</script>", "<img src=x onerror=@()>", "<svg onload=@()>", "<b @=1>@</b>", '"><@ x="', "'><@ x='",
    '" onfocus="@()" autofocus="', "' onmouseover='@()' x='", "</textarea><@>", "</title><@>", "</script><@>", "</option><@>",
    "<!-- @ ", "--><@>", "<@", "<@ ", "</@>", "<a href=javascript:@()>", "javascript:@()", "data:text/html,@", "{{7*7}}@",
    "{% debug %}@", "{{ @|safe }}", "${7*7}@", "#{7*7}@", "<%= 7*7 %>@", "%(@)s %s %d %n", "{0} {@} {", "' OR 1=1; --@",
    '"; DROP TABLE members_member; --@', "=cmd|' /C @'!A0", "+1+1@", "-1+1@", "@SUM(1+1)@", "\t=1+1@", "\r\nBcc: @@mod.example",
    "@\u202egnp.exe", "@\u200b\u2066x", "＜ｓｃｒｉｐｔ＞@", "&lt;@&gt;", "&#60;@&#62;", "&@;", "<![CDATA[<@>]]>", "\\u003c@\\u003e",
    "<!DOCTYPE @ [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;", "\x01@\x02", "@" + "ж" * 40, "＝1+1@",
)  # fmt: skip
MARK = "zlorec"


def payload(n: int, longest: int) -> str:
    """The nth of the shapes, with its mark; the next one that fits where it would be cut."""
    for more in range(len(SHAPES)):
        k = (n + more) % len(SHAPES)
        # In the shape of a formula the first sign is itself an @.
        text = SHAPES[k].replace("@", f"{MARK}{k}x") if not SHAPES[k].startswith("@SUM") else f"@SUM(1+1){MARK}{k}x"
        if len(text) <= longest:
            return text
    return ""


ALLOWED_VALUES = {"value", "title", "alt", "aria-label", "placeholder", "content", "data-confirm", "label"}
ADDRESSES = {"href", "action", "src", "formaction", "hx-get", "hx-post"}


class WordReader(HTMLParser):
    """Finds every place of a page where a mark came out as anything but words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.texts: list[str] = [""]
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A word that was looked for is marked within its text.
        self.texts += [""] * (tag != "mark")
        if tag in ("script", "style"):
            self.inside = tag
        # The question that a form takes along is spelt as in an address.
        if ("name", "query") in attrs and ("type", "hidden") in attrs:
            attrs = [(name, unquote_plus(value or "")) for name, value in attrs]
        if MARK in tag:
            self.wrong.append(f"tag {tag}")
        for name, value in attrs:
            if MARK in name:
                self.wrong.append(f"attribute {name}")
            if MARK in (value or ""):
                spelt = re.sub(r"[\x00-\x20]", "", value or "").lower()
                runs = re.match(r"(javascript|data|vbscript):", spelt) or spelt.startswith(("//", "http"))
                if name in ADDRESSES and (runs or "<" in spelt):
                    self.wrong.append(f"address {value}")
                elif name in ALLOWED_VALUES:
                    self.texts += [value or "", ""]
                elif name not in ADDRESSES:
                    self.wrong.append(f"value of {name}")

    def handle_endtag(self, tag: str) -> None:
        self.texts += [""] * (tag != "mark")
        self.inside = "" if tag == self.inside else self.inside
        if MARK in tag:
            self.wrong.append(f"end tag {tag}")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data
        if self.inside and MARK in data:
            self.wrong.append(f"text of {self.inside}")

    def _hidden(self, data: str) -> None:
        if MARK in data:
            self.wrong.append(f"not shown: {data[:60]}")

    handle_comment = handle_decl = handle_pi = unknown_decl = _hidden


def came_out_wrong(text: str) -> tuple[int, list[str]]:
    """Return how many marks a page shows, and where one is not mere words as they were typed."""
    reader = WordReader()
    reader.feed(text)
    reader.close()
    visible = [words for words in reader.texts if MARK in words]
    reader.wrong += [f"changed: {words[:200]!r}" for words in visible if not as_typed(words)]
    return len(visible), reader.wrong


def as_typed(words: str) -> bool:
    """Whether each mark in these words still has before it what stands there in its shape, runs of blanks apart."""
    plain = " ".join(words.split())
    for mark, number in set(re.findall(rf"({MARK}(\d+)x)", plain)):
        whole = " ".join(payload(int(number), 10_000).split())
        if whole[: whole.index(mark)] + mark not in plain:
            return False
    return True


def sheet_faults(answer: Any, body: bytes) -> list[str]:
    """Return the cells of a CSV or XLSX file that a spreadsheet program would run."""
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("text/csv"):
        cells = [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")) for cell in row]
        return [cell for cell in cells if cell.startswith(FORMULA_STARTS)]
    if "spreadsheetml" not in kind:
        return []
    wrong = []
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        for name in book.namelist():
            if name.endswith((".xml", ".rels")):
                text = book.read(name)
                tree = ElementTree.fromstring(text)  # noqa: S314 - our own file, read to see that it is whole
                tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
                wrong += [f"{name}: {tag}" for tag in tags & {"f", "hyperlink", "ddeLink", "externalLink"}]
    return wrong


def mail_faults(message: Any) -> list[str]:
    """Return what a mail's headers hold that no one of ours wrote, and words of its body that were changed."""
    headers = message.message()
    wrong = [f"{name}: {value}" for name, value in headers.items() if "\n" in str(value).replace("\n ", " ")]
    wrong += [name for name in headers if name.lower() in ("bcc", "cc", "reply-to")]
    if not as_typed(message.body):
        wrong.append(message.body)
    return wrong
