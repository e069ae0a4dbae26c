import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Country",
            fields=[
                ("code", models.CharField(max_length=2, primary_key=True, serialize=False, verbose_name="code")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("in_region", models.BooleanField(default=False, verbose_name="member country of the network")),
            ],
            options={
                "verbose_name": "country",
                "verbose_name_plural": "countries",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Language",
            fields=[
                ("code", models.CharField(max_length=3, primary_key=True, serialize=False, verbose_name="code")),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "language",
                "verbose_name_plural": "languages",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("trainer", "Trainer"),
                            ("recorder", "Recorder"),
                            ("coordinator", "Coordinator"),
                            ("admin", "Network admin"),
                            ("observer", "Observer"),
                        ],
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("sentence", models.CharField(max_length=300, verbose_name="what it allows")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "role",
                "verbose_name_plural": "roles",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=160, unique=True, verbose_name="name")),
                ("short_name", models.CharField(max_length=60, verbose_name="short name")),
                ("local_name", models.CharField(blank=True, max_length=200, verbose_name="name in the local language")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ministry", "Ministry of the network"),
                            ("secretariat", "Secretariat"),
                            ("partner", "Partner"),
                            ("host", "Host abroad"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="members.country",
                        verbose_name="country",
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Rank",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("general", "General"),
                            ("senior_officer", "Senior officer"),
                            ("junior_officer", "Junior officer"),
                            ("nco", "NCO"),
                            ("soldier", "Soldier"),
                            ("cadet", "Cadet"),
                            ("civilian", "Civilian"),
                            ("not_recorded", "Not recorded"),
                        ],
                        max_length=20,
                        verbose_name="rank group",
                    ),
                ),
                ("nato", models.CharField(blank=True, max_length=5, verbose_name="NATO code")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("other_script", models.CharField(blank=True, max_length=60, verbose_name="name in the other script")),
                ("name_key", models.CharField(editable=False, max_length=60)),
                ("confirmed", models.BooleanField(default=False, verbose_name="confirmed by the ministry")),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ranks",
                        to="members.country",
                        verbose_name="country",
                    ),
                ),
            ],
            options={
                "verbose_name": "rank",
                "verbose_name_plural": "ranks",
                "ordering": ["country", "-nato", "name"],
                "constraints": [models.UniqueConstraint(fields=("country", "name_key"), name="rank_once_per_country")],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                ("given_name", models.CharField(max_length=80, verbose_name="given name")),
                ("family_name", models.CharField(max_length=80, verbose_name="family name")),
                (
                    "function",
                    models.CharField(
                        blank=True, help_text="For example: gender focal point", max_length=120, verbose_name="function"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="joined")),
                ("last_seen_at", models.DateTimeField(editable=False, null=True, verbose_name="last seen")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="members.organisation",
                        verbose_name="organisation",
                    ),
                ),
                ("roles", models.ManyToManyField(related_name="members", to="members.role", verbose_name="roles")),
            ],
            options={
                "verbose_name": "member",
                "verbose_name_plural": "members",
                "ordering": ["family_name", "given_name"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="member_email_any_case"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JoinRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("given_name", models.CharField(max_length=80, verbose_name="given name")),
                ("family_name", models.CharField(max_length=80, verbose_name="family name")),
                ("words", models.TextField(blank=True, max_length=1000, verbose_name="a few words")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("approved", "Approved"), ("declined", "Declined")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organisation",
                        verbose_name="ministry",
                    ),
                ),
            ],
            options={
                "verbose_name": "request to join",
                "verbose_name_plural": "requests to join",
                "ordering": ["asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("state", "open")),
                        name="join_request_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("given_name", models.CharField(max_length=80, verbose_name="given name")),
                ("family_name", models.CharField(max_length=80, verbose_name="family name")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("invited_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="invited")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="accepted")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked")),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="invited by",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organisation",
                        verbose_name="organisation",
                    ),
                ),
                ("roles", models.ManyToManyField(related_name="+", to="members.role", verbose_name="roles")),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["-invited_at"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        models.F("organisation"),
                        condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                        name="invitation_open_once_for_each",
                    )
                ],
            },
        ),
    ]
