"""Find who has registered by the few pledges that are not."""

from django.db import migrations, models

from cadres.indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("pledges", "0007_indexes_covered_by_others"),
    ]

    operations = [
        AddIndexOnline(
            model_name="pledge",
            index=models.Index(
                condition=models.Q(("status__in", ("draft", "rejected", "withdrawn"))),
                fields=["id"],
                name="pledge_unregistered",
            ),
        ),
    ]
