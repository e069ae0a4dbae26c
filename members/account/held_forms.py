"""A form that was sent after the sign-in had ended: held, encrypted, until the same member is back."""

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
    """What was sent where: fields in their order, and the names of files, which are not held."""

    path: str
    fields: list[tuple[str, str]]
    files: list[str]


def hold_form(request: HttpRequest, member: Member) -> bool:
    """Keep the form of this POST in the present session for that member. Return whether it was kept.

    Kept encrypted for an hour; nothing below /account/, nothing above 300 kB, nothing for an unknown address.
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
    """Return whether a form waits in this session for the member who is signed in."""
    held = request.session.get(HELD_KEY)
    return bool(held and time.time() < held["until"] and str(held["member"]) == request.session.get(SESSION_KEY))


def held_form(request: HttpRequest) -> HeldForm | None:
    """Return the waiting form of the signed-in member, or None."""
    if not has_held_form(request):
        return None
    try:
        body = json.loads(decrypt(request.session[HELD_KEY]["body"]))
    except ValueError:  # another key since
        return None
    return HeldForm(body["path"], [(name, value) for name, value in body["fields"]], body["files"])


def drop_held_form(request: HttpRequest) -> None:
    """Forget the waiting form, whoever it was for."""
    request.session.pop(HELD_KEY, None)
