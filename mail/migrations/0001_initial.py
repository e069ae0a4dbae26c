import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("to", models.EmailField(max_length=254, verbose_name="to")),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(blank=True)),
                ("headers", models.JSONField(blank=True, default=dict)),
                ("message_id", models.CharField(max_length=300, unique=True)),
                ("key", models.CharField(blank=True, default="", max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("given_up", "Given up")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written")),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now, verbose_name="next attempt")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="refused attempts")),
                (
                    "last_error",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="why it was refused"),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
            ],
            options={
                "verbose_name": "mail",
                "verbose_name_plural": "mails",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["not_before", "id"], name="mail_due"
                    ),
                    models.Index(condition=models.Q(("state", "given_up")), fields=["id"], name="mail_given_up"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("key",), name="mail_told_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body", ""), ("sent_at__isnull", False), ("state", "sent")),
                            models.Q(("sent_at", None), ("state__in", ["waiting", "given_up"])),
                            _connector="OR",
                        ),
                        name="mail_sent_holds_no_text",
                    ),
                ],
            },
        ),
    ]
