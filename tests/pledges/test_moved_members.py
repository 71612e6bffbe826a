"""Members who move, leave, or lead in two cells: who may type, and figures that still add up."""

import uuid
from datetime import date

import pytest

from cadres.actions.members import end_memberships, move_members
from cadres.outbox import note_changes
from cadres.roles import Role
from pledges.actions import transitions
from pledges.actions.acts import Act, NotAllowedError
from pledges.actions.register import Typed, register, submit
from pledges.models import Channel, Pledge
from pledges.permissions import can_edit, visible_pledges
from pledges.states import CampaignState, PledgeStatus
from reports import counts
from reports.audit import differences
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory, user_with
from tests.reports.conftest import make_pledge, make_tier

DAY = date(2024, 3, 26)


@pytest.fixture(autouse=True)
def _day(settings):
    settings.SITE_TODAY = DAY


@pytest.fixture
def cells(db):
    ward = UnitFactory(parent=HostFactory())
    cells = [CellFactory(parent=ward) for _ in range(3)]
    note_changes(cell.pk for cell in cells)
    return cells


@pytest.fixture
def tier(cells):
    return make_tier(cells[0].parent.parent)


def paper(on: date) -> Act:
    return Act(by=None, on=on, channel=Channel.PAPER)


def test_the_new_cell_types_for_a_member_who_moved_with_a_returned_pledge(cells, tier):
    old, new, _third = cells
    member = MemberFactory(unit=old)
    pledge = make_pledge(member, tier, on=date(2024, 3, 10))
    transitions.return_for_amendment({pledge.pk: "Chưa rõ"}, act=paper(date(2024, 3, 15)))
    move_members([member], new, on=date(2024, 3, 20), by=None)
    pledge = Pledge.objects.select_related("lead_member__unit", "tier__campaign__host").get(pk=pledge.pk)
    secretary = user_with(Role.CELL_SECRETARY, unit=new)
    assert visible_pledges(secretary).get() == pledge
    assert can_edit(secretary, pledge)
    [done] = submit([pledge.pk], act=Act(by=secretary, on=DAY)).done
    assert (done.unit, done.submitted_on) == (new, date(2024, 3, 10))
    counts.drain(DAY)
    assert differences(DAY) == []


def test_figures_add_up_after_two_moves_and_a_late_approval(cells, tier):
    first, second, third = cells
    member = MemberFactory(unit=first)
    pledge = make_pledge(member, tier, on=date(2024, 3, 10))
    move_members([member], second, on=date(2024, 3, 20), by=None)
    counts.drain(DAY)
    member.refresh_from_db()
    move_members([member], third, on=date(2024, 4, 5), by=None)
    counts.drain(date(2024, 4, 6))
    transitions.approve([pledge.pk], act=paper(date(2024, 4, 10)))
    counts.drain(date(2024, 4, 10))
    assert differences(date(2024, 4, 10)) == []


def test_a_lead_in_two_cells_counts_once_whichever_pledge_goes(cells, tier):
    first, second, third = cells
    member = MemberFactory(unit=first)
    early = make_pledge(member, tier)
    move_members([member], second, on=date(2024, 3, 20), by=None)
    make_pledge(member, tier, unit=second)
    counts.drain(DAY)
    assert differences(DAY) == []
    member.refresh_from_db()
    move_members([member], third, on=date(2024, 3, 22), by=None)
    transitions.withdraw([early.pk], act=paper(DAY))
    counts.drain(DAY)
    assert differences(DAY) == []


def test_nobody_registers_for_somebody_who_has_left(cells, tier):
    member = MemberFactory(unit=cells[0])
    end_memberships([member], on=date(2024, 3, 1), by=None)
    content = {
        "title": "Việc",
        "novelty": "new",
        "product": "1",
        "due_kind": "day",
        "due_on": date(2024, 9, 30),
    }
    typed = Typed(ref=uuid.uuid4(), tier=tier, lead=member, unit=cells[0], content=content)
    with pytest.raises(NotAllowedError, match="không còn sinh hoạt"):
        register(typed, act=Act(by=user_with(Role.CELL_SECRETARY, unit=cells[0]), on=DAY), day=DAY)
    assert not Pledge.objects.exists()


def test_a_closed_campaign_is_never_changed(cells, tier):
    pledge = make_pledge(MemberFactory(unit=cells[0]), tier)
    tier.campaign.state = CampaignState.CLOSED
    tier.campaign.save()
    answer = transitions.withdraw([pledge.pk], act=paper(DAY))
    assert [refused.reason for refused in answer.refused] == [
        "Đợt đăng ký đã chốt, không thay đổi nội dung được nữa."
    ]
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.SUBMITTED
