"""Write actions for reports of posts and comments, and for moderators' decisions."""

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
    """Report a post, or a comment on it, to the moderators.

    The audit entry does not say what was reported, because the author may read it. Raises ValidationError if `by`
    already has an open report about the same.
    """
    locked(post)
    if Complaint.objects.filter(post=post, comment=comment, by=by, outcome=Complaint.Outcome.OPEN).exists():
        raise ValidationError(_("You have reported this already. A moderator will look at it."))
    complaint = Complaint.objects.create(post=post, comment=comment, by=by, words=words)
    record("report_post", complaint, root=by, by=by)
    return complaint


def _settle(complaints: QuerySet[Complaint], outcome: str, by: Member) -> int:
    """Settle all open reports in the queryset; return their number."""
    waiting = complaints.filter(outcome=Complaint.Outcome.OPEN)
    return waiting.update(outcome=outcome, settled_by=by, settled_at=timezone.now())


@action
def hide_post(*, post: Post, comment: Comment | None = None, reason: str, by: Member) -> None:
    """Hide a post, or a comment on it, with a reason shown to its author; settles reports about it.

    Raises ValidationError if it is already hidden or removed.
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
    """Restore a hidden post or comment. Raises ValidationError if it is not hidden."""
    post = locked(post)
    thing = Comment.objects.get(pk=comment.pk) if comment else post
    if thing.hidden_at is None:
        raise ValidationError(_("This is not hidden."))
    thing.hidden_at, thing.hidden_by, thing.hidden_reason = None, None, ""
    thing.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
    record("restore_comment" if comment else "restore_post", thing, root=post, by=by)


@action
def leave_reported(*, complaint: Complaint, by: Member) -> None:
    """Settle all reports about the same post or comment without hiding it. Raises ValidationError if already settled."""
    post = locked(complaint.post)
    same = Complaint.objects.filter(post=post, comment=complaint.comment_id)
    if not same.filter(pk=complaint.pk, outcome=Complaint.Outcome.OPEN).exists():
        raise ValidationError(_("This report is settled already."))
    record("leave_reported", post, by=by, reports=_settle(same, Complaint.Outcome.DISMISSED, by))
