"""One auth backend for every rule: `member.has_perm("trainings.record", training)` is `trainings.access.can_record`."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.contrib.auth.backends import BaseBackend


class RuleBackend(BaseBackend):
    """Answers `app.verb` with the function `can_verb(member, thing)` of that app's `access.py`.

    Fails closed: no member, an inactive one, an app without rules or a verb without a function is refused. An error
    inside a rule is not swallowed.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not user_obj.is_active or user_obj.is_anonymous:
            return False
        app, _, verb = perm.partition(".")
        if find_spec(app) is None or find_spec(f"{app}.access") is None:
            return False
        rule = getattr(import_module(f"{app}.access"), f"can_{verb}", None)
        if rule is None:
            return False
        return bool(rule(user_obj) if obj is None else rule(user_obj, obj))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Show apps in the Django admin to members who may use it."""
        return bool(user_obj.is_active and user_obj.is_staff)
