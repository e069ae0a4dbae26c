"""What every editor is told whose text somebody else, or another window, was faster to change."""

from typing import Any

from django.core.exceptions import ValidationError

from knowledge.models import Post


class ChangedMeanwhileError(ValidationError):
    """The thing was changed since its editor opened it: `now` is it as it is, so that both texts can be shown."""

    def __init__(self, now: Any, sentence: str) -> None:
        super().__init__(sentence)
        self.now = now


def locked(post: Post) -> Post:
    """Return the post as it is now, its row locked until the transaction ends, so that two changes come one after another."""
    return Post.objects.select_for_update().get(pk=post.pk)
