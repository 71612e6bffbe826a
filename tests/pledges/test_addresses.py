"""Addresses of rows are those of the URL map."""

from uuid import uuid4

from django.urls import reverse

from cadres.models import Member, Unit
from pledges.models import Campaign, Pledge
from pledges.templatetags.addresses import cell_url, member_url, pledge_url


def test_addresses_of_rows_are_those_of_the_url_map():
    for code in ("ABC234", "CODE", "Tây Hồ", "a%b&c"):
        cell, campaign = Unit(code=code), Campaign(code=f"{code}-2024")
        assert cell_url(cell, campaign) == reverse("pledges:cell", args=[campaign.code, code])
        assert member_url(Member(code=code)) == reverse("pledges:member", args=[code])
    ref = uuid4()
    assert pledge_url(Pledge(ref=ref)) == reverse("pledges:detail", args=[ref])
