"""A pledge counts in its own tier and in those below it to which its lead belongs."""

import pytest

from cadres.models import CadreEntry, CadreList, CadreListKind
from pledges.models import PledgeTier, Tier, TierKind
from pledges.permissions import tiers_counting
from tests.factories import MemberFactory, UserFactory
from tests.pledges.factories import CampaignFactory, cell_of, draft_of, key_cadre_tier, members_tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def cadre(campaign):
    return MemberFactory(unit=cell_of(campaign))


def grassroots_tier(campaign, *cadres):
    listed = CadreList.objects.create(
        unit=campaign.host, year=campaign.year, kind=CadreListKind.GRASSROOTS, title="Cán bộ cơ sở"
    )
    for order, member in enumerate(cadres, start=1):
        CadreEntry.objects.create(
            cadre_list=listed,
            member=member,
            unit=member.unit.parent,
            post_printed="Bí thư",
            unit_printed=member.unit.parent.name,
            order=order,
        )
    return Tier.objects.create(
        campaign=campaign, order=2, kind=TierKind.GRASSROOTS_CADRES, counted="nobody", cadre_list=listed
    )


def test_key_cadre_counts_in_the_lower_tiers_he_belongs_to(campaign, cadre):
    members, key = members_tier(campaign), key_cadre_tier(campaign, [cadre])
    grassroots = grassroots_tier(campaign, cadre)
    assert tiers_counting(cadre, key) == [key, grassroots, members]
    assert tiers_counting(cadre, grassroots) == [grassroots, members]


def test_who_is_not_on_a_list_does_not_count_in_its_tier(campaign, cadre):
    members, key = members_tier(campaign), key_cadre_tier(campaign, [cadre])
    grassroots_tier(campaign, MemberFactory(unit=cell_of(campaign)))
    assert tiers_counting(cadre, key) == [key, members]
    assert tiers_counting(cadre, members) == [members]


def test_draft_of_a_key_cadre_stands_in_both_tiers(campaign, cadre):
    members, key = members_tier(campaign), key_cadre_tier(campaign, [cadre])
    pledge = draft_of(cadre, key, UserFactory(member=cadre))
    rows = PledgeTier.objects.filter(pledge=pledge).order_by("tier__order")
    assert list(rows.values_list("tier", "member")) == [(key.pk, cadre.pk), (members.pk, cadre.pk)]
