"""Models of posts and their versions."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Language, Member, Organisation, RankGroup
from trainers.models import Topic

MAX_BODY_LENGTH = 60_000
MAX_MINUTES = 6_000


class Post(models.Model):
    """A post: its text is Markdown, its files are its materials.

    `version` counts the changes, to detect edit conflicts. A post without `published_at` is a draft, visible only to
    those who may edit it. A hidden post was hidden from readers by a moderator, with a reason.
    """

    class Kind(models.TextChoices):
        MATERIAL = "material", _("Material")
        LESSON = "lesson", _("Lesson learned")
        QUESTION = "question", _("Question")
        NEWS = "news", _("News")

    class Reach(models.TextChoices):
        MINISTRY = "ministry", _("My ministry")
        NETWORK = "network", _("The whole network")
        PUBLIC = "public", _("Everybody, without an account too")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    body = models.TextField(_("text"), max_length=MAX_BODY_LENGTH, blank=True)
    language = models.ForeignKey(Language, models.PROTECT, related_name="posts", verbose_name=_("language"))
    topics = models.ManyToManyField(Topic, related_name="posts", blank=True, verbose_name=_("topics"))
    minutes = models.PositiveSmallIntegerField(_("lasts, in minutes"), null=True, blank=True)
    reach = models.CharField(_("seen by"), max_length=10, choices=Reach.choices, default=Reach.NETWORK)
    author = models.ForeignKey(Member, models.PROTECT, related_name="posts", verbose_name=_("author"))
    # The author's organisation at the time of writing: "my ministry" means this one, and its coordinators moderate it.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts", verbose_name=_("organisation"))
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("begun"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    pinned_at = models.DateTimeField(_("pinned"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    hidden_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name=_("hidden by"))
    hidden_reason = models.CharField(_("why it is hidden"), max_length=500, blank=True)
    accepted = models.ForeignKey(
        "knowledge.Comment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("accepted answer")
    )

    class Meta:
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="post_newest"),
            models.Index(fields=["kind", "-published_at"], name="post_newest_of_kind"),
            models.Index(fields=["author", "-published_at"], name="post_newest_of_author"),
            # Each page of the library and each search counts a member's posts: from this small index alone, and from the
            # next one under most filters.
            models.Index(
                fields=["reach", "organisation"],
                name="post_found",
                condition=models.Q(published_at__isnull=False, hidden_at=None),
            ),
            models.Index(
                fields=["reach", "organisation", "kind", "language", "published_at", "id"],
                name="post_counted",
                condition=models.Q(published_at__isnull=False, hidden_at=None),
            ),
            models.Index(fields=["-pinned_at"], name="post_pinned", condition=models.Q(pinned_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="post_has_a_title"),
            models.CheckConstraint(
                condition=models.Q(minutes=None) | models.Q(minutes__range=(1, MAX_MINUTES)), name="post_lasts"
            ),
            models.CheckConstraint(
                condition=models.Q(hidden_at=None, hidden_by=None, hidden_reason="")
                | (models.Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~models.Q(hidden_reason="")),
                name="post_hidden_with_a_reason",
            ),
        ]
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("knowledge:detail", args=[self.slug])

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class PostAudience(models.Model):
    """A rank group that a post is for. A post without any is for all."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="audience")
    rank_group = models.CharField(_("rank group"), max_length=20, choices=RankGroup.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "rank_group"], name="post_audience_once")]
        verbose_name = _("audience of a post")
        verbose_name_plural = _("audiences of posts")

    def __str__(self) -> str:
        return str(self.get_rank_group_display())


class PostVersion(models.Model):
    """A post's text at one time, stored for its history and for comparison."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=160)
    body = models.TextField(_("text"), max_length=MAX_BODY_LENGTH, blank=True)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="post_version_once")]
        verbose_name = _("version of a post")
        verbose_name_plural = _("versions of posts")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
