"""Files of a post: each material is a series of versions, and trainings record which of them they used."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from knowledge.models.posts import Post
from members.models import Language, Member
from trainings.models import Training


class Material(models.Model):
    """A file of a post in one language, with all its versions. Its URL is its primary key below the post's URL."""

    class Licence(models.TextChoices):
        NETWORK = "network", _("For the network's own use")
        CC_BY = "cc-by", _("CC BY 4.0")
        CC_BY_SA = "cc-by-sa", _("CC BY-SA 4.0")
        CC_BY_NC_SA = "cc-by-nc-sa", _("CC BY-NC-SA 4.0")
        PUBLIC_DOMAIN = "public-domain", _("Public domain")
        ASK = "ask", _("Ask the author before each use")

    post = models.ForeignKey(Post, models.PROTECT, related_name="materials")
    title = models.CharField(_("title"), max_length=160)
    language = models.ForeignKey(Language, models.PROTECT, related_name="+", verbose_name=_("language"))
    licence = models.CharField(_("licence"), max_length=16, choices=Licence.choices, default=Licence.NETWORK)
    # The original, if this is a translation of it.
    translation_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="translations")
    added_by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added"), default=timezone.now)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        # The filter of posts by a file's language uses only this index.
        indexes = [
            models.Index(fields=["language", "post"], name="material_of_language", condition=Q(removed_at=None)),
            # Each search excludes these; there are few.
            models.Index(fields=["id"], name="material_removed", condition=Q(removed_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="material_has_a_title"),
            models.CheckConstraint(condition=~Q(translation_of=F("id")), name="material_translates_another"),
        ]
        verbose_name = _("material")
        verbose_name_plural = _("materials")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("knowledge:material", args=[self.post.slug, self.pk])


class MaterialVersion(models.Model):
    """One file as uploaded: never changed, and withdrawn with a reason rather than deleted.

    `stored` is its random name in the storage, `name` its name when downloaded; `size` is in bytes, `checksum` is
    SHA-256 in hexadecimal.
    """

    class Text(models.TextChoices):
        WAITING = "waiting", _("Waits to be read")
        READ = "read", _("Read")
        NONE = "none", _("Holds no text")
        FAILED = "failed", _("Could not be read")

    material = models.ForeignKey(Material, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    stored = models.CharField(max_length=120, unique=True, editable=False)
    name = models.CharField(_("file name"), max_length=160)
    kind = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    checksum = models.CharField(_("checksum (SHA-256)"), max_length=64)
    note = models.CharField(_("what is new"), max_length=300, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True)
    added_by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added"), default=timezone.now)
    downloads = models.PositiveIntegerField(_("downloads"), default=0)
    text_state = models.CharField(max_length=8, choices=Text.choices, default=Text.WAITING)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("withdrawn by")
    )
    withdrawn_reason = models.CharField(_("why it is withdrawn"), max_length=500, blank=True)

    class Meta:
        ordering = ["-number"]
        indexes = [
            # Each search excludes these; there are few.
            models.Index(fields=["id"], name="material_version_withdrawn", condition=Q(withdrawn_at__isnull=False))
        ]
        constraints = [
            models.UniqueConstraint(fields=["material", "number"], name="material_version_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="material_withdrawn_with_a_reason",
            ),
        ]
        verbose_name = _("version of a material")
        verbose_name_plural = _("versions of materials")

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class MaterialText(models.Model):
    """The text of one file: a list of [place, number, text, name]; place is page, slide, sheet or empty."""

    version = models.OneToOneField(MaterialVersion, models.CASCADE, primary_key=True, related_name="text")
    places = models.JSONField(default=list)

    class Meta:
        verbose_name = _("text of a material")
        verbose_name_plural = _("texts of materials")

    def __str__(self) -> str:
        return f"{self.version_id}"


class MaterialUse(models.Model):
    """A version of a material that a training uses, and afterwards how it went."""

    class Outcome(models.TextChoices):
        WORKED = "worked", _("Worked well")
        PARTLY = "partly", _("Worked in part")
        FAILED = "failed", _("Did not work")

    training = models.ForeignKey(Training, models.CASCADE, related_name="materials_used")
    version = models.ForeignKey(MaterialVersion, models.PROTECT, related_name="uses")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    at = models.DateTimeField(_("entered"), default=timezone.now)
    outcome = models.CharField(_("how it went"), max_length=8, choices=Outcome.choices, blank=True)
    words = models.CharField(_("in a sentence"), max_length=500, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["training", "version"], name="material_use_once")]
        verbose_name = _("use of a material")
        verbose_name_plural = _("uses of materials")

    def __str__(self) -> str:
        return f"{self.training_id} {self.version_id}"
