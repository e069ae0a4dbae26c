import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import trainings.models.sheets


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("members", "__first__"),
        ("trainers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=12, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="usual number of days")),
                ("audience", models.CharField(blank=True, max_length=160, verbose_name="for")),
                ("summary", models.TextField(blank=True, max_length=4000, verbose_name="what it teaches")),
                (
                    "completion_threshold",
                    models.PositiveSmallIntegerField(
                        default=80,
                        help_text="Holds for trainings created from now on; earlier ones keep theirs.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="completed from, percent of the minutes",
                    ),
                ),
                ("is_offered", models.BooleanField(default=True, verbose_name="offered")),
                (
                    "makes_trainers",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Its graduates, and what comes of them, stand in the report “Cascade”.",
                        verbose_name="completion makes a trainer",
                    ),
                ),
                (
                    "topics",
                    models.ManyToManyField(
                        blank=True, related_name="courses", to="trainers.topic", verbose_name="topics"
                    ),
                ),
            ],
            options={
                "verbose_name": "course",
                "verbose_name_plural": "courses",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("completion_threshold__range", (1, 100))), name="course_threshold_1_to_100"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("family_name", models.CharField(max_length=80, verbose_name="family name")),
                ("given_name", models.CharField(max_length=80, verbose_name="given name")),
                ("spelling_key", models.CharField(editable=False, max_length=330)),
                ("loose_key", models.CharField(editable=False, max_length=330)),
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
                (
                    "email",
                    models.EmailField(blank=True, db_default="", default="", max_length=254, verbose_name="e-mail"),
                ),
                (
                    "service_hash",
                    models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("compared_at", models.DateTimeField(editable=False, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participants",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="trainings.participant",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participants",
                        to="members.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "participant",
                "verbose_name_plural": "participants",
                "ordering": ["spelling_key"],
                "indexes": [
                    models.Index(fields=["organisation", "spelling_key"], name="participant_spelling"),
                    models.Index(fields=["organisation", "loose_key"], name="participant_loose"),
                    models.Index(
                        condition=models.Q(("service_hash", ""), _negated=True),
                        fields=["service_hash"],
                        name="participant_service",
                    ),
                    models.Index(
                        condition=models.Q(("compared_at", None)),
                        fields=["organisation"],
                        name="participant_to_compare",
                    ),
                    models.Index(
                        condition=models.Q(("sex", "not_recorded")),
                        fields=["organisation"],
                        name="participant_without_sex",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into", None),
                            models.Q(("merged_into", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="participant_merged_into_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferenceCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.country"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("country", "year"), name="reference_counter_once")],
            },
        ),
        migrations.CreateModel(
            name="ColumnChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("header_key", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=24)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "header_key"), name="column_choice_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("batch", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("before", models.JSONField(default=dict)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "gone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges_away",
                        to="trainings.participant",
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="trainings.participant"
                    ),
                ),
            ],
            options={
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("survivor", models.F("gone")), _negated=True), name="merge_of_two"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)), fields=("gone",), name="merge_once_until_undone"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at", None), ("undone_by", None)),
                            models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="merge_undone_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("different", "Not the same person"), ("merged", "Merged")],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("service", "the same service number"),
                            ("name", "the same name"),
                            ("swapped", "the same names the other way round"),
                            ("loose", "a name that sounds alike"),
                            ("typing", "a name one letter apart"),
                        ],
                        db_default="name",
                        default="name",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="trainings.participant"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="trainings.participant"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "-id"], name="duplicate_pair_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="duplicate_pair_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="duplicate_pair_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=16, unique=True, verbose_name="reference")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("title_key", models.CharField(db_index=True, editable=False, max_length=420)),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="place")),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("classroom", "In a classroom"),
                            ("online", "Online"),
                            ("mixed", "Classroom and online"),
                        ],
                        default="classroom",
                        max_length=10,
                        verbose_name="mode",
                    ),
                ),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="notes")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("counts_on", models.DateField(editable=False)),
                ("scheduled_minutes", models.PositiveIntegerField(default=0, editable=False)),
                ("sessions_held", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("completion_threshold", models.PositiveSmallIntegerField(default=80, editable=False)),
                (
                    "figures",
                    models.CharField(
                        choices=[
                            ("recorded", "Recorded, not submitted"),
                            ("submitted", "Submitted"),
                            ("verified", "Verified"),
                        ],
                        default="recorded",
                        max_length=10,
                        verbose_name="figures",
                    ),
                ),
                ("figures_version", models.PositiveIntegerField(default=0, editable=False)),
                ("submitted_at", models.DateTimeField(editable=False, null=True)),
                ("verified_at", models.DateTimeField(editable=False, null=True)),
                ("returned_reason", models.TextField(blank=True, editable=False)),
                ("cancelled_at", models.DateTimeField(editable=False, null=True)),
                ("cancelled_reason", models.TextField(blank=True, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("created_key", models.UUIDField(editable=False, null=True, unique=True)),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trainings",
                        to="members.country",
                        verbose_name="country",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trainings",
                        to="trainings.course",
                        verbose_name="course",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "host",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hosted",
                        to="members.organisation",
                        verbose_name="host",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_trainings",
                        to="members.organisation",
                        verbose_name="keeper",
                    ),
                ),
                (
                    "language",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.language",
                        verbose_name="language",
                    ),
                ),
                (
                    "partners",
                    models.ManyToManyField(
                        blank=True, related_name="partnered", to="members.organisation", verbose_name="partners"
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "training",
                "verbose_name_plural": "trainings",
                "ordering": ["-starts_on", "-reference"],
                "indexes": [
                    models.Index(fields=["figures", "counts_on"], name="training_figures_period"),
                    models.Index(fields=["-starts_on", "-reference"], name="training_newest"),
                    models.Index(fields=["owner", "figures", "ends_on"], name="training_owner_work"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="training_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("completion_threshold__range", (1, 100))),
                        name="training_threshold_1_to_100",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("figures", "recorded"), ("submitted_by__isnull", False), _connector="OR"),
                        name="training_submitted_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("figures", "verified"), _negated=True),
                            models.Q(
                                ("verified_by__isnull", False),
                                models.Q(("verified_by", models.F("submitted_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="training_verified_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="day")),
                ("starts", models.TimeField(blank=True, null=True, verbose_name="from")),
                ("ends", models.TimeField(blank=True, null=True, verbose_name="to")),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="title")),
                (
                    "minutes",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Empty: from the clock times. An online module needs no clock time.",
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="minutes",
                    ),
                ),
                ("cancelled_at", models.DateTimeField(editable=False, null=True)),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="trainings.training"
                    ),
                ),
            ],
            options={
                "ordering": ["date", "starts", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends", None), ("starts", None)),
                            models.Q(
                                ("ends__gt", models.F("starts")), ("ends__isnull", False), ("starts__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="session_ends_after_start",
                    ),
                    models.CheckConstraint(condition=models.Q(("minutes__lte", 1440)), name="session_within_a_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FiguresVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("totals", models.JSONField(verbose_name="totals")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recalled_at", models.DateTimeField(null=True)),
                ("returned_at", models.DateTimeField(null=True)),
                ("returned_reason", models.TextField(blank=True)),
                ("verified_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures_versions",
                        to="trainings.training",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [models.UniqueConstraint(fields=("training", "number"), name="figures_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("roster_key", models.UUIDField(null=True, unique=True)),
                ("headcount_key", models.UUIDField(null=True, unique=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="members.organisation"
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parties", to="trainings.training"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("training", "organisation"), name="party_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("headcount_key__isnull", True), ("roster_key__isnull", False)),
                            models.Q(("headcount_key__isnull", False), ("roster_key__isnull", True)),
                            _connector="OR",
                        ),
                        name="party_roster_or_headcount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[("lead", "Lead trainer"), ("co_trainer", "Co-trainer"), ("observer", "Observer")],
                        default="co_trainer",
                        max_length=12,
                        verbose_name="part",
                    ),
                ),
                (
                    "trainer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="trainers.trainerprofile",
                        verbose_name="trainer",
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="trainings.training"
                    ),
                ),
            ],
            options={
                "ordering": ["-part", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("training", "trainer"), name="trainer_once_in_training")
                ],
            },
        ),
        migrations.CreateModel(
            name="Workbook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=trainings.models.sheets.new_code, max_length=10, unique=True)),
                ("secret", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("sessions", models.JSONField(default=list)),
                ("rows", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="workbooks", to="trainings.training"
                    ),
                ),
            ],
            options={
                "verbose_name": "offline workbook",
                "verbose_name_plural": "offline workbooks",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(max_length=2000, verbose_name="reason")),
                ("changes", models.JSONField(verbose_name="changes")),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="amendment",
                        to="trainings.figuresversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Headcount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("female", "Female"),
                            ("male", "Male"),
                            ("other", "Other"),
                            ("not_recorded", "Not recorded"),
                        ],
                        max_length=12,
                        verbose_name="sex",
                    ),
                ),
                (
                    "rank_group",
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
                (
                    "attended",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MaxValueValidator(100000)], verbose_name="attended"
                    ),
                ),
                (
                    "completed",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100000)],
                        verbose_name="completed, if known",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="headcounts",
                        to="trainings.party",
                        to_field="headcount_key",
                    ),
                ),
            ],
            options={
                "ordering": ["sex", "rank_group"],
                "constraints": [
                    models.UniqueConstraint(fields=("party", "sex", "rank_group"), name="headcount_once"),
                    models.CheckConstraint(
                        condition=models.Q(("attended__range", (0, 100000))), name="headcount_0_to_100000"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("completed", None),
                            models.Q(("completed__gte", 0), ("completed__lte", models.F("attended"))),
                            _connector="OR",
                        ),
                        name="headcount_completed_attended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank_words", models.CharField(blank=True, max_length=60, verbose_name="rank")),
                (
                    "rank_group",
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
                        default="not_recorded",
                        max_length=20,
                        verbose_name="rank group",
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=160, verbose_name="unit")),
                ("age_band", models.CharField(blank=True, max_length=8, verbose_name="age band")),
                ("line", models.PositiveIntegerField(default=0)),
                ("minutes", models.PositiveIntegerField(default=0, editable=False)),
                ("attended_sessions", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("recorded_sessions", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("removed_at", models.DateTimeField(editable=False, null=True)),
                ("removed_with", models.UUIDField(editable=False, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="members.organisation",
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
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="trainings.participant",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="trainings.party",
                        to_field="roster_key",
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="enrolments", to="trainings.training"
                    ),
                ),
            ],
            options={
                "ordering": ["participant__spelling_key", "pk"],
                "indexes": [
                    models.Index(fields=["organisation", "training"], name="enrolment_home"),
                    models.Index(
                        condition=models.Q(("rank_group", "not_recorded"), ("removed_at", None)),
                        fields=["training"],
                        name="enrolment_without_rank",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("training", "participant"), name="participant_once_in_training"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("party__isnull", False), ("removed_at__isnull", True)),
                            models.Q(("party__isnull", True), ("removed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="enrolment_in_party_unless_removed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Being read"),
                            ("refused", "Cannot be read"),
                            ("preview", "Preview"),
                            ("taking", "Being taken in"),
                            ("committed", "Taken in"),
                            ("undone", "Undone"),
                        ],
                        default="preview",
                        max_length=10,
                    ),
                ),
                ("sheets", models.JSONField(default=list)),
                ("chosen", models.JSONField(default=dict)),
                ("batch", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("committed_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("upload", models.BinaryField(null=True)),
                ("upload_name", models.CharField(blank=True, db_default="", default="", editable=False, max_length=20)),
                ("work_began", models.DateTimeField(editable=False, null=True)),
                ("work_seconds", models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
                ("refusal", models.TextField(blank=True, db_default="", default="", editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.organisation"
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="imports", to="trainings.training"
                    ),
                ),
                (
                    "workbook",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="trainings.workbook",
                    ),
                ),
            ],
            options={
                "verbose_name": "roster import",
                "verbose_name_plural": "roster imports",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="SheetEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("code", models.CharField(default=trainings.models.sheets.new_code, max_length=10, unique=True)),
                (
                    "script",
                    models.CharField(
                        choices=[
                            ("written", "As written, nothing below"),
                            ("latin", "Latin below names in Cyrillic"),
                            ("cyrillic", "Cyrillic below names in Latin"),
                            ("both", "Each name in both scripts"),
                        ],
                        default="written",
                        max_length=10,
                        verbose_name="scripts",
                    ),
                ),
                ("headings", models.JSONField(default=list, verbose_name="headings")),
                ("blank_lines", models.PositiveSmallIntegerField(default=8, verbose_name="blank lines")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheet_editions",
                        to="trainings.session",
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheet_editions",
                        to="trainings.training",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "number"), name="sheet_edition_once"),
                    models.CheckConstraint(
                        condition=models.Q(("blank_lines__lte", 40)), name="sheet_edition_blank_lines"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(upload_to=trainings.models.sheets.evidence_path)),
                ("kind", models.CharField(max_length=20)),
                ("size", models.PositiveIntegerField()),
                ("content_hash", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(null=True)),
                ("removed_reason", models.TextField(blank=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="trainings.session",
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="evidence", to="trainings.training"
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ImportedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("enrolled_by_it", models.BooleanField(default=False)),
                ("said", models.JSONField(default=dict)),
                ("before", models.JSONField(default=dict)),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="imported", to="trainings.enrolment"
                    ),
                ),
                (
                    "roster_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="trainings.rosterimport"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["enrolment", "-id"], name="imported_row_latest")],
                "constraints": [
                    models.UniqueConstraint(fields=("roster_import", "enrolment"), name="imported_row_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MarkChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                ("batch", models.UUIDField(db_index=True, null=True)),
                ("base_version", models.PositiveIntegerField()),
                ("old_value", models.CharField(blank=True, max_length=8)),
                ("new_value", models.CharField(blank=True, max_length=8)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("applied", "Saved"),
                            ("same", "Already so"),
                            ("conflict", "Somebody else changed it first"),
                            ("held", "Kept for the coordinator: the figures are locked"),
                        ],
                        max_length=8,
                    ),
                ),
                ("answer_value", models.CharField(blank=True, max_length=8)),
                ("answer_version", models.PositiveIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mark_changes",
                        to="trainings.enrolment",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mark_changes", to="trainings.session"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["enrolment", "session"], name="mark_change_cell")],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "value",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("present", "Present"),
                            ("late", "Late"),
                            ("excused", "Excused"),
                            ("absent", "Absent"),
                        ],
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="trainings.enrolment"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="trainings.session"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("enrolment", "session"), name="mark_once"),
                    models.CheckConstraint(
                        condition=models.Q(("value__in", ["", "present", "late", "excused", "absent"])),
                        name="mark_known_value",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                ("body_hash", models.CharField(max_length=64)),
                ("counts", models.JSONField(default=dict)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="trainings.sheetedition"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="SheetLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("is_blank", models.BooleanField(default=False)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="trainings.sheetedition"
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheet_lines",
                        to="trainings.enrolment",
                    ),
                ),
                (
                    "filled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="filled",
                        to="trainings.sheetentry",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "number"), name="sheet_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("is_blank", True), ("enrolment__isnull", False), _connector="OR"),
                        name="sheet_line_named_or_blank",
                    ),
                ],
            },
        ),
    ]
