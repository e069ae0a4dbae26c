"""How each action on posts is called, for the audit suite: stage in, what calls it out."""

from collections.abc import Callable
from typing import Any

from knowledge.models import Post
from knowledge.posts import actions as posts


def draft(stage: Any) -> Post:
    post = Post(kind="lesson", title="Lekcija", language_id="en", body="Text")
    return posts.write_post(post=post, choices=posts.Choices(), publish=False, by=stage.trainer)


def published(stage: Any) -> Post:
    return posts.publish_post(post=draft(stage), by=stage.trainer)


def change(stage: Any, post: Post) -> Post:
    post.body = "Another"
    return posts.change_post(post=post, choices=posts.Choices(audience=["nco"]), version_seen=1, by=stage.trainer)


Scene = tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]
# What is made first, and the call that leaves the line.
SCENES: dict[str, Scene] = {
    "knowledge.posts.actions.write_post": (lambda s: None, lambda s, _none: draft(s)),
    "knowledge.posts.actions.change_post": (draft, change),
    "knowledge.posts.actions.publish_post": (draft, lambda s, post: posts.publish_post(post=post, by=s.trainer)),
    "knowledge.posts.actions.delete_draft": (draft, lambda s, post: posts.delete_draft(post=post, by=s.trainer)),
    "knowledge.posts.actions.pin_post": (
        published,
        lambda s, post: posts.pin_post(post=post, is_pinned=True, by=s.admin),
    ),
}
