"""Let the planner know how few acts of committees stand among the meetings of cells.

A nation has some hundred thousand of these; the usual sample of 30.000 rows holds none of the acts,
and each docket found was then asked for its body by itself.
"""

from typing import Any

from django.db import migrations


def sample_more(_apps: Any, editor: Any) -> None:
    """PostgreSQL only; ANALYZE takes it up by itself."""
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE pledges_docket ALTER COLUMN of_cell SET STATISTICS 1000")


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0008_unregistered"),
    ]

    operations = [
        migrations.RunPython(sample_more, migrations.RunPython.noop),
    ]
