"""Encryption at rest, such as of second-factor secrets, and a member's pseudonym in browser storage."""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"mreza factor key:" + key.encode()).digest())) for key in keys]
    )


def encrypt(text: str) -> str:
    """Return the text encrypted by the first of FACTOR_KEYS (AES-128-CBC with HMAC-SHA256, the Fernet format)."""
    return _cipher(tuple(settings.FACTOR_KEYS)).encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """Return the text that `encrypt` received, by any of FACTOR_KEYS.

    Raises ValueError if none of the keys fits, as after a key was lost: the factor must then be reset.
    """
    try:
        return _cipher(tuple(settings.FACTOR_KEYS)).decrypt(text.encode()).decode()
    except InvalidToken as wrong:
        raise ValueError("Encrypted by none of FACTOR_KEYS.") from wrong


def browser_name(member_pk: int) -> str:
    """Return a pseudonym for a member in browser storage: 32 letters that mean nothing without PERSON_KEY.

    That key never changes, so marks that waited over a change of SECRET_KEY still find their member.
    """
    return salted_hmac(
        "name of a member in a browser", str(member_pk), secret=settings.PERSON_KEY, algorithm="sha256"
    ).hexdigest()[:32]
