"""What a column's header means, in the languages of the region and in English."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from common.folding import spelling
from common.uploads.cells import Cell
from trainings.dates import MONTHS

# The kinds of columns. "name" is resolved by `columns`: one name or both, depending on the columns beside it.
NAME_KINDS = ("family_name", "given_name", "full_name", "full_name_given_first", "name")
KINDS = (
    "family_name", "given_name", "full_name", "full_name_given_first", "sex", "female_mark", "male_mark", "rank", "unit",
    "organisation", "country", "birth_year", "email", "service_number", "number", "session",
)  # fmt: skip
LONGEST_HEADER = 70

_FAMILY = re.compile(r"\b(prezim\w*|sur ?names?|family names?|family|last ?names?|mbiem\w*|familno ime)\b")
_GIVEN = re.compile(
    r"\b(ime|imena|imeto|given names?|given|first|first ?names?|fore ?names?|emri|emrin|emer|emr|names?)\b"
)
_SURELY_GIVEN = re.compile(r"\b(given|first ?names?|fore ?names?|licno ime|vlastito ime)\b")
_ANOTHERS_NAME = re.compile(
    r"\b(ime (jednog )?(oca|roditelja|majke)|o[ct]evo ime|tatkovo( ime)?|father\w*|emri i (babait|atit|prindit)|atesia"
    r"|srednje ime|middle names?|djevojacko\w*|maiden name|mominsko\w*)\b"
)
# Words for things that are not persons: "name of the course" is not a person's name.
_OF_A_THING = re.compile(
    r"\b(obuk\w*|kurs\w*|course|training|seminar\w*|trajnim\w*|datoteke|file|dokument\w*|fakultet\w*|skol\w*)\b"
)
_PERSON = re.compile(
    r"^((list|spisak|lista) )?(participants?|ucesni\w*|polazni\w*|kandidat\w*|sudioni\w*|slusa\w*|pjesemarres\w*|attendees?|trainees?"
    r"|person|osoba|lice|licnost|pripadni\w*|students?|full name|puno ime|celosno ime|emri i plote|nominal)( \w+)?$"
)
# In this order: the first match decides.
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words})\b"))
    for kind, words in (
        ("email", r"e ?mails?|mail|e ?post[ae]|elektrons\w* (?:post\w*|adres\w*)|elektronick\w* post\w*|mejl|imejl|imel"
                  r"|post\w* elektronike|adres\w* elektronike|adres\w* e post\w*"),
        ("", r"rod (?:vojske|sluzbe|i sluzba)|rodovi|mjesto ro\w*|mesto ro\w*|mesto na ra\w*|place of birth|vendi i lind\w*|vendlindja"),
        ("birth_year", r"god\w* rod|dat\w* rod|roden\w*|rodj\w*|radan\w*|raganje|birth|born|dob|yob|lind\w*|ditelindj\w*|datelindj\w*|godist\w*"),
        ("", r"age|mosha|starost|vozrast|godine|jmbg|embg|maticni broj gradan\w*|oib|licni broj|pasos\w*|passport\w*|licna karta"),
        ("service_number",
         r"sl(?:uzb\w*)? (?:br|broj)\w*|vojn\w* (?:br|broj|id)|br(?:oj)? (?:vojn\w* |sluzb\w* )?(?:legitimacij\w*|iskaznic\w*|knjizic\w*)"
         r"|(?:service|military|staff|personnel|army|employee) (?:no|number|nr|id|num)|serv no|numri (?:i )?(?:sherbimit|ushtarak)"
         r"|nr sherbimit|id (?:no|number|broj)|(?:maticni|maticen|evidencijski|evidenciski|personalni) br(?:oj)?"),
        ("", r"potpis\w*|nenshkrim\w*|signature|sign|signed|telefon\w*|tel|mob|mobil\w*|mobitel|gsm|phone|fax|napomen\w*|remarks?"
             r"|zabelesk\w*|zabiljesk\w*|primjedb\w*|primedb\w*|komentar\w*|comments?|notes?|shenim\w*|verejtje|duznost\w*|dolznost\w*"
             r"|funkcij\w*|pozicij\w*|position|function|appointment|detyra|pozita|radno mj?esto|job|skolsk\w*|strucna sprema"
             r"|obrazovanj\w*|education|jezik|language|ocj?en\w*|score|sertifikat\w*|certificate|adres\w*|address|titul\w*|title"),
        ("rank", r"cin|cinov\w*|cinot|rank|ranks|rang|grada|gradat|grade|zvanj\w*|zvanie"),
        ("unit", r"jedinic\w*|postrojb\w*|units?|edinic\w*|njesi\w*|sastav|komand\w*|zapovj?ednistv\w*|garnizon\w*|vojna posta|vp"
                 r"|v p|reparti\w*|ode?ljenj\w*|oddel\w*|department|odj?el\w*|sektor\w*|uprava|brigad\w*|bataljon\w*|batalion\w*"
                 r"|duty station|(?:organizacion|organizacijsk|organizacisk)\w* (?:cj?elina|del)|ustanov\w*|kasarna"),
        ("organisation", r"organi[sz]a\w*|organizata|institu[ct]\w*|minist\w*|agenc\w*|employer|poslodav\w*|contingent|kontingent"
                         r"|delegacij\w*|delegation"),
        ("country", r"countr\w*|nations?|nationality|drzav\w*|zemlja|zemja|shteti|shtetesia|armed forces(?: of)?|oruzane snage"
                    r"|armija|vojska|ushtria|kombesia"),
        ("sex", r"pol|polot|spol|sex|gender|gjini\w*|pol spol"),
    )
)  # fmt: skip
_EXACT = {
    "rod": "sex", "m z": "sex", "z m": "sex", "m f": "sex", "f m": "sex", "pol m z": "sex", "m f x": "sex",
    "z": "female_mark", "f": "female_mark", "zene": "female_mark", "zena": "female_mark", "zenski": "female_mark",
    "zensko": "female_mark", "female": "female_mark", "femer": "female_mark", "women": "female_mark",
    "m": "male_mark", "muski": "male_mark", "musko": "male_mark", "male": "male_mark", "maski": "male_mark",
    "masko": "male_mark", "mashkull": "male_mark", "muskarci": "male_mark", "mazi": "male_mark", "men": "male_mark",
    "od": "", "id": "", "br": "number", "no": "number", "nr": "number", "n": "number", "num": "number", "s n": "number",
    "sn": "number", "broj": "number", "r b": "number", "rb": "number", "rbr": "number", "r br": "number", "nr r": "number",
}  # fmt: skip
_NUMBER = re.compile(
    r"^(r(ed)?(ni|en)? ?(br|broj)\w*|numri rendor|nr rend\w*|rendor|ser(ial)?( ?(no|number|nr))?|br red|item|line|#)$"
)
_SIGNS = {"#": "number", "№": "number", "nº": "number", "@": "email", "♀": "female_mark", "♂": "male_mark"}

_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_DATE = re.compile(r"(?<![\d.])(\d{1,2})\s*[./-]\s*(\d{1,2})(?:\s*[./-]\s*(\d{4}|\d{2})?)?(?!\d)")
_WORD_DATE = re.compile(r"(?<!\d)(\d{1,2})\.?[\s-]*([^\W\d_]{3,})\.?(?:\s*(\d{4}))?")
_MONTH_DATE = re.compile(r"^([^\W\d_]{3,})\.?\s*(\d{1,2})(?:,?\s*(\d{4}))?$")
_ORDINALS = {
    **{word: n for n, words in enumerate((
        "prvi prva prv first pare", "drugi druga vtor vtora second dyte", "treci treca tret treta third trete",
        "cetvrti cetvrta cetvrt fourth katert", "peti peta petti fifth peste", "sesti sesta sesti sixth gjashte",
        "sedmi sedma sedmi seventh shtate", "osmi osma eighth tete", "deveti deveta ninth nente", "deseti deseta tenth dhjete",
    ), 1) for word in words.split() if len(word) > 1},
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10,
}  # fmt: skip
_SESSION_WORD = (
    r"(?:dan|dana|day|den|dita|dite|session|sesija|sesion\w*|modul\w*|module|moduli|cas|casa|termin|blok|block|sednica|predavanje"
    r"|lecture|nastavni dan|radni dan|lekcija|lesson|tema)"
)
_WORD_NUMBER = re.compile(rf"^(?:{_SESSION_WORD} ?(?:e |br |broj |no |nr )?|d ?)(\d{{1,3}}|[ivx]+|[a-z]+)\b")
_NUMBER_WORD = re.compile(rf"^(\d{{1,3}}(?:st|nd|rd|th)?|[ivx]+|[a-z]+) {_SESSION_WORD}\b")
_WEEKDAYS_WORDS = """
ponedjeljak ponedeljak ponedelnik utorak vtornik srijeda sreda cetvrtak cetvrtok petak petok subota sabota
nedjelja nedelja nedela monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri pon uto sri
sre cet pet sub ned hene marte merkure enjte premte shtune diel
"""
_WEEKDAYS = frozenset(_WEEKDAYS_WORDS.split())
_PRESENCE = re.compile(
    r"\b(prisu\w*|prisustv\w*|prisutn\w*|nazocn\w*|attendance|attended|presence|present|pjesemarrja|prani\w*|prezenc\w*|dani|days"
    r"|denovi|ditet|datumi|dates|sesije|sessions|dolazak|dolasci|dolaznost|evidencija)\b"
)


@dataclass(frozen=True)
class SessionHeader:
    """The meaning of a session column's header: its words, and a day or a number if it names one."""

    words: str
    day: int | None = None
    month: int | None = None
    year: int | None = None
    number: int | None = None


