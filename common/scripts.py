"""Transliteration: words of the region converted between Latin and Cyrillic.

Shown beside what somebody wrote, never instead of it. Serbian (Vuk) correspondences; Macedonian ones on request,
as spelt in official documents.
"""

import re
import unicodedata

_TO_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "đ", "ѓ": "gj", "е": "e", "ж": "ž", "з": "z", "ѕ": "dz",
    "и": "i", "ј": "j", "к": "k", "ќ": "kj", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "ћ": "ć", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "č", "џ": "dž", "ш": "š",
    "ѐ": "e", "ѝ": "i",
}  # fmt: skip
_TO_CYRILLIC = {
    "lj": "љ", "nj": "њ", "dž": "џ", "a": "а", "b": "б", "v": "в", "g": "г", "d": "д", "đ": "ђ", "e": "е", "ž": "ж",
    "z": "з", "i": "и", "j": "ј", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с",
    "t": "т", "ć": "ћ", "u": "у", "f": "ф", "h": "х", "c": "ц", "č": "ч", "š": "ш",
}  # fmt: skip
_MACEDONIAN = {**_TO_CYRILLIC, "gj": "ѓ", "kj": "ќ", "dz": "ѕ", "đ": "ѓ", "ć": "ќ"}
_CYRILLIC_LETTER = re.compile(r"[\u0400-\u04ff]")
_WORD = re.compile(r"[^\W\d_]+")


def is_cyrillic(text: str) -> bool:
    """Return whether any letter of the text is Cyrillic."""
    return bool(_CYRILLIC_LETTER.search(text))


def _in_case_of(letters: str, first: str, word: str) -> str:
    """Return the `letters` for `first` in the case of the word: LJ in LJUBA, Lj in Ljuba."""
    if not first[0].isupper():
        return letters
    return letters.upper() if len(letters) == 1 or (len(word) > 1 and word.isupper()) else letters.capitalize()


def in_latin(text: str) -> str:
    """Return the text in Latin; letters outside the region's Cyrillic stay.

    >>> in_latin("Љубица Ђорђевић")
    'Ljubica Đorđević'
    """

    def one_word(match: re.Match[str]) -> str:
        word = match[0]
        return "".join(_in_case_of(_TO_LATIN.get(c.lower(), c.lower()), c, word) for c in word)

    return _WORD.sub(one_word, unicodedata.normalize("NFC", text))


def in_cyrillic(text: str, *, macedonian: bool = False) -> str:
    """Return the text in Cyrillic, or "" if a letter such as q, w, x or ë has no equivalent.

    >>> in_cyrillic("Ljubica Đorđević"), in_cyrillic("Gjorgji", macedonian=True), in_cyrillic("Xhemaili")
    ('Љубица Ђорђевић', 'Ѓорѓи', '')
    """
    letters = _MACEDONIAN if macedonian else _TO_CYRILLIC
    out, at, plain = [], 0, unicodedata.normalize("NFC", text)
    while at < len(plain):
        for length in (2, 1):
            piece = plain[at : at + length]
            if len(piece) == length and piece.lower() in letters:
                out.append(letters[piece.lower()].upper() if piece[0].isupper() else letters[piece.lower()])
                at += length
                break
        else:
            if plain[at].isalpha() and not is_cyrillic(plain[at]):
                return ""
            out.append(plain[at])
            at += 1
    return "".join(out)
