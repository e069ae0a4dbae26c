"""Write actions for discussions: comments, replies, and the accepted answer of a question."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from knowledge.conflicts import ChangedMeanwhileError, locked
from knowledge.discussion.mentions import mentioned_in
from knowledge.models import Comment, Post
from knowledge.subscriptions.notify import notify_mentioned, notify_of_comment
from members.models import Member
from notifications.notify import notifications_about

# The body of a comment deleted by its author.
NOTHING = "…"


def open_for_talk(post: Post) -> Post:
    """Return the post with its row locked, so that writes to its discussion are serialised.

    Raises ValidationError if it is a draft or hidden by now.
    """
    now = locked(post)
    if now.is_draft or now.hidden_at is not None:
        raise ValidationError(_("This post is not open for discussion."))
    return now


def _current(comment: Comment) -> Comment:
    """Return the current comment. Raises ValidationError if it is removed or hidden."""
    now = Comment.objects.select_related("post", "answers").get(pk=comment.pk)
    if now.removed_at is not None:
        raise ValidationError(_("This comment was removed."))
    if now.hidden_at is not None:
        raise ValidationError(_("This comment is hidden by a moderator."))
    return now


@action
def write_comment(*, post: Post, body: str, answers: Comment | None, key: UUID | None, by: Member) -> Comment:
    """Add a comment or a reply, and notify those concerned. Repeating the same key returns the existing comment.

    Raises ValidationError for a reply to a reply or to a removed or hidden comment, and for a post that is not open.
    """
    post = open_for_talk(post)
    said = Comment.objects.filter(key=key).first() if key else None
    if said is not None:
        if (said.author_id, said.post_id) != (by.pk, post.pk):
            raise ValidationError(_("The page sent no valid key. Load it again."))
        return said
    if answers is not None:
        answers = _current(answers)
        if answers.post_id != post.pk or answers.answers_id is not None:
            raise ValidationError(_("Only a comment of this post can be answered, not an answer."))
    comment = Comment.objects.create(post=post, answers=answers, author=by, body=body, key=key)
    mentioned = mentioned_in(body, post)
    comment.mentions.set(mentioned)
    notify_of_comment(comment, mentioned=mentioned, by=by)
    record("write_comment", comment, root=post, by=by, mentions=len(mentioned))
    return comment


@action
def change_comment(*, comment: Comment, body: str, version_seen: int, by: Member) -> Comment:
    """Save a comment's new text and notify newly mentioned members. The old text stays in the audit log.

    Raises ChangedMeanwhileError if the comment is no longer at `version_seen`.
    """
    post = open_for_talk(comment.post)
    now = _current(comment)
    if now.version != version_seen:
        raise ChangedMeanwhileError(
            now, _("This comment was changed meanwhile, in another window. Both texts are shown: saving keeps yours.")
        )
    before, now.body = now.body, body
    now.version, now.changed_at = now.version + 1, timezone.now()
    now.save(update_fields=["body", "version", "changed_at"])
    mentioned = mentioned_in(body, post)
    now.mentions.set(mentioned)
    notify_mentioned(now, mentioned, by=by)
    record("change_comment", now, root=post, by=by, fields=["body"], free_text={"before": before}, version=now.version)
    return now


@action
def remove_comment(*, comment: Comment, by: Member) -> Comment:
    """Delete a comment's text; its place stays visible if it has replies. The audit log keeps the text."""
    post = locked(comment.post)
    now = _current(comment)
    text, now.body, now.removed_at = now.body, NOTHING, timezone.now()
    now.save(update_fields=["body", "removed_at"])
    now.mentions.clear()
    notifications_about(now).delete()
    forget_answer(post, now)
    record("remove_comment", now, root=post, by=by, free_text={"text": text})
    return now


def forget_answer(post: Post, comment: Comment) -> None:
    """Unset the accepted answer if it is this comment."""
    if post.accepted_id == comment.pk:
        Post.objects.filter(pk=post.pk).update(accepted=None)


@action
def accept_answer(*, post: Post, comment: Comment, by: Member) -> Post:
    """Mark the comment that answers a question, replacing any other. Raises ValidationError for a reply."""
    post = open_for_talk(post)
    now = _current(comment)
    if now.post_id != post.pk or now.answers_id is not None:
        raise ValidationError(_("Accept a comment on the question itself, not a reply to one."))
    post.accepted = now
    post.save(update_fields=["accepted"])
    record("accept_answer", now, root=post, by=by)
    return post


@action
def take_back_answer(*, post: Post, by: Member) -> Post:
    """Unset the accepted answer of a question. Raises ValidationError if there is none."""
    post = open_for_talk(post)
    if post.accepted_id is None:
        raise ValidationError(_("No answer is accepted."))
    post.accepted = None
    post.save(update_fields=["accepted"])
    record("take_back_answer", post, by=by)
    return post
