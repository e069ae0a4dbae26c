"""Match the ranks of rosters: both scripts, abbreviations, ordinals, feminine forms; always within a country."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from common.folding import spelling


@dataclass(frozen=True)
class RankEntry:
    """One row of the table of ranks."""

    country: str
    group: str
    nato: str
    name: str
    other_script: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class FoundRank:
    """The result for a rank's words; `group` and `nato` are "" if open, and `is_known` says whether it is settled."""

    group: str = ""
    nato: str = ""
    pk: int | None = None
    is_known: bool = False


UNKNOWN = FoundRank()
NOTHING = FoundRank(is_known=True)
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NATO = re.compile(r"\bO([FR])[\s-]?(\d{1,2})\b", re.IGNORECASE)
_ORDINALS = {
    word: number
    for number, words in {
        "1": "i 1 prve prva prvi prvog prvoga first pare 1st",
        "2": "ii 2 druge druga drugi vtora second 2nd",
        "3": "iii 3 trece treca treta third 3rd",
    }.items()
    for word in words.split()
}
# Words that do not distinguish ranks.
_FILLERS = frozenset({"klase", "klasa", "klas", "kl", "k", "od", "na", "u", "e", "te"})
_FEMININE = (
    (re.compile(r"^(kapetan|general|major|brigadir|desetar|kaplar|kadet|civil)(?:ka|ica|kinja|inja)$"), r"\1"),
    (re.compile(r"^(.*nik)inja$"), r"\1"),
    (re.compile(r"^(.*n)(?:ica|icka)$"), r"\1ik"),
)
_SAME_WORD = {
    "starija": "stariji", "starijeg": "stariji", "starije": "stariji", "mlada": "mladi", "mlade": "mladi",
    "postara": "postar", "pomlada": "pomlad", "glavna": "glaven", "glavni": "glaven", "brigadna": "brigadni",
    "pitomica": "pitomac", "pitomec": "pitomac", "polkovnicka": "polkovnik",
}  # fmt: skip
_ABBREVIATIONS = {
    "kap": "kapetan", "kpt": "kapetan", "kapt": "kapetan", "maj": "major", "mjr": "major", "mr": "major", "por": "porucnik",
    "ppor": "potporucnik", "pporucnik": "potporucnik", "potpor": "potporucnik", "puk": "pukovnik", "ppuk": "potpukovnik",
    "ppukovnik": "potpukovnik", "potpuk": "potpukovnik", "pplk": "potpolkovnik", "ppolk": "potpolkovnik", "plk": "polkovnik",
    "polk": "polkovnik", "potpolk": "potpolkovnik", "gen": "general", "genmaj": "generalmajor", "vod": "vodnik",
    "vd": "vodnik", "zast": "zastavnik", "zas": "zastavnik", "zst": "zastavnik", "st": "stariji", "str": "stariji",
    "star": "stariji", "ml": "mladi", "mlad": "mladi", "post": "postar", "pom": "pomlad", "gl": "glaven", "des": "desetar",
    "dst": "desetar", "razv": "razvodnik", "rzv": "razvodnik", "voj": "vojnik", "vojn": "vojnik", "kpl": "kaplar",
    "kapl": "kaplar", "brig": "brigadni", "brg": "brigadni", "bg": "brigadni",
}  # fmt: skip
_TOGETHER = {
    "p por": "ppor", "p puk": "ppuk", "p polk": "ppolk", "p pukovnik": "ppuk", "p porucnik": "ppor", "pot por": "ppor",
    "pot puk": "ppuk", "pot pukovnik": "ppuk", "pot porucnik": "ppor", "pot polk": "ppolk", "pot polkovnik": "ppolk",
    "stv": "stariji vodnik", "mlv": "mladi vodnik", "stvod": "stariji vodnik", "mlvod": "mladi vodnik",
    "lt col": "lieutenant colonel", "ltc": "lieutenant colonel", "ltcol": "lieutenant colonel", "capt": "captain",
    "cpt": "captain", "lt": "lieutenant", "1st lt": "lieutenant", "1 lt": "lieutenant", "2nd lt": "second lieutenant",
    "2 lt": "second lieutenant", "1lt": "lieutenant", "2lt": "second lieutenant", "col": "colonel", "pvt": "private",
    "first lieutenant": "lieutenant",
}  # fmt: skip
# Ranks in English and Albanian, by the region's words for them; each country's table says which it has.
_TRANSLATED = {
    "captain": ("kapetan",), "lieutenant": ("porucnik",), "second lieutenant": ("potporucnik",),
    "lieutenant colonel": ("potpukovnik", "potpolkovnik"), "colonel": ("pukovnik", "polkovnik"), "private": ("vojnik",),
    "soldier": ("vojnik",), "kapiten": ("kapetan",), "toger": ("porucnik",), "nentoger": ("potporucnik",),
    "nenkolonel": ("potpukovnik", "potpolkovnik"), "kolonel": ("pukovnik", "polkovnik"), "ushtar": ("vojnik",),
    "brigadier general": ("brigadni general", "brigaden general"), "major general": ("general major",),
    "gjeneral major": ("general major",), "gjeneral brigade": ("brigadni general", "brigaden general"),
}  # fmt: skip
_GROUPS = (
    ("civilian", re.compile(
        r"^(civ|cl|cs|c l|gl)$|\b(civil\w*|gradansk\w* lic\w*|sluzben(ik|ica|icka|icko|ikinja|o lice)|namj?esten\w*|nenpunes\w*"
        r"|zaposlen\w* civ\w*|vojni sluzben\w*|drzavn\w* sluzb\w*|referent\w*|employee|contractor)\b")),
    ("cadet", re.compile(r"\b(kadet\w*|cadet\w*|pitom\w*|kursant\w*|student\w* (vojne|vojna|na voena|voene)\w*)\b")),
    ("nco", re.compile(r"^(podoficir\w*|docasnik|docasnica|podoficer\w*|nco|nenoficer\w*|senior nco|junior nco)$")),
    ("soldier", re.compile(
        r"^((profesional\w*|prof|ugovorn\w*) (vojnik|vojnikinja|vojnica|vojnicka)|vojnik(inja)? po ugovoru|vpu|pv"
        r"|ushtar profesional|professional soldier)$")),
    ("general", re.compile(r"^(gjeneral|general officer)$")),
)  # fmt: skip


