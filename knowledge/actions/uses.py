"""Which materials a training uses, how they went, and who is told when one of them is no longer the newest."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from knowledge.access import readers_of
from knowledge.models import MaterialUse, MaterialVersion, Notice, NoticeChoice, Pace, Told
from members.models import Member
from members.outbox import put_mail
from trainings.models import Training

USES_MOST = 100


@action
def use_material(*, training: Training, version: MaterialVersion, by: Member) -> MaterialUse:
    """Say that a training uses this version; another version of the same material gives way to it.

    Raises ValidationError for a withdrawn one, and for more than a training can name.
    """
    if version.withdrawn_at is not None:
        raise ValidationError(_("This version is withdrawn: choose another."))
    if MaterialUse.objects.filter(training=training).count() >= USES_MOST:
        raise ValidationError(_("A training names at most %(n)d materials.") % {"n": USES_MOST})
    MaterialUse.objects.filter(training=training, version__material=version.material_id).exclude(
        version=version
    ).delete()
    use, _made = MaterialUse.objects.get_or_create(training=training, version=version, defaults={"by": by})
    record("use_material", training, by=by, material=version.material_id, number=version.number)
    return use


@action
def drop_use(*, use: MaterialUse, by: Member) -> None:
    """Say that a training does not use a material after all."""
    record("drop_material", use.training, by=by, material=use.version.material_id, number=use.version.number)
    use.delete()


@action
def tell_outcome(*, use: MaterialUse, outcome: str, words: str, by: Member) -> MaterialUse:
    """Say how a material went in a training, in a word and a sentence; empty takes it back."""
    use.outcome, use.words = outcome, words
    use.save(update_fields=["outcome", "words"])
    record("tell_outcome", use.training, by=by, material=use.version.material_id, told={"words": words})
    return use


def tell_of_version(*, version: MaterialVersion, by: Member) -> None:
    """Tell the trainers of trainings to come that what they named is no longer the newest, or is withdrawn.

    Part of the act that changed the material, in its transaction. Four queries and two for each who is told.
    """
    material = version.material
    uses = MaterialUse.objects.filter(
        version__material=material,
        training__cancelled_at=None,
        training__ends_on__gte=timezone.localdate(),
    )
    is_withdrawn = version.withdrawn_at is not None
    uses = uses.filter(version=version) if is_withdrawn else uses.exclude(version=version)
    to_tell = readers_of(material.post).filter(profile__assignments__training__in=uses.values("training"))
    to_tell = to_tell.exclude(pk=by.pk).distinct().order_by("pk")
    chosen = dict(NoticeChoice.objects.filter(notice=Notice.NEW_VERSION).values_list("member", "pace"))
    for member in to_tell:
        pace = chosen.get(member.pk, Pace.AT_ONCE)
        if pace == Pace.OFF:
            continue
        told = Told.objects.create(member=member, notice=Notice.NEW_VERSION, post=material.post)
        if pace == Pace.AT_ONCE:
            _mail(member, version)
            told.mailed_at = timezone.now()
            told.save(update_fields=["mailed_at"])


def _mail(member: Member, version: MaterialVersion) -> None:
    title, number = version.material.title, version.number
    if version.withdrawn_at is None:
        subject = _("New version of %(title)s") % {"title": title}
        said = _("Version %(n)d of “%(title)s” is out. A planned training of yours names an older one.")
    else:
        subject = _("%(title)s is withdrawn") % {"title": title}
        said = _("Version %(n)d of “%(title)s” was withdrawn. A planned training of yours names it.")
    address = f"{settings.SITE_URL}{version.material.get_absolute_url()}"
    put_mail(
        to=member.email, subject=subject, body=f"{said % {'n': number, 'title': title}}\n\n{address}\n",
        key=f"version {version.pk} {version.withdrawn_at or 0} {member.pk}",
    )  # fmt: skip
