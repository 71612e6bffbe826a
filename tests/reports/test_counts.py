"""The consumer of the outbox: own numbers, roll-up, day, idempotence, an independent recount."""

from contextlib import suppress
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadres.actions.members import change_standing, move_members
from cadres.actions.units import UnitError, move_unit
from cadres.models import Member, Membership, Standing, Unit, UnitChange
from cadres.outbox import note_changes
from pledges.actions import transitions
from pledges.actions.acts import Act
from pledges.actions.lists import mark_sent
from pledges.models import Channel, Pledge, Theme
from reports import counts
from reports.audit import differences
from reports.midnight import turn_day
from reports.models import MEASURES, DailyCount, FacetCount, UnitCount
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory
from tests.reports.conftest import DAY, make_cadre_tier, make_members, make_pledge, make_tier

PAPER = Act(by=None, on=date(2024, 2, 10), channel=Channel.PAPER)


def row(tier, unit) -> UnitCount:
    return UnitCount.objects.get(tier=tier, unit=unit)


def test_counts_roll_up_to_the_host(tier, host, ward, cell):
    members = make_members(cell, 4)
    MemberFactory(unit=cell, standing=Standing.EXEMPT)
    make_pledge(members[0], tier)
    make_pledge(members[0], tier)
    approved = make_pledge(members[1], tier)
    transitions.approve([approved.pk], act=PAPER)
    note_changes([cell.pk])
    counts.drain(DAY)
    for unit in (cell, ward, host):
        found = row(tier, unit)
        assert (found.counted, found.registered, found.approved, found.exempt) == (4, 2, 1, 1)
        assert (found.pledges, found.pledges_approved, found.awaiting, found.leads) == (3, 1, 2, 2)
        assert (found.cells, found.cells_sent, found.cells_missing) == (1, 0, 1)
    assert row(tier, ward).own_counted == 0
    assert UnitChange.objects.count() == 0
    assert differences(DAY) == []


def test_one_more_registration_touches_only_its_branch(tier, host, ward, cell):
    members = make_members(cell, 2)
    other = CellFactory(parent=UnitFactory(parent=host))
    make_members(other, 3)
    note_changes([cell.pk, other.pk])
    counts.drain(DAY)
    before = row(tier, other).updated_at
    make_pledge(members[0], tier)
    assert counts.drain(DAY) == 1
    assert row(tier, host).registered == 1
    assert row(tier, host).counted == 5
    assert row(tier, other).updated_at == before


def test_a_person_counts_where_he_stands_and_his_pledge_where_it_was_made(tier, host, ward, cell):
    [member] = make_members(cell, 1)
    make_pledge(member, tier)
    elsewhere = CellFactory(parent=ward)
    Membership.objects.filter(member=member).update(end=date(2024, 3, 1))
    Membership.objects.create(
        member=member, unit=elsewhere, rank=member.rank, standing=member.standing, start=date(2024, 3, 1)
    )
    note_changes([cell.pk, elsewhere.pk])
    counts.drain(DAY)
    assert (row(tier, elsewhere).registered, row(tier, elsewhere).pledges) == (1, 0)
    assert (row(tier, cell).registered, row(tier, cell).pledges) == (0, 1)
    assert (row(tier, host).registered, row(tier, host).pledges) == (1, 1)
    assert differences(DAY) == []


def test_a_tier_that_counts_nobody_counts_leads_once(host, ward, cell):
    tier = make_cadre_tier(host)
    [member] = make_members(cell, 1)
    make_pledge(member, tier, unit=ward)
    make_pledge(member, tier, unit=host)
    counts.drain(DAY)
    found = row(tier, host)
    assert (found.pledges, found.leads, found.counted, found.registered) == (2, 1, 0, 0)
    assert differences(DAY) == []


def test_late_depends_on_the_day_and_turns_at_midnight(tier, host, cell):
    [member] = make_members(cell, 1)
    pledge = make_pledge(member, tier, due_on=date(2024, 3, 26))
    transitions.approve([pledge.pk], act=PAPER)
    counts.drain(DAY)
    assert row(tier, host).late == 0
    assert turn_day(date(2024, 3, 27)) == 1
    counts.drain(date(2024, 3, 27))
    assert row(tier, host).late == 1


def test_midnight_counts_a_membership_that_begins(tier, host, cell):
    [member] = make_members(cell, 1)
    counts.drain(DAY)
    note_changes([cell.pk])
    counts.drain(DAY)
    Membership.objects.filter(member=member).update(start=date(2024, 3, 27))
    turn_day(date(2024, 3, 27))
    counts.drain(date(2024, 3, 27))
    assert row(tier, host).counted == 1


