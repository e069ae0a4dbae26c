from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import search.full_text

COLUMNS = {"search_document": ["title", "names", "words"], "search_textpart": ["words"]}


def create_full_text_indexes(apps: Any, schema_editor: Any) -> None:
    """GIN on PostgreSQL, FTS5 with its triggers on SQLite."""
    for table, columns in COLUMNS.items():
        for statement in search.full_text.index_statements(table, columns, schema_editor.connection.vendor):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("knowledge", "0001_initial"),
        ("trainers", "0001_initial"),
        ("trainings", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="NameWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=64, unique=True)),
                ("loose", models.CharField(db_index=True, max_length=64)),
                ("word_reversed", models.CharField(db_index=True, max_length=64)),
                ("loose_reversed", models.CharField(db_index=True, max_length=64)),
            ],
            options={
                "verbose_name": "word of a name",
                "verbose_name_plural": "words of names",
            },
        ),
        migrations.CreateModel(
            name="Pending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=16)),
                ("object_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "change to be indexed",
                "verbose_name_plural": "changes to be indexed",
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("waits_for_text", models.BooleanField(default=False)),
                ("has_parts", models.BooleanField(default=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("post", "Posts"),
                            ("material", "Files"),
                            ("comment", "Comments"),
                            ("note", "Field notes"),
                            ("trainer", "Trainers"),
                            ("training", "Trainings"),
                            ("course", "Courses"),
                        ],
                        max_length=8,
                    ),
                ),
                ("title", search.full_text.IndexedWordsField()),
                ("names", search.full_text.IndexedWordsField()),
                ("words", search.full_text.IndexedWordsField()),
                (
                    "comment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="knowledge.comment",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="trainings.course",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="knowledge.fieldnote",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="knowledge.post",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="trainers.trainerprofile",
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="trainings.training",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="knowledge.materialversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "document of the search index",
                "verbose_name_plural": "documents of the search index",
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="search_document_newest"),
                    models.Index(
                        condition=models.Q(("waits_for_text", True)), fields=["id"], name="search_document_waits"
                    ),
                    models.Index(
                        condition=models.Q(("has_parts", True)), fields=["id"], name="search_document_has_parts"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "object_id"), name="search_document_once")],
            },
        ),
        migrations.CreateModel(
            name="TextPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("words", search.full_text.IndexedWordsField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING, related_name="parts", to="search.document"
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a text in the search index",
                "verbose_name_plural": "parts of texts in the search index",
                "constraints": [models.UniqueConstraint(fields=("document", "number"), name="search_part_once")],
            },
        ),
        # The full-text indexes are no part of the models. Undone, they go with their tables.
        migrations.RunPython(create_full_text_indexes, migrations.RunPython.noop),
    ]
