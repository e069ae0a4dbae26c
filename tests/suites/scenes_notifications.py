"""How each action on what a member is told of is called, for the audit suite: stage in, what calls it out."""

from typing import Any

from knowledge.subscriptions import secret_addresses
from notifications import actions
from notifications.models import Digest
from tests.suites.scenes_posts import Scene


def digest(stage: Any) -> Digest:
    results = actions.digest_settings(stage.trainer)
    results.save()
    return results


SCENES: dict[str, Scene] = {
    "notifications.actions.choose_notifications": (
        lambda s: None,
        lambda s, _none: actions.choose_notifications(
            member=s.trainer, modes={"search": "off"}, every="day", language="mk", by=s.trainer
        ),
    ),
    "notifications.actions.leave_digest": (digest, lambda s, stored: actions.leave_digest(digest=stored, by=s.trainer)),
    "knowledge.subscriptions.secret_addresses.make_secret_address": (
        lambda s: None,
        lambda s, _none: secret_addresses.make_secret_address(member=s.trainer, by=s.trainer),
    ),
    "knowledge.subscriptions.secret_addresses.revoke_secret_address": (
        lambda s: secret_addresses.make_secret_address(member=s.trainer, by=s.trainer),
        lambda s, _secret: secret_addresses.revoke_secret_address(member=s.trainer, by=s.trainer),
    ),
}
