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
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "topic",
                "verbose_name_plural": "topics",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="TrainerProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=120, unique=True, verbose_name="address")),
                ("name_key", models.CharField(db_index=True, editable=False, max_length=170)),
                ("loose_key", models.CharField(db_index=True, editable=False, max_length=170)),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("female", "Female"),
                            ("male", "Male"),
                            ("other", "Other"),
                            ("not_recorded", "Not recorded"),
                        ],
                        default="not_recorded",
                        max_length=12,
                        verbose_name="sex",
                    ),
                ),
                ("position", models.CharField(blank=True, max_length=160, verbose_name="position")),
                ("qualifications", models.TextField(blank=True, max_length=2000, verbose_name="qualifications")),
                (
                    "deployments",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Missions and postings abroad, one a line: where, as what, from when to when.",
                        max_length=2000,
                        verbose_name="deployments",
                    ),
                ),
                ("about", models.TextField(blank=True, max_length=4000, verbose_name="about")),
                ("certified_on", models.DateField(blank=True, null=True, verbose_name="certified on")),
                ("photo", models.ImageField(blank=True, upload_to="trainers/", verbose_name="photograph")),
                (
                    "is_public",
                    models.BooleanField(
                        default=False,
                        help_text="Your name, ministry, photograph and topics. Nothing else is public.",
                        verbose_name="show me on the public page",
                    ),
                ),
                (
                    "languages",
                    models.ManyToManyField(
                        blank=True, related_name="trainers", to="members.language", verbose_name="teaches in"
                    ),
                ),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="profile",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
                (
                    "rank",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.rank",
                        verbose_name="rank",
                    ),
                ),
                (
                    "topics",
                    models.ManyToManyField(
                        blank=True, related_name="trainers", to="trainers.topic", verbose_name="topics"
                    ),
                ),
            ],
            options={
                "verbose_name": "trainer",
                "verbose_name_plural": "trainers",
                "ordering": ["name_key"],
            },
        ),
    ]
