"""The member behind a request."""

from django.http import HttpRequest

from members.models import Member


def member_of(request: HttpRequest) -> Member:
    """Return the signed-in member; the middleware lets nobody else through."""
    assert isinstance(request.user, Member)  # noqa: S101 - narrows the type; SignInMiddleware guarantees it
    return request.user
