"""The words of a digest in each language of the network."""

import re
from typing import NamedTuple

from common.scripts import in_cyrillic


class Words(NamedTuple):
    """What a digest says around the titles. `name`, `n` and `site` are filled in."""

    subject: str
    hello: str
    for_you: str
    followed: str
    news: str
    searches: str
    more: str
    leave: str
    choose: str
    mentioned: str
    commented: str
    new_version: str


_BOSNIAN = Words(
    "Šta je novo na portalu {site}", "Zdravo, {name},", "Za vas", "Teme i ljudi koje pratite", "Novo u mreži",
        "Vaše sačuvane pretrage",
    "i još {n} u biblioteci:", "Odjava jednim klikom:", "Koliko često i o čemu dobijate poštu:",
    "{name} vas spominje: {title}", "{name} je komentarisao/la: {title}", "Nova verzija: {title}",
)  # fmt: skip
_CROATIAN = _BOSNIAN._replace(
    subject="Što je novo na portalu {site}",
    searches="Vaše spremljene pretrage",
    more="i još {n} u knjižnici:",
    commented="{name} je komentirao/la: {title}",
)
_MONTENEGRIN = _BOSNIAN._replace(mentioned="{name} vas pominje: {title}")
_SERBIAN = _MONTENEGRIN

# What is filled in later stays as it is.
_AROUND = re.compile(r"(\{\w+\})")


def _cyrillic(words: str) -> str:
    return "".join(part if _AROUND.fullmatch(part) else in_cyrillic(part) for part in _AROUND.split(words))


DIGEST_WORDS: dict[str, Words] = {
    "en": Words(
        "What is new on {site}", "Hello {name},", "For you", "Topics and people you follow", "New in the network",
        "Your saved searches",
        "and {n} more in the library:", "No more digests, by one click:", "How often and of what you get mail:",
        "{name} mentions you: {title}", "{name} commented: {title}", "New version: {title}",
    ),
    "bs": _BOSNIAN,
    "hr": _CROATIAN,
    "cnr": _MONTENEGRIN,
    "sr": Words(*(_cyrillic(words) for words in _SERBIAN)),
    "sr-latn": _SERBIAN,
    "mk": Words(
        "Што има ново на порталот {site}", "Здраво, {name},", "За вас", "Теми и луѓе што ги следите", "Ново во мрежата",
        "Вашите зачувани пребарувања",
        "и уште {n} во библиотеката:", "Одјава со еден клик:", "Колку често и за што добивате пошта:",
        "{name} ве споменува: {title}", "{name} коментираше: {title}", "Нова верзија: {title}",
    ),
    "sq": Words(
        "Çfarë ka të re në {site}", "Përshëndetje, {name},", "Për ju", "Temat dhe njerëzit që ndiqni", "Të reja në rrjet",
        "Kërkimet tuaja të ruajtura",
        "dhe edhe {n} në bibliotekë:", "Çregjistrohu me një klikim:", "Sa shpesh dhe për çfarë merrni postë:",
        "{name} ju përmend: {title}", "{name} komentoi: {title}", "Version i ri: {title}",
    ),
}  # fmt: skip
DIGEST_LANGUAGES = [
    ("en", "English"), ("bs", "Bosanski"), ("cnr", "Crnogorski"), ("hr", "Hrvatski"), ("mk", "Македонски"), ("sr", "Српски"),
    ("sr-latn", "Srpski"), ("sq", "Shqip"),
]  # fmt: skip
