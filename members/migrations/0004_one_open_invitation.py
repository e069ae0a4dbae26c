import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    """One open invitation for each address: the code before this one already kept to it, by revoking the earlier."""

    dependencies = [("members", "0003_join_requests")]

    operations = [
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                name="invitation_open_once",
            ),
        ),
    ]
