import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("members", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                ("action", models.CharField(max_length=60, verbose_name="action")),
                ("kind", models.CharField(max_length=60, verbose_name="kind of object")),
                ("object_id", models.CharField(max_length=40, verbose_name="object")),
                (
                    "root_kind",
                    models.CharField(blank=True, max_length=60, verbose_name="kind of the whole it belongs to"),
                ),
                ("root_id", models.CharField(blank=True, max_length=40, verbose_name="the whole it belongs to")),
                (
                    "fields",
                    models.JSONField(
                        db_default=models.Value([], models.JSONField()),
                        default=list,
                        verbose_name="fields that changed",
                    ),
                ),
                ("details", models.JSONField(default=dict, verbose_name="details")),
                (
                    "free_text_hash",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=64, verbose_name="digest of its text"
                    ),
                ),
                ("is_reading", models.BooleanField(db_default=False, default=False, verbose_name="changed nothing")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organisation",
                        verbose_name="organisation it concerns",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit line",
                "verbose_name_plural": "audit lines",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["root_kind", "root_id", "-id"], name="audit_entry_root"),
                    models.Index(fields=["organisation", "-id"], name="audit_entry_organisation"),
                    models.Index(condition=models.Q(("is_reading", False)), fields=["-id"], name="audit_entry_writes"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name="number")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("entries", models.JSONField(verbose_name="numbers of its lines")),
                ("previous", models.CharField(blank=True, max_length=64, verbose_name="digest of the seal before")),
                ("content_hash", models.CharField(max_length=64, verbose_name="digest")),
            ],
            options={
                "verbose_name": "seal",
                "verbose_name_plural": "seals",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="AuditText",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="audit.auditentry",
                        verbose_name="entry",
                    ),
                ),
                ("salt", models.CharField(max_length=32)),
                ("body", models.JSONField(null=True, verbose_name="text")),
                ("about_people", models.BooleanField(default=False, verbose_name="may name participants")),
                ("erased_at", models.DateTimeField(null=True, verbose_name="erased")),
            ],
            options={
                "verbose_name": "text of an audit line",
                "verbose_name_plural": "texts of audit lines",
            },
        ),
    ]
