"""Models of the discussion of a post, and of what each member saves and follows."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from knowledge.models.posts import Post
from members.models import Member
from trainers.models import Topic

MAX_COMMENT_LENGTH = 5_000


class Comment(models.Model):
    """A comment, or a reply to one (one level deep). Never public."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="comments")
    answers = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    author = models.ForeignKey(Member, models.PROTECT, related_name="comments", verbose_name=_("author"))
    body = models.TextField(_("text"), max_length=MAX_COMMENT_LENGTH)
    # Created by the page, so that submitting the form twice adds one comment.
    key = models.UUIDField(null=True, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    at = models.DateTimeField(_("written"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed by its author"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    hidden_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name=_("hidden by"))
    hidden_reason = models.CharField(_("why it is hidden"), max_length=500, blank=True)
    mentions = models.ManyToManyField(Member, related_name="mentioned_in", blank=True, verbose_name=_("mentions"))
    notifications = GenericRelation("notifications.Notification")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(body=""), name="comment_says_something"),
            models.CheckConstraint(condition=~Q(answers=F("id")), name="comment_answers_another"),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by=None, hidden_reason="")
                | (Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_reason="")),
                name="comment_hidden_with_a_reason",
            ),
        ]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self) -> str:
        return self.body[:60]

    def get_absolute_url(self) -> str:
        return reverse("knowledge:comment", args=[self.post.slug, self.pk])


class Thanks(models.Model):
    """A member's thanks for a post or for a comment."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="thanks")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="thanks")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(post=None, comment__isnull=False) | Q(post__isnull=False, comment=None),
                name="thanks_for_one_thing",
            ),
            models.UniqueConstraint(fields=["member", "post"], name="thanks_for_a_post_once"),
            models.UniqueConstraint(fields=["member", "comment"], name="thanks_for_a_comment_once"),
        ]
        verbose_name = _("thanks")
        verbose_name_plural = _("thanks")

    def __str__(self) -> str:
        return f"{self.member_id}"


class Saved(models.Model):
    """A post that a member has saved for later. Visible only to them."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="saved_posts")
    post = models.ForeignKey(Post, models.CASCADE, related_name="saved_by")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["member", "post"], name="saved_once")]
        verbose_name = _("saved post")
        verbose_name_plural = _("saved posts")

    def __str__(self) -> str:
        return f"{self.post_id}"


class Follow(models.Model):
    """A topic or a person that a member follows. Visible only to them."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="follows")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="followed_by")
    person = models.ForeignKey(Member, models.CASCADE, null=True, related_name="followed_by")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(topic=None, person__isnull=False) | Q(topic__isnull=False, person=None),
                name="follow_one_thing",
            ),
            models.UniqueConstraint(fields=["member", "topic"], name="follow_a_topic_once"),
            models.UniqueConstraint(fields=["member", "person"], name="follow_a_person_once"),
            models.CheckConstraint(condition=~Q(person=F("member")), name="follow_another"),
        ]
        verbose_name = _("follow")
        verbose_name_plural = _("follows")

    def __str__(self) -> str:
        return f"{self.member_id}"


class Seen(models.Model):
    """When a member last saw a post and its discussion: anything newer is unread."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "post"], name="seen_once")]
        verbose_name = _("seen post")
        verbose_name_plural = _("seen posts")

    def __str__(self) -> str:
        return f"{self.post_id}"


class Complaint(models.Model):
    """A member's request that a moderator look at a post or a comment."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        HIDDEN = "hidden", _("Hidden")
        DISMISSED = "kept", _("Left as it is")

    post = models.ForeignKey(Post, models.CASCADE, related_name="complaints")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="complaints")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("reported by"))
    words = models.CharField(_("what is wrong with it"), max_length=500)
    at = models.DateTimeField(_("reported"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, default=Outcome.OPEN)
    settled_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="complaint_says_why"),
            models.CheckConstraint(
                condition=Q(outcome="open", settled_by=None, settled_at=None)
                | (~Q(outcome="open") & Q(settled_by__isnull=False, settled_at__isnull=False)),
                name="complaint_settled_by_somebody",
            ),
        ]
        verbose_name = _("report of a post or comment")
        verbose_name_plural = _("reports of posts and comments")

    def __str__(self) -> str:
        return f"{self.post_id}"
