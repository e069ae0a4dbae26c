"""The Gender Training of Trainers of the reference data makes trainers, where it was loaded before courses could say so."""

from django.db import migrations


def set_flag(apps, schema_editor):
    apps.get_model("trainings", "Course").objects.filter(code="GTOT").update(makes_trainers=True)


class Migration(migrations.Migration):
    dependencies = [
        ("trainings", "0008_courses_that_make_trainers"),
    ]

    # Backwards the column goes with the migration before.
    operations = [migrations.RunPython(set_flag, migrations.RunPython.noop, elidable=True)]
