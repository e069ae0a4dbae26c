"""Write actions for the files of a post: versions, metadata, withdrawing, and text extraction for the search."""

from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from audit.record import changed_row, record
from common.actions import action
from common.files.reading import page_count_of_stored, words_of_stored
from common.files.storage import StoredFile, forget
from knowledge.models import Material, MaterialText, MaterialVersion, Post
from knowledge.subscriptions.notify import notify_of_version
from members.models import Member

MAX_FILES = 40
WRITTEN = ("title", "language_id", "licence", "translation_of_id")


@dataclass(frozen=True)
class About:
    """Metadata of a file to be added: its title, language, licence, and what it translates."""

    title: str
    language_id: str
    licence: str
    translation_of: Material | None = None


def room_of(member: Member) -> int:
    """Return how many bytes this member may still upload. One query."""
    taken = MaterialVersion.objects.filter(added_by=member).aggregate(n=Sum("size"))["n"] or 0
    return max(0, settings.MEMBER_ROOM_MB * 1024 * 1024 - taken)


def _first_of(other: Material | None, post: Post) -> Material | None:
    """Return the original of this translation. Raises ValidationError for a material of another post."""
    if other is None:
        return None
    if other.post_id != post.pk:
        raise ValidationError(_("A file translates another of the same post."))
    return other.translation_of or other


def _keep_version(material: Material, number: int, stored_file: StoredFile, note: str, by: Member) -> MaterialVersion:
    version = MaterialVersion.objects.create(
        material=material,
        number=number,
        stored=stored_file.name,
        name=stored_file.original,
        kind=stored_file.kind,
        size=stored_file.size,
        checksum=stored_file.checksum,
        note=note,
        added_by=by,
    )
    transaction.on_commit(lambda: read_words.enqueue(version.pk))
    return version


@action
def add_material(*, post: Post, about: About, stored_file: StoredFile, by: Member) -> Material:
    """Add a stored file as version 1 of a new material. Raises ValidationError if the post is full or has the file already."""
    Post.objects.select_for_update().get(pk=post.pk)
    here = Material.objects.filter(post=post, removed_at=None)
    if here.count() >= MAX_FILES:
        raise ValidationError(_("A post holds at most %(n)d files. Write a second post.") % {"n": MAX_FILES})
    if same := MaterialVersion.objects.filter(material__in=here, checksum=stored_file.checksum).first():
        raise ValidationError(_("This file is here already: %(title)s.") % {"title": same.material.title})
    material = Material.objects.create(
        post=post,
        title=about.title,
        language_id=about.language_id,
        licence=about.licence,
        added_by=by,
        translation_of=_first_of(about.translation_of, post),
    )
    _keep_version(material, 1, stored_file, "", by)
    record("add_material", material, by=by, root=post, free_text={"title": about.title, "file": stored_file.original})
    return material


@action
def add_version(
    *, material: Material, stored_file: StoredFile, note: str, newest_seen: int, by: Member
) -> MaterialVersion:
    """Add a stored file as a material's next version; notify trainers whose planned training uses an older one.

    `newest_seen` is the version the page showed. Raises ValidationError if another was added since, and for the same
    file again.
    """
    Material.objects.select_for_update().get(pk=material.pk)
    newest = material.versions.order_by("-number")[0]
    if newest.number != newest_seen:
        raise ValidationError(
            _("Somebody added version %(n)d meanwhile. Look at it first, then add yours.") % {"n": newest.number}
        )
    if newest.checksum == stored_file.checksum:
        raise ValidationError(_("This is the same file as version %(n)d: nothing is new.") % {"n": newest.number})
    version = _keep_version(material, newest.number + 1, stored_file, note, by)
    record(
        "add_version",
        material,
        by=by,
        root=material.post,
        free_text={"title": material.title, "file": stored_file.original},
        number=version.number,
    )
    notify_of_version(version, by=by)
    return version


@action
def change_material(*, material: Material, by: Member) -> Material:
    """Save a material's metadata: title, language, licence, what it translates. Its files stay unchanged."""
    first = _first_of(material.translation_of, material.post)
    material.translation_of = None if first == material else first
    if material.translation_of and material.translations.exists():
        raise ValidationError(_("Others translate this one: say it of them, or of none."))
    changes = changed_row(material, WRITTEN)
    material.save(update_fields=["title", "language", "licence", "translation_of"])
    record(
        "change_material",
        material,
        by=by,
        root=material.post,
        fields=changes,
        free_text={"title": material.title, **changes},
    )
    return material


@action
def withdraw_version(*, version: MaterialVersion, reason: str, by: Member) -> MaterialVersion:
    """Withdraw a version with a reason: its page stays and shows the reason, its file can no longer be downloaded."""
    if version.withdrawn_at is not None:
        raise ValidationError(_("This version is withdrawn already."))
    version.withdrawn_at, version.withdrawn_by, version.withdrawn_reason = timezone.now(), by, reason
    version.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record(
        "withdraw_version",
        version,
        by=by,
        root=version.material.post,
        number=version.number,
        free_text={"title": version.material.title, "reason": reason},
    )
    notify_of_version(version, by=by)
    return version


@action
def restore_version(*, version: MaterialVersion, by: Member) -> MaterialVersion:
    """Undo the withdrawal of a version."""
    version.withdrawn_at, version.withdrawn_by, version.withdrawn_reason = None, None, ""
    version.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record("restore_version", version, by=by, root=version.material.post, number=version.number)
    return version


@action
def remove_material(*, material: Material, by: Member) -> None:
    """Remove a material with all its versions from its post; the files of a draft are deleted.

    Raises ValidationError if a training used it: the training's record must stay traceable down to the file.
    """
    if MaterialVersion.objects.filter(material=material, uses__isnull=False).exists():
        raise ValidationError(_("Trainings used this file, so it stays. Withdraw its versions instead."))
    record("remove_material", material, by=by, root=material.post, free_text={"title": material.title})
    if material.post.is_draft:
        stored = list(material.versions.values_list("stored", flat=True))
        material.translations.update(translation_of=None)
        material.versions.all().delete()
        material.delete()
        transaction.on_commit(lambda: [forget(name) for name in stored])  # type: ignore[func-returns-value]  # a loop
        return
    material.removed_at = timezone.now()
    material.save(update_fields=["removed_at"])


def count_download(version: MaterialVersion) -> None:
    """Count a download. One update; the only trace, and it names nobody."""
    MaterialVersion.objects.filter(pk=version.pk).update(downloads=F("downloads") + 1)


@task()
def read_words(pk: int) -> None:
    """Extract the text of a stored file for the search, in a separate process. Idempotent."""
    version = MaterialVersion.objects.filter(pk=pk, text_state=MaterialVersion.Text.WAITING).first()
    if version is None:
        return
    reading = words_of_stored(version.stored, version.kind)
    places = [list(asdict(place).values()) for place in reading.places]
    state = MaterialVersion.Text.READ if places else MaterialVersion.Text.NONE
    if reading.reason and not places:
        state = MaterialVersion.Text.FAILED
    with transaction.atomic():
        if places:
            MaterialText.objects.update_or_create(version=version, defaults={"places": places})
        pages = page_count_of_stored(version.stored, version.kind)
        MaterialVersion.objects.filter(pk=pk).update(text_state=state, pages=pages or None)
