"""The words printed on a sign-in sheet, in the languages offered for its headings."""

from common.scripts import in_cyrillic
from trainings.models import Training

ENGLISH, LATIN, CYRILLIC = "en", "latin", "cyrillic"
KEYS = ("title", "number", "name", "rank", "unit", "signature", "place", "date", "time", "trainers", "edition", "walk_ins",
        "present", "trainer_signature", "page")  # fmt: skip

_ENGLISH = dict(zip(KEYS, (
    "Sign-in sheet", "No.", "Family and given name", "Rank", "Unit", "Signature", "Place", "Date", "Time", "Trainers",
    "Edition", "Not on the list? Sign here, with name, rank and unit in capital letters.", "Number present",
    "Trainer’s signature", "Page",
), strict=True))  # fmt: skip
_IJEKAVIAN = dict(zip(KEYS, (
    "Lista prisutnih", "R. br.", "Prezime i ime", "Čin", "Jedinica", "Potpis", "Mjesto", "Datum", "Vrijeme", "Treneri",
    "Izdanje", "Niste na listi? Potpišite se ovdje, uz ime, čin i jedinicu štampanim slovima.", "Broj prisutnih",
    "Potpis trenera", "Strana",
), strict=True))  # fmt: skip
_EKAVIAN = {
    **_IJEKAVIAN,
    "place": "Mesto",
    "time": "Vreme",
    "walk_ins": "Niste na listi? Potpišite se ovde, uz ime, čin i jedinicu štampanim slovima.",
}
_MACEDONIAN = dict(zip(KEYS, (
    "Листа на присутни", "Р. бр.", "Презиме и име", "Чин", "Единица", "Потпис", "Место", "Датум", "Време", "Обучувачи",
    "Издание", "Не сте на листата? Потпишете се овде, со име, чин и единица со печатни букви.", "Број на присутни",
    "Потпис на обучувачот", "Страница",
), strict=True))  # fmt: skip
_ALBANIAN = dict(zip(KEYS, (
    "Lista e pjesëmarrësve", "Nr.", "Mbiemri dhe emri", "Grada", "Njësia", "Nënshkrimi", "Vendi", "Data", "Ora", "Trajnerët",
    "Botimi", "Nuk jeni në listë? Nënshkruani këtu, me emër, gradë dhe njësi me shkronja të mëdha.", "Numri i të pranishmëve",
    "Nënshkrimi i trajnerit", "Faqja",
), strict=True))  # fmt: skip


def heading_words(training: Training, headings: list[str]) -> list[dict[str, str]]:
    """Return the words of each heading language of a sheet with its ISO code as `lang`, in that order; else English.

    *Latin* and *Cyrillic* are the training's own language in that script, else the language of its country.
    """
    language, country = training.language_id, training.country_id
    local = _EKAVIAN if language == "sr" or (country == "RS" and language not in ("bs", "hr", "cnr")) else _IJEKAVIAN
    macedonian = language == "mk" or (country == "MK" and language != "sq")
    known = {
        ENGLISH: {**_ENGLISH, "lang": "en"},
        LATIN: {**_ALBANIAN, "lang": "sq"} if language == "sq" else {**local, "lang": "sr"},
        CYRILLIC: {**_MACEDONIAN, "lang": "mk"}
        if macedonian
        else {**{key: in_cyrillic(words) for key, words in local.items()}, "lang": "sr"},
    }
    return [known[heading] for heading in headings if heading in known] or [known[ENGLISH]]


def default_headings(training: Training) -> list[str]:
    """The default headings of a sheet of this training."""
    if training.language_id == "mk" or training.country_id == "MK":
        return [CYRILLIC]
    return [ENGLISH] if training.language_id == "en" else [LATIN]
