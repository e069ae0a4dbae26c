"""Keeping the index up to date: each write queues what changed, in its own transaction; it is indexed after the commit.

The apps below do not depend on search. Each of their writes creates an audit entry, and this module follows the audit log. A member's own change is
indexed at once, by the process that committed it; the worker does the rest every second: documents that contain a changed name, files whose text
has been read meanwhile, and what a process that ended too early left behind.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from audit.models import AuditEntry
from knowledge.models import Comment, FieldNote, Material, MaterialVersion, Post
from search.full_text import lock
from search.index import document_locks, in_batches, index_documents, rebuild
from search.models import Document, Kind, Pending
from trainers.models import TrainerProfile
from trainings.models import Course, Training

# Batch size: files may have long texts, and `_index_own` leaves changes to the worker while a batch is locked.
AT_ONCE = 100

# What each action changes in the index: its own document, or one of WIDE_CHANGES. Other actions change nothing that can be found.
CHANGES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("publish_post", "change_post", "hide_post", "restore_post"), (Kind.POST, "of_post")),
    **dict.fromkeys(("add_material", "add_version", "change_material", "remove_material"), (Kind.MATERIAL,)),
    **dict.fromkeys(("withdraw_version", "restore_version"), ("of_version",)),
    **dict.fromkeys(
        ("write_comment", "change_comment", "remove_comment", "hide_comment", "restore_comment"), (Kind.COMMENT,)
    ),
    **dict.fromkeys(("write_field_note", "change_field_note", "delete_field_note"), (Kind.NOTE,)),
    **dict.fromkeys(("create_profile", "change_profile"), (Kind.TRAINER,)),
    **dict.fromkeys(
        ("create_training", "change_training", "change_owner", "hand_over_training"), (Kind.TRAINING, "of_training")
    ),
    **dict.fromkeys(("create_course", "change_course"), (Kind.COURSE, "of_course")),
    **dict.fromkeys(
        ("accept_invitation", "change_member", "change_roles", "deactivate_member", "reactivate_member"), ("of_member",)
    ),
    "change_organisation": ("of_organisation",),
    "change_topic": ("of_topic",),
}

Documents = Iterable[tuple[Kind, QuerySet[Any]]]


def _of_post(pk: int) -> Documents:
    yield Kind.MATERIAL, Material.objects.filter(post=pk)
    yield Kind.COMMENT, Comment.objects.filter(post=pk)


def _of_version(pk: int) -> Documents:
    yield Kind.MATERIAL, Material.objects.filter(versions=pk)


def _of_training(pk: int) -> Documents:
    yield Kind.NOTE, FieldNote.objects.filter(training=pk)


def _of_course(pk: int) -> Documents:
    yield Kind.TRAINING, Training.objects.filter(course=pk)


def _of_member(pk: int) -> Documents:
    yield Kind.TRAINER, TrainerProfile.objects.filter(member=pk)
    yield Kind.POST, Post.objects.filter(author=pk)
    yield Kind.MATERIAL, Material.objects.filter(versions__added_by=pk)
    yield Kind.COMMENT, Comment.objects.filter(author=pk)
    yield Kind.NOTE, FieldNote.objects.filter(author=pk)
    yield Kind.TRAINING, Training.objects.filter(assignments__trainer__member=pk)


def _of_organisation(pk: int) -> Documents:
    yield Kind.POST, Post.objects.filter(organisation=pk)
    yield Kind.MATERIAL, Material.objects.filter(post__organisation=pk)
    yield Kind.TRAINER, TrainerProfile.objects.filter(member__organisation=pk)
    yield Kind.TRAINING, Training.objects.filter(Q(host=pk) | Q(owner=pk) | Q(partners=pk))
    yield Kind.NOTE, FieldNote.objects.filter(training__host=pk)


def _of_topic(pk: int) -> Documents:
    yield Kind.POST, Post.objects.filter(topics=pk)
    yield Kind.MATERIAL, Material.objects.filter(post__topics=pk)
    yield Kind.TRAINER, TrainerProfile.objects.filter(topics=pk)
    yield Kind.NOTE, FieldNote.objects.filter(topics=pk)
    yield Kind.COURSE, Course.objects.filter(topics=pk)
    yield Kind.TRAINING, Training.objects.filter(course__topics=pk)


# The documents besides its own that a change affects: too many to be indexed while somebody waits.
WIDE_CHANGES: dict[str, Callable[[int], Documents]] = {
    "of_post": _of_post, "of_version": _of_version, "of_training": _of_training, "of_course": _of_course, "of_member": _of_member,
    "of_organisation": _of_organisation, "of_topic": _of_topic,
}  # fmt: skip


def follow_entry(entry: AuditEntry) -> None:
    """Queue what an audit entry changes in the index, in its transaction; index its own document after the commit."""
    changes = CHANGES.get(entry.action, ())
    if not changes:
        return
    pending = [Pending.objects.create(what=what, object_id=int(entry.object_id)) for what in changes]
    own = [row.pk for row in pending if row.what in Kind.values]
    if own:
        # Robust: if this fails, it is logged, stays queued and is done by the worker.
        transaction.on_commit(lambda: _index_own(own), robust=True)


def request_indexing(kind: Kind, object_ids: Iterable[int]) -> None:
    """Queue documents for the worker to index."""
    Pending.objects.bulk_create(Pending(what=kind, object_id=pk) for pk in object_ids)


@transaction.atomic
def _index_own(keys: Collection[int]) -> None:
    """Index what a transaction itself changed, unless the worker is doing so: never wait for it."""
    rows = list(Pending.objects.select_for_update(skip_locked=True).filter(pk__in=keys))
    if all(lock(document_locks(row.what, [row.object_id]), wait=False) for row in rows):
        _index(rows)


def sync_index() -> None:
    """Index everything in the queue. Two queries if it is empty."""
    while _index_next():
        pass
    for batch in in_batches(_files_read_meanwhile(), AT_ONCE):
        index_documents(Kind.MATERIAL, batch)


def look_after_search() -> None:
    """Build an empty index, as after the first start, otherwise update it; called by the worker every second."""
    if not Document.objects.exists():
        rebuild()
    sync_index()


@transaction.atomic
def _index_next() -> int:
    """Index the next queued objects of one kind and return their number. Concurrent workers take different ones."""
    what = Pending.objects.order_by("pk").values_list("what", flat=True).first()
    waiting = Pending.objects.select_for_update(skip_locked=True).filter(what=what)
    rows = list(waiting.order_by("pk")[:AT_ONCE]) if what else []
    _index(rows)
    return len(rows)


def _index(rows: Collection[Pending]) -> None:
    """Index these objects of one kind, or queue the documents that a wide change affects."""
    documents = {row.object_id for row in rows if row.what in Kind.values}
    for row in rows:
        for kind, concerned in WIDE_CHANGES[row.what](row.object_id) if row.what in WIDE_CHANGES else ():
            request_indexing(kind, concerned.order_by().values_list("pk", flat=True).distinct())
    if documents:
        index_documents(Kind(next(iter(rows)).what), documents)
    Pending.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _files_read_meanwhile() -> list[int]:
    waiting = Document.objects.filter(kind=Kind.MATERIAL, waits_for_text=True)
    return list(waiting.exclude(version__text_state=MaterialVersion.Text.WAITING).values_list("object_id", flat=True))