def written(cell: Cell) -> str:
    """Return a header cell as text."""
    if isinstance(cell, date):
        return f"{cell.day}.{cell.month}.{cell.year}"
    return "" if cell is None else str(cell)


def is_presence(cell: Cell) -> bool:
    """Return whether a header is above columns of sessions ("Attendance", "Prisustvo po danima")."""
    return isinstance(cell, str) and len(cell) < LONGEST_HEADER and bool(_PRESENCE.search(spelling(cell)))


def _dated(words: str, day: str, month: str, year: str | None) -> SessionHeader | None:
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return None
    full = int(year) + 2000 * (len(year) == 2) if year else None
    return SessionHeader(words, int(day), int(month), full)


def session_header(cell: Cell) -> SessionHeader | None:
    """Parse a session header: "12.11.", "12. novembar", "Dan 1", "I дан", "Day 3", "Prisustvo"; else None."""
    if isinstance(cell, date):
        return SessionHeader(written(cell), cell.day, cell.month, cell.year)
    return _session_in(cell) if isinstance(cell, str) and len(cell) <= LONGEST_HEADER else None


@lru_cache(maxsize=4_000)
def _session_in(words: str) -> SessionHeader | None:
    if match := _ISO.search(words):
        return _dated(words, match[3], match[2], match[1])
    if (match := _DATE.search(words)) and (dated := _dated(words, match[1], match[2], match[3])):
        return dated
    if (match := _WORD_DATE.search(words)) and (month := MONTHS.get(spelling(match[2])[:3])):
        return _dated(words, match[1], str(month), match[3])
    if (match := _MONTH_DATE.match(words.strip())) and (month := MONTHS.get(spelling(match[1])[:3])):
        return _dated(words, match[2], str(month), match[3])
    key = spelling(words)
    if len(key.split()) > 8:
        return None
    for pattern in (_WORD_NUMBER, _NUMBER_WORD):
        if match := pattern.match(key):
            digits = re.sub(r"(st|nd|rd|th)$", "", match[1])
            number = int(digits) if digits.isdecimal() else _ORDINALS.get(digits)
            if number:
                return SessionHeader(words, number=number)
    if key.split()[:1] and key.split()[0] in _WEEKDAYS and len(key.split()) <= 2:
        return SessionHeader(words)
    return SessionHeader(words) if len(key.split()) <= 4 and _PRESENCE.search(key) else None


