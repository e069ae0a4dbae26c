"""How each action on what a member is told of is called, for the audit suite: stage in, what calls it out."""

from typing import Any

from knowledge.actions import choices
from knowledge.models import Digest
from tests.suites.scenes_posts import Scene


def digest(stage: Any) -> Digest:
    found = choices.digest_settings(stage.trainer)
    found.save()
    return found


SCENES: dict[str, Scene] = {
    "knowledge.actions.choices.choose_notices": (
        lambda s: None,
        lambda s, _none: choices.choose_notices(
            member=s.trainer, paces={"search": "off"}, every="day", language="mk", by=s.trainer
        ),
    ),
    "knowledge.actions.choices.leave_digest": (
        digest, lambda s, kept: choices.leave_digest(digest=kept, by=s.trainer)
    ),
    "knowledge.actions.choices.make_secret_address": (
        lambda s: None, lambda s, _none: choices.make_secret_address(member=s.trainer, by=s.trainer)
    ),
    "knowledge.actions.choices.revoke_secret_address": (
        lambda s: choices.make_secret_address(member=s.trainer, by=s.trainer),
        lambda s, _secret: choices.revoke_secret_address(member=s.trainer, by=s.trainer),
    ),
}  # fmt: skip
