"""Find the few featured results among millions of pledges."""

from django.db import migrations, models

from cadres.indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("pledges", "0003_vetting_and_opinions"),
    ]

    operations = [
        AddIndexOnline(
            model_name="pledge",
            index=models.Index(
                condition=models.Q(("featured", True)), fields=["campaign"], name="pledge_featured"
            ),
        ),
    ]
