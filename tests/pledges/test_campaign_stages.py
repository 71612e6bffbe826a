"""From draft to closed: each stage with its day and actor, moved by who runs the campaign."""

from datetime import date

import pytest
from django.utils import translation

from cadres.models import UnitChange
from pledges.actions import campaign_edits, campaign_stages, campaign_tiers
from pledges.actions.acts import NotAllowedError
from pledges.actions.campaign_stages import move_campaign
from pledges.models import Campaign, CampaignEvent
from pledges.states import CAMPAIGN_TRANSITIONS, ON_DOCUMENT, CampaignState
from tests.pledges.campaign_scene import MEMBERS, OPENS, Office, office, url_of
from tests.pledges.factories import DAY
from tests.pledges.pages import text
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db
WAY = [state for state in CampaignState if state != CampaignState.DRAFT]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db) -> Office:
    return office()


def move(campaign, to, by, on=DAY, note="", document=""):
    return move_campaign(campaign.pk, to=to, by=by, on=on, note=note, document=document)


def in_stage(place, state):
    campaign = place.complete()
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    campaign.refresh_from_db()
    return campaign


# ---- the way -------------------------------------------------------------------------------------


def test_each_move_is_kept_with_its_day_its_actor_and_its_note(place):
    campaign = place.complete()
    for number, state in enumerate(WAY):
        document = "12-BC/QU" if state == CampaignState.CLOSED else ""
        on = date(2024, 4, 1 + number)
        move(campaign, state, place.board, on=on, note=f"Ghi chú {number}", document=document)
    rows = campaign.events.values_list("from_state", "to_state", "on", "actor", "note")
    began, *moves = rows
    assert began == ("", "draft", DAY, place.board.pk, "")
    assert [row[1] for row in moves] == [state.value for state in WAY]
    assert moves[2] == ("vetting", "running", date(2024, 4, 3), place.board.pk, "Ghi chú 2")
    assert moves[-1][-1] == "12-BC/QU · Ghi chú 4"


@pytest.mark.parametrize("state", CampaignState)
def test_no_stage_is_skipped_and_none_is_gone_back_to_but_the_opening(place, state):
    campaign = in_stage(place, state)
    follows = CAMPAIGN_TRANSITIONS[state]
    for to in CampaignState:
        if to not in follows and to != state:
            with pytest.raises(NotAllowedError, match="does not follow"):
                move(campaign, to, place.board)
    campaign.refresh_from_db()
    assert (campaign.state, CampaignEvent.objects.exclude(from_state="").count()) == (state, 0)


def test_twice_the_same_move_is_one(place):
    campaign = place.complete()
    move(campaign, CampaignState.OPEN, place.board)
    move(campaign, CampaignState.OPEN, place.board)
    assert campaign.events.filter(to_state=CampaignState.OPEN).count() == 1


def test_only_the_board_moves_it(place):
    campaign = place.complete()
    for user in (place.inspector, place.stranger):
        with pytest.raises(NotAllowedError, match="do not run campaigns"):
            move(campaign, CampaignState.OPEN, user)
    assert not campaign.events.exclude(from_state="").exists()


def test_opening_has_everybody_counted_anew(place):
    campaign = place.complete()
    UnitChange.objects.all().delete()
    move(campaign, CampaignState.OPEN, place.board)
    units = set(UnitChange.objects.filter(campaign=campaign.pk).values_list("unit_id", flat=True))
    assert {place.host.pk, place.ward.pk, place.cell.pk} <= units


def test_registration_opens_again_only_in_a_window_that_is_not_over(place):
    campaign = in_stage(place, CampaignState.VETTING)
    late = date(2024, 7, 5)
    with pytest.raises(NotAllowedError, match="Prolong the window first"):
        move(campaign, CampaignState.OPEN, place.board, on=late)
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.VETTING
    given = campaign_edits.Basics(
        title=campaign.title, year=2024, opens_on=OPENS, closes_on=date(2024, 7, 31), quarters={}
    )
    campaign_edits.write_basics(campaign.pk, given, by=place.board)
    assert move(campaign, CampaignState.OPEN, place.board, on=late).window_is_open(late)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_open_it_at_once_open_it_once(place):
    campaign = place.complete()
    answers = at_once(*[lambda: move(campaign, CampaignState.OPEN, place.board) for _ in range(2)])
    assert [answer.state for answer in answers] == ["open", "open"]
    assert campaign.events.filter(to_state=CampaignState.OPEN).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_opening_and_taking_out_what_it_needs_do_not_both_happen(place):
    campaign = place.complete()

    def take_out():
        return campaign_tiers.remove_tier(campaign.pk, MEMBERS, by=place.board)

    answers = at_once(lambda: move(campaign, CampaignState.OPEN, place.board), take_out)
    assert sum(isinstance(answer, NotAllowedError) for answer in answers) == 1
    campaign.refresh_from_db()
    assert (campaign.state == CampaignState.OPEN) == campaign.tiers.exists()


