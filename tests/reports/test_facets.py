"""Pledges by theme and by field: kept by the consumer, added up, moved, recounted independently."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cadres.actions.units import move_unit
from cadres.models import UnitChange
from pledges.actions import register, transitions
from pledges.actions.acts import Act
from pledges.actions.register import Typed
from pledges.models import Channel, Theme
from reports import counts
from reports.audit import differences
from reports.measure_words import measure_words
from reports.models import Facet, FacetCount
from tests.factories import CellFactory, HostFactory, UnitFactory, UserFactory
from tests.reports.conftest import DAY, make_members, make_pledge

pytestmark = pytest.mark.django_db
PAPER = Act(by=None, on=date(2024, 2, 10), channel=Channel.PAPER)


@pytest.fixture
def themes(tier):
    titles = ("Cải cách hành chính", "Môi trường")
    return [
        Theme.objects.create(campaign=tier.campaign, order=order, title=title)
        for order, title in enumerate(titles, start=1)
    ]


def kept(tier, unit) -> dict[tuple[str, str], tuple[int, int, int]]:
    rows = FacetCount.objects.filter(tier=tier, unit=unit)
    return {
        (row.facet, row.code): (row.pledges, row.pledges_approved, row.done)
        for row in rows.order_by("facet", "code")
    }


def test_themes_and_fields_are_added_up_to_the_host(tier, host, ward, cell, themes):
    other = CellFactory(parent=ward)
    first = make_pledge(*make_members(cell, 1), tier, theme_id=themes[0].pk, field="Đất đai")
    make_pledge(*make_members(other, 1), tier, theme_id=themes[0].pk, field="Môi trường")
    make_pledge(*make_members(other, 1), tier)
    transitions.approve([first.pk], act=PAPER)
    counts.drain(DAY)
    theme = (Facet.THEME, str(themes[0].pk))
    assert kept(tier, cell) == {theme: (1, 1, 0), (Facet.FIELD, "Đất đai"): (1, 1, 0)}
    whole = {theme: (2, 1, 0), (Facet.FIELD, "Môi trường"): (1, 0, 0), (Facet.FIELD, "Đất đai"): (1, 1, 0)}
    assert kept(tier, ward) == kept(tier, host) == whole
    assert not FacetCount.objects.filter(unit=ward).exclude(own_pledges=0).exists()
    assert differences(DAY) == []
    before = list(FacetCount.objects.order_by("unit", "facet", "code").values_list("unit", "code", "pledges"))
    counts.rebuild(tier, DAY)
    assert before == list(
        FacetCount.objects.order_by("unit", "facet", "code").values_list("unit", "code", "pledges")
    )


def test_what_nobody_names_any_more_is_forgotten(tier, host, cell, themes):
    pledge = make_pledge(*make_members(cell, 1), tier, theme_id=themes[0].pk)
    counts.drain(DAY)
    assert kept(tier, host)
    transitions.withdraw([pledge.pk], act=PAPER)
    counts.drain(DAY)
    assert not FacetCount.objects.exists()


def test_a_returned_pledge_counts_as_it_is_rewritten(tier, host, cell, themes):
    [member] = make_members(cell, 1)
    author = UserFactory(member=member)
    pledge = make_pledge(member, tier, theme_id=themes[0].pk)
    transitions.return_for_amendment({pledge.pk: "Chưa rõ kết quả."}, act=PAPER)
    counts.drain(DAY)
    pledge.refresh_from_db()
    content = {"theme_id": themes[1].pk, "field": "Đất đai"}
    typed = Typed(
        ref=pledge.ref, tier=tier, lead=member, unit=cell, revision=pledge.revision, content=content
    )
    register.save_draft(typed, act=Act(by=author, on=DAY), day=DAY)
    assert UnitChange.objects.filter(unit=cell, campaign=tier.campaign_id).exists()
    counts.drain(DAY)
    assert set(kept(tier, host)) == {(Facet.THEME, str(themes[1].pk)), (Facet.FIELD, "Đất đai")}
    assert differences(DAY) == []


def test_a_branch_carries_its_themes_along(tier, host, ward, cell, themes):
    make_pledge(*make_members(cell, 1), tier, theme_id=themes[0].pk)
    elsewhere, other = HostFactory(), UnitFactory(parent=host)
    counts.drain(DAY)
    move_unit(cell, other, on=DAY, decision="12-QĐ/QU", by=None)
    counts.drain(DAY)
    assert (kept(tier, ward), len(kept(tier, other))) == ({}, 1)
    move_unit(cell, elsewhere, on=DAY, decision="13-QĐ/QU", by=None)
    counts.drain(DAY)
    assert not FacetCount.objects.exists()
    assert differences(DAY) == []


def test_the_check_tells_of_a_theme_and_of_a_field(tier, host, cell, themes):
    make_pledge(*make_members(cell, 1), tier, theme_id=themes[1].pk, field="Đất đai")
    counts.drain(DAY)
    FacetCount.objects.filter(unit=host, facet=Facet.THEME).update(pledges=7)
    FacetCount.objects.filter(unit=cell, facet=Facet.FIELD).delete()
    found = [(one.unit, one.measure, one.kept, one.recounted) for one in differences(DAY)]
    assert found == [
        (host.code, "pledges:theme:2", 7, 1),
        (cell.code, "own_pledges:field:Đất đai", 0, 1),
        (cell.code, "pledges:field:Đất đai", 0, 1),
    ]
    assert [measure_words(measure) for _unit, measure, _kept, _found in found] == [
        "số việc đăng ký, chủ đề số 2",
        "số việc đăng ký, lĩnh vực “Đất đai”, không kể cấp dưới",
        "số việc đăng ký, lĩnh vực “Đất đai”",
    ]


def test_a_batch_costs_the_same_whatever_is_named(tier, ward, themes):
    def statements(named: int) -> int:
        cell = CellFactory(parent=ward)
        for number, member in enumerate(make_members(cell, named)):
            make_pledge(member, tier, theme_id=themes[number % 2].pk, field=f"Lĩnh vực {number}")
        with CaptureQueriesContext(connection) as captured:
            counts.drain(DAY)
        return len(captured)

    assert statements(1) == statements(3)