def header_kind(cell: Cell) -> str | None:
    """Return the kind of a column from its header, "" for known ones that the portal ignores, None for unknown ones."""
    if isinstance(cell, date):
        return "session"
    return _kind_of(cell) if isinstance(cell, str) and len(cell) <= LONGEST_HEADER else None


def _name_kind(key: str) -> str | None:
    if _ANOTHERS_NAME.search(key):
        key = _ANOTHERS_NAME.sub(" ", key)
        if not _FAMILY.search(key) and not _GIVEN.search(key):
            return ""
    if _OF_A_THING.search(key) and not _FAMILY.search(key):
        return None
    family = _FAMILY.search(key)
    rest = _FAMILY.sub(lambda match: "~" * len(match[0]), key)
    given_match = _GIVEN.search(rest)
    if family and given_match:
        return "full_name" if family.start() < given_match.start() else "full_name_given_first"
    if family:
        return "family_name"
    if given_match:
        if any(pattern.search(key) for kind, pattern in _RULES if kind in {"unit", "organisation", "country", "email"}):
            return None
        return "given_name" if _SURELY_GIVEN.search(key) else "name"
    return "name" if _PERSON.match(key) else None


@lru_cache(maxsize=4_000)
def _kind_of(words: str) -> str | None:
    sign = words.strip().casefold().rstrip(".")
    if sign in _SIGNS:
        return _SIGNS[sign]
    # Text in brackets explains: "Pol (m/ž)"; if there is nothing else it is the header.
    key = spelling(re.sub(r"\([^)]*\)", " ", words)) or spelling(words)
    if not key or len(key.split()) > 9:
        return None
    if key in _EXACT:
        return _EXACT[key]
    if _NUMBER.match(key):
        return "number"
    if (name := _name_kind(key)) is not None:
        return name
    session = _session_in(words)
    if session and (session.day or session.number):
        return "session"
    for kind, pattern in _RULES:
        if pattern.search(key) and (kind != "sex" or len(key.split()) <= 4):
            return kind
    return "session" if session else None
