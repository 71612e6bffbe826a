"""What was never sent is read by its author and by those who type for him, and by nobody else."""

import pytest

from cadres.actions.members import move_members
from pledges.actions import transitions
from pledges.actions.acts import Act
from pledges.permissions import visible_pledges
from pledges.states import PledgeStatus
from tests.factories import CellFactory
from tests.pledges.docket_scene import DAY, scene
from tests.pledges.factories import draft_of, pledge_of, secretary_of
from tests.pledges.pages import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db, on_the_day):
    return scene()


def sees(user, pledge):
    return visible_pledges(user).filter(pk=pledge.pk).exists()


def test_the_secretary_of_a_cadre_s_cell_reads_what_he_sent_but_no_draft(place, visit):
    """He types for the cadre in the members' tier alone."""
    lead = place.cadre()
    draft, sent = draft_of(lead, place.tier, lead.user), place.pledge(lead)
    secretary = secretary_of(lead.unit)
    assert [sees(secretary, one) for one in (draft, sent)] == [False, True]
    assert visit(secretary).get(at("detail", draft)).status_code == 404


def test_a_draft_that_was_withdrawn_stays_unread(place):
    lead = place.cadre()
    draft = draft_of(lead, place.tier, lead.user)
    transitions.withdraw([draft.pk], act=Act(by=lead.user, on=DAY))
    draft.refresh_from_db()
    assert draft.status == PledgeStatus.WITHDRAWN
    readers = [place.inspector, place.clerk, secretary_of(lead.unit)]
    assert [sees(user, draft) for user in (lead.user, place.board, *readers)] == [True, True, *[False] * 3]


def test_the_cell_a_member_left_does_not_read_his_draft(tier, lead, own):
    former = secretary_of(lead.unit)
    draft, sent = draft_of(lead, tier, own), pledge_of(lead, tier, own)
    cell = lead.unit
    assert [sees(former, one) for one in (draft, sent)] == [True, True]
    move_members([lead], CellFactory(parent=cell.parent), on=DAY, by=None)
    lead.refresh_from_db()
    assert lead.unit != cell
    assert [sees(former, one) for one in (draft, sent)] == [False, True]
    assert [sees(secretary_of(lead.unit), one) for one in (draft, sent)] == [True, True]
