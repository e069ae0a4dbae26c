"""Every write to profiles and topics."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify

from audit.record import changed_row, record
from common.actions import action
from common.folding import loose, spelling
from members.models import Language, Member, RoleCode
from trainers.models import Topic, TrainerProfile


def name_keys(member: Member) -> dict[str, str]:
    """Return the search keys of a trainer's name, which match both name orders by their parts."""
    name = f"{member.given_name} {member.family_name}"
    return {"name_key": spelling(name), "loose_key": loose(name)}


def _make_profile(member: Member) -> TrainerProfile:
    base = slugify(spelling(member.full_name)) or "trainer"
    taken = set(TrainerProfile.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug = next(s for n in range(1, len(taken) + 2) if (s := base if n == 1 else f"{base}-{n}") not in taken)
    return TrainerProfile.objects.create(member=member, slug=slug, **name_keys(member))


@action
def ensure_profile(*, member: Member, by: Member) -> TrainerProfile:
    """Return the member's profile, creating an empty one if needed."""
    if existing := TrainerProfile.objects.filter(member=member).first():
        return existing
    profile = _make_profile(member)
    record("create_profile", profile, by=by)
    return profile


def follow_member(sender: object, member: Member, by: Member, **kwargs: Any) -> None:
    """Create the profile of a new trainer, and keep its search keys in step with the member's name.

    Part of the action that changed the member, which writes the audit entry.
    """
    if member.has_role(RoleCode.TRAINER) and not TrainerProfile.objects.filter(member=member).exists():
        _make_profile(member)
    TrainerProfile.objects.filter(member=member).update(**name_keys(member))


# What trainers write about themselves, besides languages and topics.
WRITTEN = ("sex", "rank_id", "position", "qualifications", "deployments", "about", "certified_on", "photo", "is_public")


@action
def change_profile(
    *,
    profile: TrainerProfile,
    languages: Iterable[Language],
    topics: Iterable[Topic],
    photo: ContentFile | None = None,
    drop_photo: bool = False,
    by: Member,
) -> TrainerProfile:
    """Save a changed profile. `photo` is the checked and scaled picture; None keeps the current one.

    The file of a replaced or dropped picture is deleted after the commit.
    """
    former = profile.photo.name
    if photo is not None:
        profile.photo.save(f"{profile.slug}.jpg", photo, save=False)
    elif drop_photo:
        profile.photo = ""
    changed_values = changed_row(profile, WRITTEN)
    profile.save()
    profile.languages.set(languages)
    profile.topics.set(topics)
    record("change_profile", profile, by=by, fields=changed_values, free_text=changed_values)
    if former and former != profile.photo.name:
        transaction.on_commit(partial(profile.photo.storage.delete, former))
    return profile


@action
def save_topic(*, topic: Topic, by: Member) -> Topic:
    """Save a new or renamed topic."""
    created = topic.pk is None
    changed_values = changed_row(topic, ("name",))
    topic.save()
    record("create_topic" if created else "change_topic", topic, by=by, fields=changed_values, free_text=changed_values)
    return topic
