"""The board's page over all organisations below the host: its figures, its order, its reminder."""

import re

import pytest
from django.utils.html import strip_tags

from cadres.models import Unit
from cadres.outbox import note_changes
from pledges import committee_figures as figures
from pledges.actions import lists
from pledges.actions.endorsements import build_endorsement
from pledges.actions.list_requests import ask_to_amend
from pledges.models import SentList, TierKind
from pledges.states import APPROVED, REGISTERED
from reports import counts
from tests.factories import CellFactory, MemberFactory, UnitFactory
from tests.pledges.docket_scene import DAY, conclude, ward
from tests.pledges.factories import pledge_in, secretary_of
from tests.pledges.grassroots import grassroots

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    """Two wards and a cell directly below the host, each at another point of the way."""
    place = grassroots()
    first, second = place.ward, ward(place.ward.scene, name="Đảng bộ phường Hoà Bình")
    for _ in range(2):
        first.cell()
    conclude(build_endorsement(tier=first.tier, body=first.body, title="D", by=first.officer), first.officer)
    asked = first.cell()
    ask_to_amend(tier=first.tier, unit=asked, note="Thiếu", by=first.officer, on=DAY)
    second.cell()
    second.cell(sent=False)
    direct = CellFactory(parent=first.scene.host, name="Chi bộ Tòa án")
    lists.mark_sent(tier=first.tier, units=[direct], on=DAY, by=None)
    lead = place.pledge().lead_member
    place.pledge(lead)
    place.cadre()
    place.cadre(second.unit)
    docket = place.pledge(unit=second.unit)
    assert docket.lead_member is not None
    return place


def text_of(response):
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def at(place, query=""):
    return f"/campaigns/DV-2024/committees/{place.ward.scene.host.code}/?of=units{query}"


def names(response):
    return [row.unit.name for row in response.context["rows"]]


def test_the_rows_and_their_sum_equal_a_count_one_by_one(place, visit):
    response = visit(place.ward.scene.board).get(at(place, "&show=all"))
    rows = {row.unit: row.below for row in response.context["rows"]}
    assert len(rows) == 3
    for unit, below in rows.items():
        assert below == counted(place, unit), unit.name
    assert response.context["sum"] == figures.total(rows.values())
    assert response.context["sum"] == figures.Below(
        cells=10, sent=4, endorsed=2, asked=1, listed=4, registered=2, approved=0
    )


def counted(place, unit):
    """The figures of a unit, person by person and cell by cell."""
    cells = [cell for cell in Unit.objects.all() if cell.is_cell and cell.path.startswith(unit.path)]
    # Cells that the factories made for the cadres themselves count like all others.
    sent = {row.unit_id: row for row in SentList.objects.filter(tier=place.ward.tier)}
    entries = [e for e in place.tier.cadre_list.entries.all() if e.unit.path.startswith(unit.path)]
    led = {e: {p.status for p in e.member.pledges.filter(tier=place.tier)} for e in entries}
    return figures.Below(
        cells=len(cells),
        sent=sum(cell.pk in sent for cell in cells),
        endorsed=sum(cell.pk in sent and sent[cell.pk].endorsed_by_id is not None for cell in cells),
        asked=sum(
            cell.pk not in sent and cell.list_requests.filter(answered_at=None).exists() for cell in cells
        ),
        listed=len(entries),
        registered=sum(bool(statuses & set(REGISTERED)) for statuses in led.values()),
        approved=sum(bool(statuses & set(APPROVED)) for statuses in led.values()),
    )


def test_the_sum_is_of_what_was_found(place, visit):
    response = visit(place.ward.scene.board).get(at(place, "&show=all&name=hòa+binh"))
    assert names(response) == ["Đảng bộ phường Hoà Bình"]
    assert response.context["sum"] == response.context["rows"][0].below


def test_columns_sort_both_ways_and_stay_in_the_address(place, visit):
    client = visit(place.ward.scene.board)
    by_name = names(client.get(at(place, "&show=all&sort=name")))
    assert by_name == names(client.get(at(place, "&show=all")))
    assert names(client.get(at(place, "&show=all&sort=-name"))) == by_name[::-1]
    shares = [row.below.cells_sent for row in client.get(at(place, "&show=all&sort=sent")).context["rows"]]
    values = [rate.numerator / rate.denominator for rate in shares]
    assert values == sorted(values)
    page = client.get(at(place, "&show=not_sent&sort=endorsed"))
    assert all("sort=endorsed" in str(chip["url"]) for chip in page.context["chosen"].chips())
    assert 'aria-sort="ascending"' in page.content.decode()
    assert names(client.get(at(place, "&show=all&sort=nonsense"))) == by_name


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_with_cadres_costs_the_same_for_one_unit_and_three(visit, n, django_assert_num_queries):
    place = grassroots()
    place.pledge()
    for _ in range(n - 1):
        other = ward(place.ward.scene)
        place.pledge(unit=other.unit)
    client = visit(place.ward.scene.board)
    with django_assert_num_queries(21):
        assert len(client.get(at(place, "&show=all")).context["rows"]) == n