def group_of(nato: str) -> str:
    """Return the rank group of a NATO code (STANAG 2116), "" for an invalid one."""
    match = _NATO.fullmatch(nato)
    if not match:
        return ""
    officer, level = match[1].upper() == "F", int(match[2])
    if officer:
        return (
            "general"
            if 6 <= level <= 10
            else "senior_officer"
            if 3 <= level <= 5
            else "junior_officer"
            if level
            else ""
        )
    return "nco" if 5 <= level <= 9 else "soldier" if 1 <= level <= 4 else ""


def _one_word(word: str) -> str:
    """Normalise a word of a rank: masculine, in full, ordinals as digits."""
    word = _ORDINALS.get(word, word)
    word = _SAME_WORD.get(word, word)
    for pattern, plain in _FEMININE:
        if pattern.match(word):
            word = pattern.sub(plain, word)
            break
    return _SAME_WORD.get(word, word)


def plain_words(words: str) -> tuple[str, ...]:
    """Return the normalised words of a rank, without those that do not distinguish ranks."""
    key = spelling(words)
    key = _TOGETHER.get(key, key)
    for apart, together in _TOGETHER.items():
        if " " in apart and key.startswith(f"{apart} "):
            key = together + key[len(apart) :]
    return tuple(plain for word in key.split() if word not in _FILLERS for plain in [_one_word(word)])