def test_after_the_cut_off_the_people_of_the_cut_off_are_counted(tier, host, cell):
    [member] = make_members(cell, 1)
    Membership.objects.filter(member=member).update(end=date(2024, 4, 15))
    note_changes([cell.pk])
    counts.drain(date(2024, 12, 31))
    assert row(tier, host).counted == 1


def test_sent_cells(tier, host, cell):
    mark_sent(tier=tier, units=[cell], on=DAY, by=None)
    mark_sent(tier=tier, units=[cell], on=DAY, by=None)
    counts.drain(DAY)
    assert (row(tier, host).cells, row(tier, host).cells_sent) == (1, 1)


def test_the_curve_ends_at_the_registered(tier, host, cell):
    members = make_members(cell, 3)
    make_pledge(members[0], tier, on=date(2024, 2, 1))
    make_pledge(members[0], tier, on=date(2024, 1, 20))
    make_pledge(members[1], tier, on=date(2024, 2, 1))
    make_pledge(members[2], tier, on=None)
    counts.drain(DAY)
    days = dict(DailyCount.objects.filter(tier=tier, unit=host).values_list("on", "registered"))
    assert days == {date(2024, 1, 20): 1, date(2024, 2, 1): 1}
    assert row(tier, host).registered == 3
    transitions.withdraw([Pledge.objects.order_by("pk")[1].pk], act=PAPER)
    counts.drain(DAY)
    days = dict(DailyCount.objects.filter(tier=tier, unit=host).values_list("on", "registered"))
    assert days == {date(2024, 2, 1): 2}


def test_rebuild_gives_the_same_numbers(tier, host, cell):
    for member in make_members(cell, 3)[:2]:
        make_pledge(member, tier)
    counts.drain(DAY)
    before = {name: getattr(row(tier, host), name) for name in MEASURES}
    UnitCount.objects.update(registered=99)
    counts.rebuild(tier, DAY)
    assert {name: getattr(row(tier, host), name) for name in MEASURES} == before


def test_a_closed_campaign_is_not_recounted_by_moves_of_people(tier, host, cell):
    make_members(cell, 1)
    note_changes([cell.pk])
    counts.drain(DAY)
    tier.campaign.state = "closed"
    tier.campaign.save()
    make_members(cell, 1)
    note_changes([cell.pk])
    counts.drain(DAY)
    assert row(tier, host).counted == 1


def test_the_audit_names_a_wrong_number(tier, host, cell):
    make_pledge(make_members(cell, 1)[0], tier)
    counts.drain(DAY)
    UnitCount.objects.filter(unit=host).update(registered=7)
    assert [str(one) for one in differences(DAY)] == ["DV-2024 members TAYHO registered: 7, recounted 1"]


def test_the_audit_finds_what_should_not_be_there_at_all(tier, host, cell):
    empty = CellFactory(parent=host)
    note_changes([cell.pk, empty.pk])
    counts.drain(DAY)
    UnitCount.objects.filter(unit=empty).update(late=3)
    [found] = differences(DAY)
    assert (found.unit, found.measure, found.kept, found.recounted) == (empty.code, "late", 3, 0)


def test_the_audit_leaves_out_what_the_outbox_still_changes(tier, host, cell):
    make_members(cell, 2)
    note_changes([cell.pk])
    counts.drain(DAY)
    UnitCount.objects.filter(unit=host).update(registered=7)
    note_changes([cell.pk])
    assert differences(DAY) == []


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sum_of_units_is_the_whole(db, data):
    # An example that hypothesis gives up halfway must leave nothing behind for the next one.
    with transaction.atomic():
        _whole_is_own_and_children(data)
        transaction.set_rollback(True)


def _whole_is_own_and_children(data):
    tier, units = _random_district(data)
    counts.drain(DAY)
    assert differences(DAY) == []
    for _ in range(data.draw(st.integers(0, 4))):
        if data.draw(st.booleans()):
            _somebody_acts(data, tier)
        else:
            _something_moves(data, units)
        consumed = data.draw(st.sampled_from(["", "whole", "killed"]))
        if consumed == "killed":
            _a_consumer_is_killed(data)
        elif consumed:
            counts.drain(DAY)
            assert differences(DAY) == []
    counts.drain(DAY)
    assert not UnitChange.objects.exists()
    assert differences(DAY) == []
    units = list(Unit.objects.filter(pk__in=[unit.pk for unit in units]))
    for unit in units:
        whole = row(tier, unit)
        below = UnitCount.objects.filter(tier=tier, unit__parent=unit)
        for name in MEASURES:
            assert getattr(whole, name) == getattr(whole, f"own_{name}") + sum(
                getattr(b, name) for b in below
            )
    for count in FacetCount.objects.filter(tier=tier):
        below = FacetCount.objects.filter(tier=tier, facet=count.facet, code=count.code)
        below = below.filter(unit__parent=count.unit_id)
        assert count.pledges == count.own_pledges + sum(one.pledges for one in below)


