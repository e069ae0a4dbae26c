"""Countries and organisations as rosters name them."""

from collections.abc import Iterable
from dataclasses import dataclass

from common.folding import spelling


@dataclass(frozen=True)
class Place:
    """A country by its code, and the organisation if named; `pk` is the organisation's."""

    country: str
    organisation: str = ""
    pk: int | None = None


_LOCAL_NAMES = {
    "BA": "bosna i hercegovina, bosna, bih, b i h, bosnia, bosnia and herzegovina, bosnia herzegovina, os bih, oruzane snage bih, "
          "oruzane snage bosne i hercegovine, armed forces of bosnia and herzegovina, af bih, mo bih, ministarstvo odbrane bih, "
          "ministarstvo obrane bih, bosnja, bosnja dhe hercegovina, bosne i hercegovine, biha",
    "ME": "crna gora, crne gore, cg, mne, montenegro, mali i zi, vojska crne gore, vcg, mo cg, armed forces of montenegro, mod montenegro, "
          "ministarstvo odbrane crne gore",
    "MK": "severna makedonija, sjeverna makedonija, makedonija, north macedonia, macedonia, mkd, nmk, rsm, r s makedonija, arsm, arm, "
          "armija na republika severna makedonija, armija na rsm, maqedonia e veriut, maqedonia, army of north macedonia, "
          "ministerstvo za odbrana na republika severna makedonija, mo na rsm, fyrom",
    "RS": "srbija, srbije, serbia, srb, serbi, serbia e, vojska srbije, vs, serbian armed forces, mo rs, mo srbije, "
          "ministarstvo odbrane srbije, republika srbija, serbija",
    "AL": "albanija, albania, shqiperi, shqiperia, alb", "AT": "austrija, austria, aut", "BG": "bugarska, bulgaria, bugarija, bgr",
    "DE": "nemacka, njemacka, germany, germanija, gjermani, gjermania, deu", "GB": "velika britanija, uk, great britain, united kingdom, "
    "britania e madhe, engleska, england, gbr, ujedinjeno kraljevstvo", "GE": "gruzija, georgia, gjeorgjia, geo", "GH": "gana, ghana, gha",
    "GR": "grcka, greece, grcija, greqia, grc", "HR": "hrvatska, croatia, kroacia, hrv, orh", "HU": "madarska, hungary, ungarija, hun",
    "IT": "italija, italy, italia, ita", "MD": "moldavija, moldova, mda", "NG": "nigerija, nigeria, nga", "RW": "ruanda, rwanda, rwa",
    "SE": "svedska, sweden, suedia, swe", "SI": "slovenija, slovenia, slovenacka, sllovenia, svn", "UA": "ukrajina, ukraina, ukraine, ukr",
    "UG": "uganda, uga", "US": "sad, usa, sjedinjene americke drzave, united states, us", "XK": "kosovo, kosova, kos",
}  # fmt: skip
_BEFORE = (
    "republika ", "republic of the ", "republic of ", "republike ", "republika e ", "r ", "the ", "federal republic of ",
    "armed forces of the ", "armed forces of ", "ministry of defence of ", "ministry of defense of ", "mod ", "army of ",
)  # fmt: skip


class Places:
    """Lookup of countries and organisations by the portal's names and the region's."""

    def __init__(
        self,
        countries: Iterable[tuple[str, str]] = (),
        organisations: Iterable[tuple[str, str, tuple[str, ...], int | None]] = (),
    ) -> None:
        """Index countries as (code, name) and organisations as (country, code, names, key)."""
        self._places: dict[str, Place] = {}
        for code, local in _LOCAL_NAMES.items():
            for name in local.split(", "):
                self._places[spelling(name)] = Place(code)
        self.names = dict(countries)
        for code, name in self.names.items():
            self._places[spelling(name)] = self._places[spelling(code)] = Place(code)
        for country, code, names, pk in organisations:
            for name in (code, *names):
                key = spelling(name)
                # A ministry's short name equals its country's: the country comes first.
                if key and (key not in self._places or len(key.split()) > 3):
                    self._places[key] = Place(country, code, pk)

    def find(self, words: str) -> Place | None:
        """Return the place with this name in any script, None if unknown."""
        key = spelling(words)
        while key:
            if place := self._places.get(key):
                return place
            start = next((before for before in _BEFORE if key.startswith(before)), None)
            if start is None:
                return None
            key = key[len(start) :]
        return None
