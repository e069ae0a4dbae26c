from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trainings", "0007_long_lists_by_the_worker"),
    ]

    operations = [
        migrations.AddField(
            model_name="course",
            name="makes_trainers",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Its graduates, and what comes of them, stand in the report “Cascade”.",
                verbose_name="completion makes a trainer",
            ),
        ),
    ]
