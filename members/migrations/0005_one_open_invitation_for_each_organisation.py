import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two ministries may invite one address without learning of each other.

    Looked at: the old code revokes an earlier invitation of any organisation before it makes one, so it lives with the
    wider constraint; every row that the narrower one allowed fits it.
    """

    dependencies = [("members", "0004_one_open_invitation")]

    operations = [
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                models.F("organisation"),
                condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                name="invitation_open_once_for_each",
            ),
        ),
        migrations.RemoveConstraint(model_name="invitation", name="invitation_open_once"),
    ]
