"""Reporting what does not belong here, and what moderators make of it."""

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from knowledge.conflicts import locked
from knowledge.discussion.actions import forget_answer
from knowledge.models import Comment, Complaint, Post
from members.models import Member


@action
def report_post(*, post: Post, comment: Comment | None = None, words: str, by: Member) -> Complaint:
    """Ask the moderators to look at a post, or at a comment on it.

    The record's line says that something was reported, not what: the author may be who reads it. Raises ValidationError
    where `by` waits for an answer about the same already.
    """
    locked(post)
    if Complaint.objects.filter(post=post, comment=comment, by=by, outcome=Complaint.Outcome.OPEN).exists():
        raise ValidationError(_("You have reported this already. A moderator will look at it."))
    complaint = Complaint.objects.create(post=post, comment=comment, by=by, words=words)
    record("report_post", complaint, root=by, by=by)
    return complaint


def _settle(complaints: QuerySet[Complaint], outcome: str, by: Member) -> int:
    """Answer every open complaint about one thing."""
    waiting = complaints.filter(outcome=Complaint.Outcome.OPEN)
    return waiting.update(outcome=outcome, settled_by=by, settled_at=timezone.now())


@action
def hide_post(*, post: Post, comment: Comment | None = None, reason: str, by: Member) -> None:
    """Take a post, or a comment on it, from the readers, with a reason that its author reads; settles what was reported of it.

    Raises ValidationError where it is hidden or removed already.
    """
    post = locked(post)
    thing = Comment.objects.get(pk=comment.pk) if comment else post
    if isinstance(thing, Comment) and thing.removed_at is not None:
        raise ValidationError(_("This comment was removed by its author."))
    if thing.hidden_at is not None:
        raise ValidationError(_("This is hidden already."))
    thing.hidden_at, thing.hidden_by, thing.hidden_reason = timezone.now(), by, reason
    thing.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
    if isinstance(thing, Comment):
        forget_answer(post, thing)
    settled = _settle(Complaint.objects.filter(post=post, comment=comment), Complaint.Outcome.HIDDEN, by)
    name = "hide_comment" if comment else "hide_post"
    record(name, thing, root=post, by=by, free_text={"reason": reason}, reports=settled)


@action
def restore_post(*, post: Post, comment: Comment | None = None, by: Member) -> None:
    """Show again what was hidden. Raises ValidationError where it is not."""
    post = locked(post)
    thing = Comment.objects.get(pk=comment.pk) if comment else post
    if thing.hidden_at is None:
        raise ValidationError(_("This is not hidden."))
    thing.hidden_at, thing.hidden_by, thing.hidden_reason = None, None, ""
    thing.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
    record("restore_comment" if comment else "restore_post", thing, root=post, by=by)


@action
def leave_reported(*, complaint: Complaint, by: Member) -> None:
    """Settle a report, and every other about the same, by leaving the thing as it is. Raises ValidationError where it is settled."""
    post = locked(complaint.post)
    same = Complaint.objects.filter(post=post, comment=complaint.comment_id)
    if not same.filter(pk=complaint.pk, outcome=Complaint.Outcome.OPEN).exists():
        raise ValidationError(_("This report is settled already."))
    record("leave_reported", post, by=by, reports=_settle(same, Complaint.Outcome.DISMISSED, by))
