"""Tell the acts of committees from the meetings of cells without asking for the body of each."""

from typing import Any

from django.db import migrations, models


def loosen(_apps: Any, editor: Any) -> None:
    """What was concluded is not changed: the trigger that sees to it is installed again afterwards."""
    table = " ON pledges_docket" if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP TRIGGER IF EXISTS pledges_docket_no_update{table}")


def fill(apps: Any, editor: Any) -> None:
    loosen(apps, editor)
    cells = apps.get_model("cadres", "Body").objects.filter(kind="cell_meeting")
    apps.get_model("pledges", "Docket").objects.filter(body__in=cells).update(of_cell=True)


class Migration(migrations.Migration):
    dependencies = [
        ("cadres", "0005_siblings"),
        ("pledges", "0005_obstacles"),
    ]

    operations = [
        migrations.AddField(
            model_name="docket",
            name="of_cell",
            field=models.BooleanField(db_default=False, editable=False),
        ),
        migrations.RunPython(fill, loosen),
    ]
