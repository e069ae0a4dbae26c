"""Edit conflicts: somebody else, or another window, has saved a change first."""

from typing import Any

from django.core.exceptions import ValidationError

from knowledge.models import Post


class ChangedMeanwhileError(ValidationError):
    """The object was changed since the editor opened it: `now` is its current state, to show both texts."""

    def __init__(self, now: Any, sentence: str) -> None:
        super().__init__(sentence)
        self.now = now


def locked(post: Post) -> Post:
    """Return the current post with its row locked until the transaction ends, so that changes are serialised."""
    return Post.objects.select_for_update().get(pk=post.pk)
