"""Drop indexes of keys with which an index of several columns begins: each registration wrote them too."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cadres", "0005_siblings"),
        ("pledges", "0006_acts_of_cells"),
    ]

    operations = [
        migrations.AlterField(
            model_name="pledge",
            name="lead_member",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pledges",
                to="cadres.member",
            ),
        ),
        migrations.AlterField(
            model_name="pledge",
            name="tier",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pledges",
                to="pledges.tier",
            ),
        ),
        migrations.AlterField(
            model_name="pledgeevent",
            name="pledge",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="pledges.pledge",
            ),
        ),
        migrations.AlterField(
            model_name="pledgetier",
            name="pledge",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="in_tiers",
                to="pledges.pledge",
            ),
        ),
        migrations.AlterField(
            model_name="pledgetier",
            name="tier",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="counted_pledges",
                to="pledges.tier",
            ),
        ),
        migrations.AlterField(
            model_name="pledgeversion",
            name="pledge",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="pledges.pledge",
            ),
        ),
    ]
