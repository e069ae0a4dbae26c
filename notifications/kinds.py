"""The kinds of events that members are notified of, as the apps above register them when they are ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet

from members.models import Member
from notifications.models import DeliveryMode

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class NotificationKind:
    """One kind of event: its code in the database, its label on the settings page, and how it is worded.

    `sentence` and `digest_sentence` take what the notification is about (a row of one of the targets).
    """

    code: str
    label: "str | _StrPromise"
    default: DeliveryMode
    sentence: Callable[[Any], str] = str
    digest_sentence: Callable[[Any], str] = str
    modes: tuple[DeliveryMode, ...] = tuple(DeliveryMode)
    # Whether the digest lists it under "For you"; False if a section of the digest reports it anyway.
    is_in_digest: bool = True


@dataclass(frozen=True)
class Target:
    """A model that notifications can be about: which rows a member may open, and the relations their sentences need."""

    model: type[Model]
    visible: Callable[[Member], QuerySet[Any]]
    related: tuple[str, ...] = ()


KINDS: dict[str, NotificationKind] = {}
TARGETS: list[Target] = []


def register_kinds(*kinds: NotificationKind) -> None:
    """Register these kinds for the settings page, in this order."""
    KINDS.update({kind.code: kind for kind in kinds})


def register_target(model: type[Model], visible: Callable[[Member], QuerySet[Any]], *related: str) -> None:
    """Let notifications be about rows of `model`, which has `get_absolute_url`; members see them while `visible` has the row."""
    TARGETS.append(Target(model, visible, related))
