"""Find the few featured results among millions of pledges."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0003_vetting_and_opinions"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="pledge",
            index=models.Index(
                condition=models.Q(("featured", True)), fields=["campaign"], name="pledge_featured"
            ),
        ),
    ]
