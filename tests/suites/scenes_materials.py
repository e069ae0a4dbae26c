"""How each action on files and their use is called, for the audit suite: stage in, what calls it out."""

import io
from typing import Any

from common.files.storage import keeping
from knowledge.materials import actions as materials
from knowledge.materials import use_actions as uses
from knowledge.models import Material, MaterialUse, MaterialVersion, Post
from tests.common.shared_files import pdf
from tests.suites.scenes_posts import Scene, draft


def added(stage: Any) -> Material:
    return add_to(stage, draft(stage))


def add_to(stage: Any, post: Post) -> Material:
    with keeping(io.BytesIO(pdf("Jedan")), original="a.pdf") as stored_file:
        return materials.add_material(
            post=post, about=materials.About("List", "en", "network"), stored_file=stored_file, by=stage.trainer
        )


def newer(stage: Any, of: Material) -> MaterialVersion:
    with keeping(io.BytesIO(pdf("Dva")), original="a.pdf") as stored_file:
        return materials.add_version(material=of, stored_file=stored_file, note="Novo", newest_seen=1, by=stage.trainer)


def withdrawn(stage: Any) -> MaterialVersion:
    version = added(stage).versions.get()
    return materials.withdraw_version(version=version, reason="Pogrešno", by=stage.trainer)


def used(stage: Any) -> MaterialUse:
    return uses.use_material(training=stage.training, version=added(stage).versions.get(), by=stage.trainer)


SCENES: dict[str, Scene] = {
    "knowledge.materials.actions.add_material": (draft, add_to),
    "knowledge.materials.actions.add_version": (added, newer),
    "knowledge.materials.actions.change_material": (
        added, lambda s, of: materials.change_material(material=of, by=s.trainer)
    ),
    "knowledge.materials.actions.withdraw_version": (
        lambda s: added(s).versions.get(),
        lambda s, version: materials.withdraw_version(version=version, reason="Pogrešno", by=s.trainer),
    ),
    "knowledge.materials.actions.restore_version": (
        withdrawn, lambda s, version: materials.restore_version(version=version, by=s.trainer)
    ),
    "knowledge.materials.actions.remove_material": (
        added, lambda s, of: materials.remove_material(material=of, by=s.trainer)
    ),
    "knowledge.materials.use_actions.use_material": (
        lambda s: added(s).versions.get(),
        lambda s, version: uses.use_material(training=s.training, version=version, by=s.trainer),
    ),
    "knowledge.materials.use_actions.drop_use": (used, lambda s, use: uses.drop_use(use=use, by=s.trainer)),
    "knowledge.materials.use_actions.record_outcome": (
        used, lambda s, use: uses.record_outcome(use=use, outcome="worked", words="Dobro", by=s.trainer)
    ),
}  # fmt: skip
