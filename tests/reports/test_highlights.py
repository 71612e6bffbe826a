"""Notable results of the years before on a dashboard: which, in which order, whose."""

from datetime import date
from decimal import Decimal

import pytest

from pledges.actions import results, transitions
from pledges.actions.acts import Act
from pledges.models import Channel, Pledge
from pledges.states import PledgeStatus
from reports.highlights import SHOWN, highlights
from tests.factories import CellFactory, UnitFactory
from tests.reports.conftest import make_cadre_tier, make_members, make_pledge

PAPER = Act(by=None, on=date(2024, 2, 10), channel=Channel.PAPER)


@pytest.fixture
def cadres(tier, host):
    return make_cadre_tier(host)


def notable(member, tier, *, since=None, **result):
    """A pledge of the year before with its final result, chosen by the office."""
    pledge = make_pledge(member, tier)
    Pledge.objects.filter(pk=pledge.pk).update(backlog_since=since)
    transitions.approve([pledge.pk], act=PAPER)
    final = results.FinalResult(outcome=PledgeStatus.DONE, on_time=True, **({"text": "Xong"} | result))
    results.record_results({pledge.pk: final}, act=PAPER)
    results.feature(pledge.pk, featured=True, by=None)
    return pledge


def test_the_longest_backlog_comes_first_then_what_reached_more(cell, host, tier, cadres):
    members = make_members(cell, 4)
    plain = notable(members[0], cadres)
    reached = notable(
        members[1], cadres, value=Decimal(62), value_of=Decimal(100), sub_value=8, sub_value_of=8
    )
    late = notable(members[2], cadres, since=2020)
    longest = notable(members[3], cadres, since=2011)
    found = highlights(host, tier.campaign)
    assert [one.pledge for one in found] == [longest, late, reached, plain]
    assert [one.years for one in found] == [12, 3, None, None]
    assert (found[0].text, found[0].source_note, found[0].year) == ("Xong", "", 2023)
    assert (found[2].rate.numerator, found[2].rate.denominator) == (62, 100)
    assert {one.unit_name for one in found} == {cell.name}


def test_a_unit_tells_what_stands_below_it_only(cell, ward, host, tier, cadres):
    here = notable(make_members(cell, 1)[0], cadres)
    beside = CellFactory(parent=UnitFactory(parent=host))
    there = notable(make_members(beside, 1)[0], cadres)
    assert [one.pledge for one in highlights(ward, tier.campaign)] == [here]
    assert [one.pledge for one in highlights(beside, tier.campaign)] == [there]
    assert {one.pledge for one in highlights(host, tier.campaign)} == {here, there}


def test_a_few_are_shown_however_many_were_chosen(cell, host, tier, cadres):
    members = make_members(cell, SHOWN + 2)
    chosen = [notable(member, cadres, since=2000 + place) for place, member in enumerate(members)]
    assert [one.pledge for one in highlights(host, tier.campaign)] == chosen[:SHOWN]


def test_nothing_of_the_same_year_nor_of_later_ones(cell, host, tier, cadres):
    notable(make_members(cell, 1)[0], cadres)
    assert highlights(host, cadres.campaign) == []
