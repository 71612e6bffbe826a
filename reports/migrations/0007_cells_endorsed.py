"""Keep how many cells are endorsed, and find the few that have not sent among those of a nation."""

from django.db import migrations, models

from cadres.indexes import AddIndexOnline

# What is endorsed already is counted by the consumer after the migration.
COUNT_AGAIN = """INSERT INTO cadres_unitchange (unit_id, campaign)
    SELECT list.unit_id, tier.campaign_id FROM pledges_sentlist list
    JOIN pledges_tier tier ON tier.id = list.tier_id
    JOIN pledges_campaign campaign ON campaign.id = tier.campaign_id
    WHERE list.endorsed_by_id IS NOT NULL AND campaign.state NOT IN ('draft', 'closed')"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("cadres", "0005_siblings"),
        ("pledges", "0006_acts_of_cells"),
        ("reports", "0006_stuck"),
    ]

    operations = [
        migrations.AddField(
            model_name="unitcount",
            name="cells_endorsed",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="unitcount",
            name="own_cells_endorsed",
            field=models.PositiveIntegerField(default=0),
        ),
        AddIndexOnline(
            model_name="unitcount",
            index=models.Index(
                condition=models.Q(("own_cells__gt", models.F("own_cells_sent"))),
                fields=["tier", "unit"],
                name="unitcount_not_sent",
            ),
        ),
        migrations.RunSQL(COUNT_AGAIN, migrations.RunSQL.noop),
    ]