# ---- the page ------------------------------------------------------------------------------------


def test_the_move_is_refused_by_method_scope_and_role(place, visit):
    campaign = place.complete()
    url = url_of(campaign, "move")
    assert visit(place.board).get(url).status_code == 405
    assert visit(place.stranger).post(url, {"to": "open"}).status_code == 404
    assert visit(place.inspector).post(url, {"to": "open"}).status_code == 403
    assert visit(place.board).post(url, {"to": "heaven"}).status_code == 400
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.DRAFT


def test_the_move_says_what_was_done_and_the_panel_by_whom(place, visit):
    campaign = place.complete()
    client = visit(place.board)
    for _ in range(2):
        data = {"to": "open", "note": "Theo Kế hoạch 12-KH/QU"}
        page = client.post(url_of(campaign, "move"), data, follow=True)
        assert f"{campaign.title}: Registration open." in text(page)
    [draft, opened, *later] = page.context["stages"]
    assert (draft.is_over, opened.is_current) == (True, True)
    assert (opened.since, opened.actor) == ("26/03/2024", place.board.display_name)
    assert {one.since for one in later} == {""}
    assert "Theo Kế hoạch 12-KH/QU" in text(page)


def test_what_cannot_be_done_is_said_and_nothing_happens(place, visit):
    campaign = place.draft()
    page = visit(place.board).post(url_of(campaign, "move"), {"to": "open"}, follow=True)
    assert "The first day of the window is not set." in text(page)
    page = visit(place.board).post(url_of(campaign, "move"), {"to": "closed"}, follow=True)
    assert "This stage does not follow" in text(page)


@pytest.mark.parametrize("state", CampaignState)
def test_the_panel_offers_the_stages_that_follow_forward_first(place, visit, state):
    campaign = in_stage(place, state)
    page = visit(place.board).get(url_of(campaign))
    offered = [move.to for move in page.context["moves"]]
    assert set(offered) == {to for to in CAMPAIGN_TRANSITIONS[state] if (state, to) not in ON_DOCUMENT}
    assert offered == sorted(offered, key=list(CampaignState).index, reverse=True)
    assert text(page).split("<dialog")[0].count("btn-primary") == (state != CampaignState.CLOSED)


@pytest.mark.parametrize(("before", "to"), sorted(ON_DOCUMENT))
def test_it_is_closed_and_opened_again_on_a_document_only(place, visit, before, to):
    campaign = in_stage(place, before)
    client = visit(place.board)
    assert f"/campaigns/{campaign.code}/closings/" in text(client.get(url_of(campaign)))
    page = client.post(url_of(campaign, "move"), {"to": to}, follow=True)
    assert "on an official closing" in text(page)
    campaign.refresh_from_db()
    assert campaign.state == before
    assert move(campaign, to, place.board, document="12-BC/QU").state == to


def test_what_was_closed_is_counted_anew_when_it_opens_again(place):
    campaign = in_stage(place, CampaignState.CLOSED)
    UnitChange.objects.all().delete()
    move(campaign, CampaignState.EVALUATING, place.board, document="15-QĐ/QU")
    units = set(UnitChange.objects.filter(campaign=campaign.pk).values_list("unit_id", flat=True))
    assert {place.host.pk, place.ward.pk, place.cell.pk} <= units


def test_a_closed_campaign_shows_no_form(place, visit):
    page = visit(place.board).get(url_of(in_stage(place, CampaignState.CLOSED)))
    assert "The campaign is closed; nothing in it is changed any more." in text(page)
    assert 'name="section"' not in text(page)


@pytest.mark.parametrize(("state", "offered"), [(CampaignState.RUNNING, True), (CampaignState.CLOSED, False)])
def test_the_page_of_readers_leads_the_board_to_what_it_may_still_do(place, visit, state, offered):
    campaign = in_stage(place, state)
    page = text(visit(place.board).get(f"/campaigns/{campaign.code}/"))
    assert (url_of(campaign) in page) == offered
    assert f"/campaigns/copy/?from={campaign.code}" in page


def test_nothing_of_a_closed_campaign_is_written(place):
    campaign = in_stage(place, CampaignState.CLOSED)
    with pytest.raises(NotAllowedError, match="is closed"):
        campaign_edits.write_guidance(campaign.pk, guidance="Khác", themes=[], by=place.board)
    assert campaign_stages.why_fixed(campaign).startswith("The campaign is closed")