@pytest.mark.parametrize("n", [1, 3])
def test_the_figures_are_read_in_two_queries(n, django_assert_num_queries):
    place = grassroots()
    for _ in range(n):
        place.pledge(unit=ward(place.ward.scene).unit)
    host = place.ward.scene.host
    with django_assert_num_queries(2):
        found = figures.below_by_path(place.ward.tier, place.tier, host)
    assert sum(below.registered for below in found.values()) == n


def test_a_unit_without_a_cell_stands_there_with_noughts(place, visit):
    UnitFactory(parent=place.ward.scene.host, name="Đảng bộ mới lập")
    response = visit(place.ward.scene.board).get(at(place, "&show=all&name=moi"))
    assert response.context["rows"][0].below == figures.Below()


def test_the_tier_beside_is_that_of_the_campaign_or_of_the_hosts_year(place):
    members = place.ward.tier
    assert figures.beside(members, TierKind.GRASSROOTS_CADRES) == place.tier
    place.tier.campaign = place.ward.scene.campaign
    place.tier.order = 7
    place.tier.save()
    assert figures.beside(members, TierKind.GRASSROOTS_CADRES) == place.tier
    place.ward.scene.campaign.year = 2023
    place.ward.scene.campaign.save()
    assert figures.beside(members, TierKind.GRASSROOTS_CADRES) is None


# ---- the reminder ------------------------------------------------------------------------------


def test_the_reminder_names_organisations_and_the_day_but_nobody(place, visit):
    missing = place.ward.unit.children.filter(kind="cell").exclude(sent_lists__isnull=False)
    response = visit(place.ward.officer).get(f"/campaigns/DV-2024/committees/{place.ward.unit.code}/")
    text = response.context["reminder"]
    assert all(cell.name in text for cell in missing)
    assert "31/03/2024" in text
    assert not any(row.secretary and row.secretary.member.name in text for row in response.context["rows"])
    assert text.splitlines()[0] in response.content.decode()


def test_many_missing_are_a_number_not_a_list_of_names(place, visit):
    for n in range(21):
        place.ward.cell(sent=False, name=f"Chi bộ khu {n}")
    response = visit(place.ward.officer).get(f"/campaigns/DV-2024/committees/{place.ward.unit.code}/")
    assert "Chi bộ khu" not in response.context["reminder"]


def test_nobody_is_reminded_when_nothing_is_missing_or_by_who_only_reads(visit):
    place = grassroots()
    place.ward.cell(sent=False)
    url = f"/campaigns/DV-2024/committees/{place.ward.unit.code}/"
    assert visit(place.ward.officer).get(url).context["reminder"]
    assert not visit(place.ward.scene.inspector).get(url).context["reminder"]
    cells = place.ward.unit.children.filter(kind="cell")
    lists.mark_sent(tier=place.ward.tier, units=list(cells), on=DAY, by=None)
    assert not visit(place.ward.officer).get(url).context["reminder"]


# ---- people of the cells -----------------------------------------------------------------------


def test_each_cell_tells_how_many_of_its_people_have_registered(place, visit):
    cell = place.ward.cell(sent=False, name="Chi bộ khu 9")
    for status in ("submitted", "approved", "withdrawn"):
        pledge_in(status, MemberFactory(unit=cell), place.ward.tier, secretary_of(cell))
    MemberFactory(unit=cell, standing="exempt")
    note_changes(Unit.objects.values_list("pk", flat=True))
    counts.drain(DAY)
    url = f"/campaigns/DV-2024/committees/{place.ward.unit.code}/"
    response = visit(place.ward.officer).get(f"{url}?name=khu+9")
    [row] = response.context["rows"]
    assert (row.people.numerator, row.people.denominator) == (2, 3)
    assert "2/3 (67%)" in text_of(response)
    # Of the four cadres of the fixture, who stand in cells of the ward as well, two have registered.
    whole = response.context["people"]
    assert (whole.numerator, whole.denominator) == (4, 7)
