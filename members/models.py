"""People and organisations: countries, ranks, organisations, roles, members and their invitations."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

INVITATION_DAYS = 7


class Country(models.Model):
    """A country by its ISO 3166-1 alpha-2 code."""

    code = models.CharField(_("code"), primary_key=True, max_length=2)
    name = models.CharField(_("name"), max_length=80, unique=True)
    in_region = models.BooleanField(_("member country of the network"), default=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("country")
        verbose_name_plural = _("countries")

    def __str__(self) -> str:
        return self.name


class Language(models.Model):
    """A teaching language by its ISO 639 code."""

    code = models.CharField(_("code"), primary_key=True, max_length=3)
    name = models.CharField(_("name"), max_length=40, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("language")
        verbose_name_plural = _("languages")

    def __str__(self) -> str:
        return self.name


class RankGroup(models.TextChoices):
    """The groups in which ranks are counted, by STANAG 2116 code; see DESIGN for the bands."""

    GENERAL = "general", _("General")
    SENIOR_OFFICER = "senior_officer", _("Senior officer")
    JUNIOR_OFFICER = "junior_officer", _("Junior officer")
    NCO = "nco", _("NCO")
    SOLDIER = "soldier", _("Soldier")
    CADET = "cadet", _("Cadet")
    CIVILIAN = "civilian", _("Civilian")
    NOT_RECORDED = "not_recorded", _("Not recorded")


class Rank(models.Model):
    """A rank within one country: the same word may be another rank elsewhere."""

    country = models.ForeignKey(Country, models.PROTECT, related_name="ranks", verbose_name=_("country"))
    group = models.CharField(_("rank group"), max_length=20, choices=RankGroup.choices)
    nato = models.CharField(_("NATO code"), max_length=5, blank=True)
    name = models.CharField(_("name"), max_length=60)
    other_script = models.CharField(_("name in the other script"), max_length=60, blank=True)
    name_key = models.CharField(max_length=60, editable=False)
    confirmed = models.BooleanField(_("confirmed by the ministry"), default=False)

    class Meta:
        ordering = ["country", "-nato", "name"]
        constraints = [models.UniqueConstraint(fields=["country", "name_key"], name="rank_once_per_country")]
        verbose_name = _("rank")
        verbose_name_plural = _("ranks")

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A ministry of defence, a partner, a host abroad, or the secretariat."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("Ministry of the network")
        SECRETARIAT = "secretariat", _("Secretariat")
        PARTNER = "partner", _("Partner")
        HOST = "host", _("Host abroad")

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=160, unique=True)
    short_name = models.CharField(_("short name"), max_length=60)
    local_name = models.CharField(_("name in the local language"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    country = models.ForeignKey(Country, models.PROTECT, related_name="organisations", verbose_name=_("country"))

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    @property
    def can_keep(self) -> bool:
        """Whether it can own records: only member ministries and the secretariat can."""
        return self.kind in {self.Kind.MINISTRY, self.Kind.SECRETARIAT}


class RoleCode(models.TextChoices):
    """The roles that access rules refer to."""

    TRAINER = "trainer", _("Trainer")
    RECORDER = "recorder", _("Recorder")
    COORDINATOR = "coordinator", _("Coordinator")
    ADMIN = "admin", _("Network admin")
    OBSERVER = "observer", _("Observer")


class Role(models.Model):
    """A role with a sentence that says what it allows."""

    code = models.CharField(_("code"), primary_key=True, max_length=12, choices=RoleCode.choices)
    name = models.CharField(_("name"), max_length=40)
    sentence = models.CharField(_("what it allows"), max_length=300)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return self.name


class MemberManager(BaseUserManager["Member"]):
    """Finds members by email, ignoring case."""

    def get_by_natural_key(self, username: str | None) -> Member:
        return self.get(email__iexact=username)


class Member(AbstractBaseUser):
    """A person with an account. The email address is the login."""

    email = models.EmailField(_("e-mail"), unique=True)
    given_name = models.CharField(_("given name"), max_length=80)
    family_name = models.CharField(_("family name"), max_length=80)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="members", verbose_name=_("organisation")
    )
    roles = models.ManyToManyField(Role, related_name="members", verbose_name=_("roles"))
    function = models.CharField(
        _("function"), max_length=120, blank=True, help_text=_("For example: gender focal point")
    )
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    # No daily account is a superuser: there is no such flag to set.
    is_superuser = False

    objects = MemberManager()

    class Meta:
        ordering = ["family_name", "given_name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="member_email_any_case")]
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def get_full_name(self) -> str:
        return self.full_name

    @cached_property
    def role_codes(self) -> frozenset[str]:
        """The codes of this member's roles. One query for each member object."""
        return frozenset(role.code for role in self.roles.all())

    @property
    def rights(self) -> tuple[object, ...]:
        """Everything access rules read from a member besides the key; part of the cache key for what they see."""
        return self.is_active, self.organisation_id, self.role_codes

    @property
    def role_labels(self) -> list[str]:
        """The labels of this member's roles. No query for a signed-in member."""
        return [str(role.label) for role in RoleCode if role in self.role_codes]

    def has_role(self, *codes: str) -> bool:
        """Return whether this member is active and has one of these roles."""
        return self.is_active and bool(self.role_codes.intersection(codes))

    @property
    def is_staff(self) -> bool:
        """Whether this member may open the Django admin, the network admins' support desk."""
        return self.has_role(RoleCode.ADMIN)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Evaluate the access rule of that name; see `common.auth`."""
        return any(backend.has_perm(self, perm, obj) for backend in get_backends() if hasattr(backend, "has_perm"))

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class Invitation(models.Model):
    """An emailed link by which one address may sign up, once."""

    email = models.EmailField(_("e-mail"))
    given_name = models.CharField(_("given name"), max_length=80)
    family_name = models.CharField(_("family name"), max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    roles = models.ManyToManyField(Role, related_name="+", verbose_name=_("roles"))
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("invited by"))
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "organisation",
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once_for_each",
            )
        ]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.email

    @property
    def expires_at(self) -> datetime:
        return self.invited_at + timedelta(days=INVITATION_DAYS)

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and timezone.now() < self.expires_at


class JoinRequest(models.Model):
    """A request to become a member by somebody without an account; that ministry's coordinator or an admin decides."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    email = models.EmailField(_("e-mail"))
    given_name = models.CharField(_("given name"), max_length=80)
    family_name = models.CharField(_("family name"), max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("ministry"))
    words = models.TextField(_("a few words"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=models.Q(state="open"), name="join_request_open_once")
        ]
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"
