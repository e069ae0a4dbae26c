"""A form submitted after the session had expired: held, encrypted, until the same member signs in again."""

import json
import time
from dataclasses import dataclass

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from members.encryption import decrypt, encrypt
from members.models import Member

HELD_KEY = "held_form"
HELD_SECONDS = 60 * 60
MOST_BYTES = 300_000
# Passwords and codes are never held.
NEVER_BELOW = "/account/"


@dataclass(frozen=True)
class HeldForm:
    """What was submitted and where: the fields in order, and the names of files; the files themselves are not held."""

    path: str
    fields: list[tuple[str, str]]
    files: list[str]


def hold_form(request: HttpRequest, member: Member) -> bool:
    """Store this POST's form in the current session for that member. Return whether it was stored.

    Stored encrypted for an hour; nothing below /account/, nothing above 300 kB, nothing for an unknown address.
    """
    if request.path.startswith(NEVER_BELOW):
        return False
    try:
        resolve(request.path_info)
    except Resolver404:
        return False
    fields = [
        (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
    ]
    body = json.dumps({"path": request.get_full_path(), "fields": fields, "files": sorted(request.FILES)})
    if len(body) > MOST_BYTES:
        return False
    request.session[HELD_KEY] = {"member": member.pk, "until": int(time.time()) + HELD_SECONDS, "body": encrypt(body)}
    return True


def has_held_form(request: HttpRequest) -> bool:
    """Return whether this session holds a form of the signed-in member."""
    held = request.session.get(HELD_KEY)
    return bool(held and time.time() < held["until"] and str(held["member"]) == request.session.get(SESSION_KEY))


def held_form(request: HttpRequest) -> HeldForm | None:
    """Return the signed-in member's held form, or None."""
    if not has_held_form(request):
        return None
    try:
        body = json.loads(decrypt(request.session[HELD_KEY]["body"]))
    except ValueError:  # the key has changed since
        return None
    return HeldForm(body["path"], [(name, value) for name, value in body["fields"]], body["files"])


def drop_held_form(request: HttpRequest) -> None:
    """Discard the held form, whoever it belongs to."""
    request.session.pop(HELD_KEY, None)
