"""What every editor is told whose text somebody else, or another window, was faster to change."""

from typing import Any

from django.core.exceptions import ValidationError


class ChangedMeanwhileError(ValidationError):
    """The thing was changed since its editor opened it: `now` is it as it is, so that both texts can be shown."""

    def __init__(self, now: Any, sentence: str) -> None:
        super().__init__(sentence)
        self.now = now
