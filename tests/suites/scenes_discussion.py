"""How each action on discussion, moderation and field notes is called, for the audit suite."""

from collections.abc import Callable
from typing import Any

from knowledge.discussion import actions as comments
from knowledge.field_notes import actions as notes
from knowledge.models import Comment, Complaint, FieldNote, Post, RevisionItem
from knowledge.moderation import actions as moderation
from knowledge.posts.actions import Choices, write_post
from knowledge.subscriptions import reactions as keeping
from notifications.actions import read_notifications
from notifications.models import Notification
from trainers.models import Topic


def question(stage: Any) -> Post:
    post = Post(kind="question", title="Pitanje", language_id="en", body="Text")
    return write_post(post=post, choices=Choices(), publish=True, by=stage.trainer)


def said(stage: Any) -> Comment:
    return comments.write_comment(post=question(stage), body="Odgovor", answers=None, key=None, by=stage.recorder)


def accepted(stage: Any) -> Post:
    comment = said(stage)
    return comments.accept_answer(post=comment.post, comment=comment, by=stage.trainer)


def reported(stage: Any) -> Complaint:
    comment = said(stage)
    return moderation.report_post(post=comment.post, comment=comment, words="x", by=stage.trainer)


def hidden(stage: Any) -> Comment:
    comment = said(stage)
    moderation.hide_post(post=comment.post, comment=comment, reason="x", by=stage.coordinator)
    return comment


def noted(stage: Any) -> FieldNote:
    note = FieldNote(training=stage.training, worked="Mapa", is_author_hidden=True)
    return notes.write_note(note=note, topics=[], by=stage.trainer)


def change_note(stage: Any, note: FieldNote) -> FieldNote:
    note.resisted = "Film"
    return notes.change_note(note=note, topics=[], version_seen=1, by=stage.trainer)


def collected(stage: Any, note: FieldNote) -> RevisionItem:
    return notes.collect_note(note=note, topic=Topic.objects.first(), words="x", by=stage.coordinator)


def notification(stage: Any) -> Notification:
    return Notification.objects.create(member=stage.recorder, kind="followed", target=question(stage))


Scene = tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]
SCENES: dict[str, Scene] = {
    "knowledge.discussion.actions.write_comment": (
        question,
        lambda s, p: comments.write_comment(post=p, body="@Kata Vodić", answers=None, key=None, by=s.recorder),
    ),
    "knowledge.discussion.actions.change_comment": (
        said,
        lambda s, c: comments.change_comment(comment=c, body="Drugo", version_seen=1, by=s.recorder),
    ),
    "knowledge.discussion.actions.remove_comment": (
        said,
        lambda s, c: comments.remove_comment(comment=c, by=s.recorder),
    ),
    "knowledge.discussion.actions.accept_answer": (
        said,
        lambda s, c: comments.accept_answer(post=c.post, comment=c, by=s.trainer),
    ),
    "knowledge.discussion.actions.take_back_answer": (
        accepted,
        lambda s, post: comments.take_back_answer(post=post, by=s.trainer),
    ),
    "knowledge.subscriptions.reactions.thank": (
        said,
        lambda s, c: keeping.thank(post=c.post, comment=c, on=True, by=s.trainer),
    ),
    "knowledge.subscriptions.reactions.save_post": (
        question,
        lambda s, post: keeping.save_post(post=post, on=True, by=s.recorder),
    ),
    "knowledge.subscriptions.reactions.follow": (
        lambda s: Topic.objects.first(),
        lambda s, topic: keeping.follow(thing=topic, on=True, by=s.recorder),
    ),
    "notifications.actions.read_notifications": (notification, lambda s, _told: read_notifications(by=s.recorder)),
    "knowledge.moderation.actions.report_post": (
        said,
        lambda s, c: moderation.report_post(post=c.post, comment=c, words="x", by=s.trainer),
    ),
    "knowledge.moderation.actions.hide_post": (
        said,
        lambda s, c: moderation.hide_post(post=c.post, comment=c, reason="x", by=s.coordinator),
    ),
    "knowledge.moderation.actions.restore_post": (
        hidden,
        lambda s, c: moderation.restore_post(post=c.post, comment=c, by=s.coordinator),
    ),
    "knowledge.moderation.actions.leave_reported": (
        reported,
        lambda s, complaint: moderation.leave_reported(complaint=complaint, by=s.coordinator),
    ),
    "knowledge.field_notes.actions.write_note": (lambda s: None, lambda s, _none: noted(s)),
    "knowledge.field_notes.actions.decline_note": (
        lambda s: None,
        lambda s, _none: notes.decline_note(training=s.training, by=s.trainer),
    ),
    "knowledge.field_notes.actions.change_note": (noted, change_note),
    "knowledge.field_notes.actions.delete_note": (noted, lambda s, note: notes.delete_note(note=note, by=s.trainer)),
    "knowledge.field_notes.actions.collect_note": (noted, collected),
    "knowledge.field_notes.actions.settle_item": (
        lambda s: collected(s, noted(s)),
        lambda s, item: notes.settle_item(item=item, state="done", by=s.coordinator),
    ),
    "knowledge.field_notes.actions.drop_item": (
        lambda s: collected(s, noted(s)),
        lambda s, item: notes.drop_item(item=item, by=s.coordinator),
    ),
}