def _is_short_for(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Return whether each word of one rank equals or abbreviates the word of another."""
    least = 3 if len(full) == 1 else 2
    return len(short) == len(full) and all(
        a == b or _ABBREVIATIONS.get(a) == b or (len(a) >= least and not a.isdecimal() and b.startswith(a))
        for a, b in zip(short, full, strict=True)
    )


def _settled(entries: list[RankEntry]) -> FoundRank:
    """Return what the entries agree on: everything, the group alone, or nothing."""
    if not entries:
        return UNKNOWN
    groups, natos, keys = (
        {e.group for e in entries},
        {e.nato for e in entries},
        {(e.country, e.pk, e.name) for e in entries},
    )
    if len(groups) > 1:
        return UNKNOWN
    group = next(iter(groups))
    if len(natos) > 1:
        return FoundRank(group=group)
    return FoundRank(group, next(iter(natos)), entries[0].pk if len(keys) == 1 else None, is_known=True)


class RankTable:
    """Lookup of some countries' ranks by the words of a roster. Results are cached: a roster repeats few ranks."""

    def __init__(self, entries: Iterable[RankEntry]) -> None:
        self._by_country: dict[str, list[tuple[RankEntry, tuple[str, ...]]]] = {}
        for entry in entries:
            for name in {entry.name, entry.other_script} - {""}:
                self._by_country.setdefault(entry.country, []).append((entry, plain_words(name)))
        self._found: dict[tuple[str, str], FoundRank] = {}

    @property
    def countries(self) -> frozenset[str]:
        """The countries whose ranks are known."""
        return frozenset(self._by_country)

    def find(self, words: str, country: str = "") -> FoundRank:
        """Return the meaning of rank words in a country; without one, what all countries of the table agree on."""
        if (words, country) not in self._found:
            self._found[words, country] = self._look_up(words, country)
        return self._found[words, country]

    def _look_up(self, words: str, country: str) -> FoundRank:
        if not spelling(words):
            return NOTHING
        code = _NATO.search(words)
        bare = _BRACKETS.sub(" ", words)
        bare = _NATO.sub(" ", bare)
        plain = plain_words(bare)
        if plain:
            if (rank := self._in_table(plain, country)) is not UNKNOWN:
                return rank
            key = spelling(bare)
            for group, pattern in _GROUPS:
                if pattern.search(key):
                    return FoundRank(group=group, is_known=True)
            # Bilingual lists name it twice: "kapetan/Captain".
            parts = [self.find(part.strip(), country) for part in bare.split("/")] if "/" in bare else []
            if parts and all(part == parts[0] and part.is_known for part in parts):
                return parts[0]
        if code and (group := group_of(code[0])):
            return FoundRank(group, f"O{code[1].upper()}-{int(code[2])}", is_known=not plain)
        return UNKNOWN

    def _in_table(self, plain: tuple[str, ...], country: str) -> FoundRank:
        if country:
            return self._in_country(plain, country)
        each = [self._candidates(plain, code) for code in sorted(self._by_country)]
        answers = [_settled(found) for found in each if found]
        # If one country leaves the rank open, it is open; if most do not have it, the others decide.
        if not answers or any(not answer.is_known for answer in answers):
            return UNKNOWN if not answers or len({a.group for a in answers}) > 1 else FoundRank(group=answers[0].group)
        return _settled([entry for found in each for entry in found])

    def _in_country(self, plain: tuple[str, ...], country: str) -> FoundRank:
        return _settled(self._candidates(plain, country))

    def _candidates(self, plain: tuple[str, ...], country: str) -> list[RankEntry]:
        """Return the ranks these words may be: the one with that name, else those they abbreviate."""
        table = self._by_country.get(country, [])
        joined = "".join(plain)
        translated = {spelling(name).replace(" ", "") for name in _TRANSLATED.get(" ".join(plain), ())}
        for fits in (
            lambda full: full == plain or "".join(full) == joined,
            lambda full: bool(translated) and "".join(full) in translated,
            lambda full: (
                len(full) == len(plain)
                and all(a == b or _ABBREVIATIONS.get(a) == b for a, b in zip(plain, full, strict=True))
            ),
            lambda full: _is_short_for(plain, full),
        ):
            if entries := [entry for entry, full in table if fits(full)]:
                return list(dict.fromkeys(entries))
        return []