class Killed(BaseException):
    """Nothing on the way catches it, as nothing catches a SIGKILL."""


def _a_consumer_is_killed(data):
    """It falls before or after one of its steps; the database undoes what it had not committed."""
    name = data.draw(st.sampled_from(["write_own", "write_own_days", "write_own_facets", "roll_up"]))
    step, after, waiting = getattr(counts, name), data.draw(st.booleans()), UnitChange.objects.count()

    def falls(*args, **kwargs):
        if after:
            step(*args, **kwargs)
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counts, name, falls)
        with suppress(Killed):
            counts.drain(DAY)
            # Nothing was to be counted, or nothing that reaches this step.
            return
    assert UnitChange.objects.count() == waiting


def _somebody_acts(data, tier):
    """Somebody registers, or something registered is approved, sent back or withdrawn."""
    what = data.draw(st.sampled_from(["register", "approve", "return", "withdraw"]))
    pledges, members = list(Pledge.objects.filter(tier=tier)), list(Member.objects.order_by("pk"))
    if what == "register" and members:
        on = data.draw(st.sampled_from([None, date(2024, 2, 1), date(2024, 2, 29)]))
        make_pledge(data.draw(st.sampled_from(members)), tier, on=on)
    elif pledges:
        pledge = data.draw(st.sampled_from(pledges))
        acts = {
            "approve": lambda: transitions.approve([pledge.pk], act=PAPER),
            "return": lambda: transitions.return_for_amendment({pledge.pk: "Chưa rõ"}, act=PAPER),
            "withdraw": lambda: transitions.withdraw([pledge.pk], act=PAPER),
        }
        acts.get(what, lambda: None)()


def _something_moves(data, units):
    """A unit or a person goes elsewhere, or a standing changes; what may not be is refused."""
    what = data.draw(st.sampled_from(["unit", "person", "standing"]))
    members = list(Member.objects.order_by("pk"))
    if what == "unit" and len(units) > 1:
        unit = data.draw(st.sampled_from(units[1:]))
        with suppress(UnitError):
            move_unit(unit, data.draw(st.sampled_from(units)), on=DAY, decision="1-QĐ/QU", by=None)
    elif what == "person" and members:
        cells = [unit for unit in units if unit.kind == "cell"]
        moved = data.draw(st.lists(st.sampled_from(members), min_size=1, max_size=3, unique=True))
        move_members(moved, data.draw(st.sampled_from(cells)), on=DAY, by=None)
    elif what == "standing" and members:
        standing = data.draw(st.sampled_from([Standing.ACTIVE, Standing.EXEMPT, Standing.AWAY]))
        change_standing([data.draw(st.sampled_from(members))], standing=standing, on=DAY, by=None)


def _random_district(data):
    host = HostFactory()
    tier = make_tier(host, code=f"DV-{host.pk}")
    fields = st.sampled_from(["", "Đất đai", "Môi trường"])
    themes = [Theme.objects.create(campaign=tier.campaign, order=n, title=f"Chủ đề {n}").pk for n in (1, 2)]
    units = [host]
    for _ in range(data.draw(st.integers(1, 6))):
        units.append(UnitFactory(parent=data.draw(st.sampled_from(units))))
    cells = [
        CellFactory(parent=data.draw(st.sampled_from(units))) for _ in range(data.draw(st.integers(1, 4)))
    ]
    standings = st.sampled_from([Standing.ACTIVE, Standing.EXEMPT, Standing.AWAY, Standing.IN_TRANSFER])
    for cell in cells:
        for _ in range(data.draw(st.integers(0, 3))):
            member = MemberFactory(unit=cell, standing=data.draw(standings))
            for _ in range(data.draw(st.integers(0, 2))):
                named = {"field": data.draw(fields), "theme_id": data.draw(st.sampled_from([None, *themes]))}
                pledge = make_pledge(member, tier, **named)
                if data.draw(st.booleans()):
                    transitions.approve([pledge.pk], act=PAPER)
    note_changes([unit.pk for unit in (*units, *cells)])
    return tier, [*units, *cells]
