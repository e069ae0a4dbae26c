"""Write actions for the materials a training uses, and how they went."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from knowledge.models import MaterialUse, MaterialVersion
from members.models import Member
from trainings.models import Training

MAX_USES = 100


@action
def use_material(*, training: Training, version: MaterialVersion, by: Member) -> MaterialUse:
    """Set that a training uses this version, in place of another version of the same material.

    Raises ValidationError for a withdrawn version, and if the training has reached the maximum number.
    """
    if version.withdrawn_at is not None:
        raise ValidationError(_("This version is withdrawn: choose another."))
    if MaterialUse.objects.filter(training=training).count() >= MAX_USES:
        raise ValidationError(_("A training names at most %(n)d materials.") % {"n": MAX_USES})
    MaterialUse.objects.filter(training=training, version__material=version.material_id).exclude(
        version=version
    ).delete()
    use, _made = MaterialUse.objects.get_or_create(training=training, version=version, defaults={"by": by})
    record("use_material", training, by=by, material=version.material_id, number=version.number)
    return use


@action
def drop_use(*, use: MaterialUse, by: Member) -> None:
    """Remove a material from those a training uses."""
    record("drop_material", use.training, by=by, material=use.version.material_id, number=use.version.number)
    use.delete()


@action
def record_outcome(*, use: MaterialUse, outcome: str, words: str, by: Member) -> MaterialUse:
    """Save how a material went in a training, as a choice and a sentence; empty values clear it."""
    use.outcome, use.words = outcome, words
    use.save(update_fields=["outcome", "words"])
    record("tell_outcome", use.training, by=by, material=use.version.material_id, free_text={"words": words})
    return use
