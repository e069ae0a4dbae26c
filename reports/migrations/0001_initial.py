import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("members", "__first__"),
        ("trainings", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("signed", models.CharField(max_length=320, verbose_name="signed")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made")),
                ("as_on", models.DateField(verbose_name="reported on")),
                ("reported_to", models.CharField(max_length=160, verbose_name="reported to")),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="note")),
                ("question", models.JSONField(verbose_name="question")),
                ("chosen", models.JSONField(verbose_name="filters in words")),
                ("definition", models.TextField(verbose_name="definition")),
                ("numbers", models.JSONField(verbose_name="numbers")),
                ("safe_numbers", models.JSONField(null=True, verbose_name="numbers without small cells")),
                ("content_hash", models.CharField(max_length=64, verbose_name="digest")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organisation",
                        verbose_name="made for",
                    ),
                ),
                (
                    "shown_to",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="shown to observers"
                    ),
                ),
            ],
            options={
                "verbose_name": "snapshot",
                "verbose_name_plural": "snapshots",
                "ordering": ["-as_on", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("made_by", "content_hash"), name="snapshot_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reported_to", ""), _negated=True), name="snapshot_reported_to_somebody"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Strength",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("unit", models.CharField(blank=True, default="", max_length=120, verbose_name="unit")),
                ("unit_key", models.CharField(blank=True, default="", editable=False, max_length=250)),
                ("as_on", models.DateField(verbose_name="as on")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="entered")),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strengths",
                        to="members.organisation",
                        verbose_name="ministry",
                    ),
                ),
            ],
            options={
                "verbose_name": "strength",
                "verbose_name_plural": "strengths",
                "ordering": ["-year", "unit_key"],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "year", "unit_key"), name="strength_once"),
                    models.CheckConstraint(
                        condition=models.Q(("year__range", (1990, 2100))), name="strength_year_1990_to_2100"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("unit", ""), ("unit_key", "")),
                            models.Q(("unit", ""), ("unit_key", ""), _connector="OR", _negated=True),
                            _connector="OR",
                        ),
                        name="strength_unit_has_its_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="strength_has_a_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("5.1", "5.1 End discrimination against women and girls"),
                            ("5.2", "5.2 Eliminate violence against women and girls"),
                            ("5.5", "5.5 Women’s participation and equal opportunities for leadership"),
                            ("5.c", "5.c Policies and legislation for gender equality"),
                        ],
                        max_length=3,
                        verbose_name="target",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contributions",
                        to="trainings.course",
                        verbose_name="course",
                    ),
                ),
            ],
            options={
                "verbose_name": "contribution",
                "verbose_name_plural": "contributions",
                "ordering": ["target", "course"],
                "constraints": [models.UniqueConstraint(fields=("course", "target"), name="contribution_once")],
            },
        ),
        migrations.CreateModel(
            name="IndicatorValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "indicator",
                    models.CharField(
                        choices=[
                            ("women", "Women in the armed forces as a whole"),
                            ("women_officers", "Women among officers"),
                            ("women_ncos", "Women among NCOs"),
                            ("women_soldiers", "Women among soldiers"),
                            ("women_civilians", "Women among civilians"),
                            ("women_command", "Women in command posts"),
                            ("mechanism", "Gender mechanism"),
                            ("action_plan", "National action plan (UNSCR 1325)"),
                            ("hr_policy", "Human resources policy"),
                            ("harassment", "Procedure against harassment"),
                        ],
                        max_length=20,
                        verbose_name="indicator",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(null=True, verbose_name="year")),
                (
                    "share",
                    models.DecimalField(
                        decimal_places=2, max_digits=5, null=True, verbose_name="share of women, in percent"
                    ),
                ),
                ("women", models.PositiveIntegerField(null=True, verbose_name="number of women")),
                ("is_there", models.BooleanField(null=True, verbose_name="is there")),
                ("since", models.DateField(null=True, verbose_name="established or adopted on")),
                ("title", models.CharField(blank=True, default="", max_length=200, verbose_name="title")),
                ("document", models.CharField(blank=True, default="", max_length=500, verbose_name="document")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("definition", models.CharField(blank=True, default="", max_length=500, verbose_name="definition")),
                ("note", models.CharField(blank=True, default="", max_length=500, verbose_name="note")),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="entered")),
                ("reason", models.CharField(blank=True, default="", max_length=500, verbose_name="reason")),
                ("is_withdrawn", models.BooleanField(default=False)),
                ("reference_key", models.CharField(editable=False, max_length=60, null=True, unique=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="indicator_values",
                        to="members.organisation",
                        verbose_name="ministry",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="reports.indicatorvalue",
                    ),
                ),
            ],
            options={
                "verbose_name": "value of an indicator",
                "verbose_name_plural": "values of indicators",
                "ordering": ["organisation__name", "indicator", "-year", "entered_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("is_there", None),
                                ("is_withdrawn", True),
                                ("share", None),
                                ("since", None),
                                ("women", None),
                            ),
                            models.Q(
                                (
                                    "indicator__in",
                                    [
                                        "women",
                                        "women_officers",
                                        "women_ncos",
                                        "women_soldiers",
                                        "women_civilians",
                                        "women_command",
                                    ],
                                ),
                                ("is_there", None),
                                ("is_withdrawn", False),
                                ("share__isnull", False),
                                ("share__range", (0, 100)),
                                ("since", None),
                            ),
                            models.Q(
                                ("indicator__in", ["mechanism", "action_plan", "hr_policy", "harassment"]),
                                ("is_there__isnull", False),
                                ("is_withdrawn", False),
                                ("share", None),
                                ("women", None),
                            ),
                            _connector="OR",
                        ),
                        name="indicator_value_of_its_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_withdrawn", False), ("reason", ""), ("replaces", None)),
                            models.Q(
                                ("replaces__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                                models.Q(("replaces", models.F("id")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="indicator_value_replaced_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year", None), ("year__range", (1990, 2100)), _connector="OR"),
                        name="indicator_value_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="indicator_value_has_a_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("women__range", (1, 4)), _negated=True),
                        name="indicator_value_women_not_1_to_4",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("nap", "National action plan 1325: activities"),
                            ("nato", "NATO-style table: rank bands and sex"),
                            ("donor", "Donor sheet"),
                            ("sdg", "SDG 5: contributions"),
                        ],
                        max_length=8,
                        verbose_name="pack",
                    ),
                ),
                ("first", models.DateField(verbose_name="from")),
                ("last", models.DateField(verbose_name="to")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="released")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="withdrawn")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="released by",
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
                "verbose_name": "release",
                "verbose_name_plural": "releases",
                "ordering": ["-made_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))), name="release_ends_after_it_begins"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("organisation", "kind", "first", "last"),
                        name="release_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FrozenTraining",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seats", models.PositiveIntegerField()),
                ("women", models.PositiveIntegerField()),
                ("men", models.PositiveIntegerField()),
                ("minutes", models.PositiveBigIntegerField()),
                ("is_verified", models.BooleanField()),
                ("content_hash", models.CharField(max_length=64)),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trainings.training"
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="trainings", to="reports.snapshot"
                    ),
                ),
            ],
            options={
                "verbose_name": "training of a snapshot",
                "verbose_name_plural": "trainings of snapshots",
                "constraints": [models.UniqueConstraint(fields=("snapshot", "training"), name="frozen_training_once")],
            },
        ),
        migrations.CreateModel(
            name="StrengthCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "strength",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cells", to="reports.strength"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("strength", "rank_group", "sex"), name="strength_cell_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__range", (0, 1000000))), name="strength_cell_0_to_1000000"
                    ),
                ],
            },
        ),
    ]
