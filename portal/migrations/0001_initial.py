import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("knowledge", "0001_initial"),
        ("trainers", "0001_initial"),
        ("trainings", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="MissingLine",
            fields=[
                ("line", models.BigIntegerField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
            ],
            options={
                "verbose_name": "line not yet seen",
                "verbose_name_plural": "lines not yet seen",
            },
        ),
        migrations.CreateModel(
            name="SearchState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("generation", models.PositiveIntegerField(default=0)),
                ("begun", models.PositiveIntegerField(default=0)),
                ("next_number", models.PositiveIntegerField(default=0)),
                ("position", models.BigIntegerField(default=0)),
                ("looked_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "state of the search index",
                "verbose_name_plural": "states of the search index",
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=64, unique=True)),
                ("loose", models.CharField(db_index=True, max_length=64)),
                ("stem", models.CharField(db_index=True, max_length=64)),
                ("is_name", models.BooleanField(default=False)),
                ("is_frame", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "word of the search index",
                "verbose_name_plural": "words of the search index",
                "indexes": [
                    models.Index(condition=models.Q(("is_frame", True)), fields=["id"], name="search_word_frame")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("generation", models.PositiveIntegerField()),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("post", "Posts"),
                            ("material", "Files"),
                            ("note", "Field notes"),
                            ("trainer", "Trainers"),
                            ("training", "Trainings"),
                            ("course", "Courses"),
                        ],
                        max_length=8,
                    ),
                ),
                ("object_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("waits_for_text", models.BooleanField(default=False)),
                ("terms", models.BinaryField()),
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
                "verbose_name": "entry of the search index",
                "verbose_name_plural": "entries of the search index",
                "indexes": [
                    models.Index(fields=["generation", "at"], name="search_entry_newest"),
                    models.Index(
                        condition=models.Q(("waits_for_text", True)), fields=["id"], name="search_entry_waits"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("generation", "kind", "object_id"), name="search_entry_once"),
                    models.UniqueConstraint(fields=("generation", "number"), name="search_number_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchPosting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("generation", models.PositiveIntegerField()),
                (
                    "tier",
                    models.PositiveSmallIntegerField(choices=[(0, "Facet"), (1, "Title"), (2, "Names"), (3, "Text")]),
                ),
                ("block", models.PositiveIntegerField()),
                ("bits", models.BinaryField()),
                (
                    "word",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="postings", to="portal.searchword"
                    ),
                ),
            ],
            options={
                "verbose_name": "posting of the search index",
                "verbose_name_plural": "postings of the search index",
                "constraints": [
                    models.UniqueConstraint(fields=("word", "generation", "tier", "block"), name="search_posting_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="NameSlip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("left", models.CharField(max_length=64)),
                (
                    "word",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slips", to="portal.searchword"
                    ),
                ),
            ],
            options={
                "verbose_name": "word with a letter less",
                "verbose_name_plural": "words with a letter less",
                "constraints": [models.UniqueConstraint(fields=("left", "word"), name="name_slip_once")],
            },
        ),
    ]
