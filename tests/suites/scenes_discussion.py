"""How each action on discussion, moderation and field notes is called, for the audit suite."""

from collections.abc import Callable
from typing import Any

from knowledge.actions import comments, keeping, moderation, notes
from knowledge.actions.posts import Choices, write_post
from knowledge.models import Comment, Complaint, FieldNote, Notice, Post, RevisionItem, Told
from trainers.models import Topic


def asked(stage: Any) -> Post:
    post = Post(kind="question", title="Pitanje", language_id="en", body="Text")
    return write_post(post=post, choices=Choices(), publish=True, by=stage.trainer)


def said(stage: Any) -> Comment:
    return comments.write_comment(post=asked(stage), body="Odgovor", answers=None, key=None, by=stage.recorder)


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


def told(stage: Any) -> Told:
    return Told.objects.create(member=stage.recorder, notice=Notice.FOLLOWED, post=asked(stage))


Scene = tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]
SCENES: dict[str, Scene] = {
    "knowledge.actions.comments.write_comment": (
        asked,
        lambda s, p: comments.write_comment(post=p, body="@Kata Vodić", answers=None, key=None, by=s.recorder),
    ),
    "knowledge.actions.comments.change_comment": (
        said,
        lambda s, c: comments.change_comment(comment=c, body="Drugo", version_seen=1, by=s.recorder),
    ),
    "knowledge.actions.comments.remove_comment": (
        said,
        lambda s, c: comments.remove_comment(comment=c, by=s.recorder),
    ),
    "knowledge.actions.comments.accept_answer": (
        said,
        lambda s, c: comments.accept_answer(post=c.post, comment=c, by=s.trainer),
    ),
    "knowledge.actions.comments.take_back_answer": (
        accepted,
        lambda s, post: comments.take_back_answer(post=post, by=s.trainer),
    ),
    "knowledge.actions.keeping.thank": (
        said,
        lambda s, c: keeping.thank(post=c.post, comment=c, on=True, by=s.trainer),
    ),
    "knowledge.actions.keeping.save_post": (
        asked,
        lambda s, post: keeping.save_post(post=post, on=True, by=s.recorder),
    ),
    "knowledge.actions.keeping.follow": (
        lambda s: Topic.objects.first(),
        lambda s, topic: keeping.follow(thing=topic, on=True, by=s.recorder),
    ),
    "knowledge.actions.keeping.read_notices": (told, lambda s, _told: keeping.read_notices(by=s.recorder)),
    "knowledge.actions.moderation.report_post": (
        said,
        lambda s, c: moderation.report_post(post=c.post, comment=c, words="x", by=s.trainer),
    ),
    "knowledge.actions.moderation.hide_post": (
        said,
        lambda s, c: moderation.hide_post(post=c.post, comment=c, reason="x", by=s.coordinator),
    ),
    "knowledge.actions.moderation.restore_post": (
        hidden,
        lambda s, c: moderation.restore_post(post=c.post, comment=c, by=s.coordinator),
    ),
    "knowledge.actions.moderation.leave_reported": (
        reported,
        lambda s, complaint: moderation.leave_reported(complaint=complaint, by=s.coordinator),
    ),
    "knowledge.actions.notes.write_note": (lambda s: None, lambda s, _none: noted(s)),
    "knowledge.actions.notes.decline_note": (
        lambda s: None,
        lambda s, _none: notes.decline_note(training=s.training, by=s.trainer),
    ),
    "knowledge.actions.notes.change_note": (noted, change_note),
    "knowledge.actions.notes.delete_note": (noted, lambda s, note: notes.delete_note(note=note, by=s.trainer)),
    "knowledge.actions.notes.collect_note": (noted, collected),
    "knowledge.actions.notes.settle_item": (
        lambda s: collected(s, noted(s)),
        lambda s, item: notes.settle_item(item=item, state="done", by=s.coordinator),
    ),
    "knowledge.actions.notes.drop_item": (
        lambda s: collected(s, noted(s)),
        lambda s, item: notes.drop_item(item=item, by=s.coordinator),
    ),
}
