import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("members", "__first__"),
        ("trainers", "0001_initial"),
        ("trainings", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField(max_length=5000, verbose_name="text")),
                ("key", models.UUIDField(editable=False, null=True, unique=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written")),
                ("changed_at", models.DateTimeField(blank=True, null=True, verbose_name="changed")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="removed by its author")),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden")),
                ("hidden_reason", models.CharField(blank=True, max_length=500, verbose_name="why it is hidden")),
                (
                    "answers",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="knowledge.comment",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "hidden_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="hidden by",
                    ),
                ),
                (
                    "mentions",
                    models.ManyToManyField(
                        blank=True, related_name="mentioned_in", to=settings.AUTH_USER_MODEL, verbose_name="mentions"
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="FieldNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_author_hidden", models.BooleanField(default=False, verbose_name="do not show my name")),
                ("worked", models.TextField(blank=True, max_length=2000, verbose_name="what worked")),
                ("resisted", models.TextField(blank=True, max_length=2000, verbose_name="what met resistance")),
                (
                    "unanswered",
                    models.TextField(blank=True, max_length=2000, verbose_name="which question could you not answer"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="changed")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="field_notes",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "topics",
                    models.ManyToManyField(
                        blank=True, related_name="field_notes", to="trainers.topic", verbose_name="topics"
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="field_notes", to="trainings.training"
                    ),
                ),
            ],
            options={
                "verbose_name": "field note",
                "verbose_name_plural": "field notes",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("training", "author"), name="field_note_once"),
                    models.CheckConstraint(
                        condition=models.Q(("resisted", ""), ("unanswered", ""), ("worked", ""), _negated=True),
                        name="field_note_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="follows", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followed_by",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followed_by",
                        to="trainers.topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow",
                "verbose_name_plural": "follows",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", False), ("topic", None)),
                            models.Q(("person", None), ("topic__isnull", False)),
                            _connector="OR",
                        ),
                        name="follow_one_thing",
                    ),
                    models.UniqueConstraint(fields=("member", "topic"), name="follow_a_topic_once"),
                    models.UniqueConstraint(fields=("member", "person"), name="follow_a_person_once"),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("member")), _negated=True), name="follow_another"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteDeclined",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="trainings.training"
                    ),
                ),
            ],
            options={
                "verbose_name": "declined field note",
                "verbose_name_plural": "declined field notes",
                "constraints": [models.UniqueConstraint(fields=("training", "member"), name="note_declined_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("query", models.CharField(max_length=500, verbose_name="query")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen_until", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saved search",
                "verbose_name_plural": "saved searches",
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("member", "query"), name="saved_search_once")],
            },
        ),
        migrations.CreateModel(
            name="SecretAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="secret_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "secret address",
                "verbose_name_plural": "secret addresses",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)), fields=("member",), name="secret_address_one_in_use"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("material", "Material"),
                            ("lesson", "Lesson learned"),
                            ("question", "Question"),
                            ("news", "News"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("slug", models.SlugField(max_length=120, unique=True, verbose_name="address")),
                ("body", models.TextField(blank=True, max_length=60000, verbose_name="text")),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="lasts, in minutes")),
                (
                    "reach",
                    models.CharField(
                        choices=[
                            ("ministry", "My ministry"),
                            ("network", "The whole network"),
                            ("public", "Everybody, without an account too"),
                        ],
                        default="network",
                        max_length=10,
                        verbose_name="seen by",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="begun")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="changed")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                ("pinned_at", models.DateTimeField(blank=True, null=True, verbose_name="pinned")),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden")),
                ("hidden_reason", models.CharField(blank=True, max_length=500, verbose_name="why it is hidden")),
                (
                    "accepted",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="knowledge.comment",
                        verbose_name="accepted answer",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "hidden_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="hidden by",
                    ),
                ),
                (
                    "language",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="members.language",
                        verbose_name="language",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="members.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "topics",
                    models.ManyToManyField(
                        blank=True, related_name="posts", to="trainers.topic", verbose_name="topics"
                    ),
                ),
            ],
            options={
                "verbose_name": "post",
                "verbose_name_plural": "posts",
                "ordering": ["-published_at", "-pk"],
                "indexes": [
                    models.Index(fields=["-published_at", "-id"], name="post_newest"),
                    models.Index(fields=["kind", "-published_at"], name="post_newest_of_kind"),
                    models.Index(fields=["author", "-published_at"], name="post_newest_of_author"),
                    models.Index(
                        condition=models.Q(("hidden_at", None), ("published_at__isnull", False)),
                        fields=["reach", "organisation"],
                        name="post_found",
                    ),
                    models.Index(
                        condition=models.Q(("hidden_at", None), ("published_at__isnull", False)),
                        fields=["reach", "organisation", "kind", "language", "published_at", "id"],
                        name="post_counted",
                    ),
                    models.Index(
                        condition=models.Q(("pinned_at__isnull", False)), fields=["-pinned_at"], name="post_pinned"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="post_has_a_title"),
                    models.CheckConstraint(
                        condition=models.Q(("minutes", None), ("minutes__range", (1, 6000)), _connector="OR"),
                        name="post_lasts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hidden_at", None), ("hidden_by", None), ("hidden_reason", "")),
                            models.Q(
                                ("hidden_at__isnull", False),
                                ("hidden_by__isnull", False),
                                models.Q(("hidden_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="post_hidden_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RevisionItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="what to change")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To be worked in"), ("done", "Worked in"), ("dropped", "Not taken up")],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="put there")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="put there by",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revision_items",
                        to="knowledge.fieldnote",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trainers.topic",
                        verbose_name="topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "item for the next edition",
                "verbose_name_plural": "items for the next edition",
                "ordering": ["topic__name", "at"],
                "constraints": [models.UniqueConstraint(fields=("note", "topic"), name="revision_item_once")],
            },
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                (
                    "licence",
                    models.CharField(
                        choices=[
                            ("network", "For the network's own use"),
                            ("cc-by", "CC BY 4.0"),
                            ("cc-by-sa", "CC BY-SA 4.0"),
                            ("cc-by-nc-sa", "CC BY-NC-SA 4.0"),
                            ("public-domain", "Public domain"),
                            ("ask", "Ask the author before each use"),
                        ],
                        default="network",
                        max_length=16,
                        verbose_name="licence",
                    ),
                ),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="added")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="removed")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
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
                    "translation_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="translations",
                        to="knowledge.material",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="materials", to="knowledge.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "material",
                "verbose_name_plural": "materials",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("removed_at", None)),
                        fields=["language", "post"],
                        name="material_of_language",
                    ),
                    models.Index(
                        condition=models.Q(("removed_at__isnull", False)), fields=["id"], name="material_removed"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="material_has_a_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("translation_of", models.F("id")), _negated=True),
                        name="material_translates_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=500, verbose_name="what is wrong with it")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="reported")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("open", "Open"), ("hidden", "Hidden"), ("kept", "Left as it is")],
                        default="open",
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reported by",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="complaints",
                        to="knowledge.comment",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="settled by",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="complaints", to="knowledge.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "report of a post or comment",
                "verbose_name_plural": "reports of posts and comments",
                "ordering": ["at"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("words", ""), _negated=True), name="complaint_says_why"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "open"), ("settled_at", None), ("settled_by", None)),
                            models.Q(
                                models.Q(("outcome", "open"), _negated=True),
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="complaint_settled_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostAudience",
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
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="audience", to="knowledge.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "audience of a post",
                "verbose_name_plural": "audiences of posts",
                "constraints": [models.UniqueConstraint(fields=("post", "rank_group"), name="post_audience_once")],
            },
        ),
        migrations.CreateModel(
            name="PostVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("body", models.TextField(blank=True, max_length=60000, verbose_name="text")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="knowledge.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a post",
                "verbose_name_plural": "versions of posts",
                "ordering": ["-number"],
                "constraints": [models.UniqueConstraint(fields=("post", "number"), name="post_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Saved",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_posts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="saved_by", to="knowledge.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "saved post",
                "verbose_name_plural": "saved posts",
                "ordering": ["-at"],
                "constraints": [models.UniqueConstraint(fields=("member", "post"), name="saved_once")],
            },
        ),
        migrations.CreateModel(
            name="Seen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="knowledge.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "seen post",
                "verbose_name_plural": "seen posts",
                "constraints": [models.UniqueConstraint(fields=("member", "post"), name="seen_once")],
            },
        ),
        migrations.CreateModel(
            name="Thanks",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="thanks",
                        to="knowledge.comment",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="thanks",
                        to="knowledge.post",
                    ),
                ),
            ],
            options={
                "verbose_name": "thanks",
                "verbose_name_plural": "thanks",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("comment__isnull", False), ("post", None)),
                            models.Q(("comment", None), ("post__isnull", False)),
                            _connector="OR",
                        ),
                        name="thanks_for_one_thing",
                    ),
                    models.UniqueConstraint(fields=("member", "post"), name="thanks_for_a_post_once"),
                    models.UniqueConstraint(fields=("member", "comment"), name="thanks_for_a_comment_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaterialVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("stored", models.CharField(editable=False, max_length=120, unique=True)),
                ("name", models.CharField(max_length=160, verbose_name="file name")),
                ("kind", models.CharField(max_length=100, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                ("checksum", models.CharField(max_length=64, verbose_name="checksum (SHA-256)")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="what is new")),
                ("pages", models.PositiveIntegerField(null=True, verbose_name="pages")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="added")),
                ("downloads", models.PositiveIntegerField(default=0, verbose_name="downloads")),
                (
                    "text_state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits to be read"),
                            ("read", "Read"),
                            ("none", "Holds no text"),
                            ("failed", "Could not be read"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=500, verbose_name="why it is withdrawn")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "material",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="knowledge.material"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="withdrawn by",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a material",
                "verbose_name_plural": "versions of materials",
                "ordering": ["-number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("withdrawn_at__isnull", False)),
                        fields=["id"],
                        name="material_version_withdrawn",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("material", "number"), name="material_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at", None), ("withdrawn_by", None), ("withdrawn_reason", "")),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("withdrawn_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="material_withdrawn_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaterialText",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="knowledge.materialversion",
                    ),
                ),
                ("places", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "text of a material",
                "verbose_name_plural": "texts of materials",
            },
        ),
        migrations.CreateModel(
            name="MaterialUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="entered")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("worked", "Worked well"), ("partly", "Worked in part"), ("failed", "Did not work")],
                        max_length=8,
                        verbose_name="how it went",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="in a sentence")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="materials_used",
                        to="trainings.training",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="knowledge.materialversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "use of a material",
                "verbose_name_plural": "uses of materials",
                "ordering": ["at"],
                "constraints": [models.UniqueConstraint(fields=("training", "version"), name="material_use_once")],
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="post",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="knowledge.post"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("body", ""), _negated=True), name="comment_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("answers", models.F("id")), _negated=True), name="comment_answers_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hidden_at", None), ("hidden_by", None), ("hidden_reason", "")),
                    models.Q(
                        ("hidden_at__isnull", False),
                        ("hidden_by__isnull", False),
                        models.Q(("hidden_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="comment_hidden_with_a_reason",
            ),
        ),
    ]
