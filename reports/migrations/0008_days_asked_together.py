"""Drop the indexes of single keys of days and of themes: a rebuild wrote them for millions of rows."""

import django.db.models.deletion
from django.db import migrations, models


def key(name: str, to: str) -> models.ForeignKey:
    """The key without an index of its own."""
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name=name, to=to
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cadres", "0005_siblings"),
        ("pledges", "0009_rare_acts"),
        ("reports", "0007_cells_endorsed"),
    ]

    operations = [
        migrations.AlterField("dailycount", "tier", key("daily_counts", "pledges.tier")),
        migrations.AlterField("dailycount", "unit", key("daily_counts", "cadres.unit")),
        migrations.AlterField("facetcount", "tier", key("facet_counts", "pledges.tier")),
        migrations.AlterField("facetcount", "unit", key("facet_counts", "cadres.unit")),
    ]
