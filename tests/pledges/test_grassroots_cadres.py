"""The grassroots committee adopts its own tier: from the registration to the document and upwards."""

import re
import uuid

import pytest
from django.utils.html import strip_tags

from cadres.models import Unit
from cadres.outbox import note_changes
from pledges.actions import dockets, lists
from pledges.actions.acts import NotAllowedError
from pledges.actions.dockets import Decision
from pledges.actions.endorsements import build_endorsement
from pledges.models import Docket, Pledge, SentList
from pledges.states import CampaignState, DocketState, Outcome, PledgeStatus
from pledges.views.docket_desk import build_url, waiting_for_a_docket
from pledges.views.pledge_rows import openings
from reports import audit, counts
from reports.models import UnitCount
from tests.factories import CellFactory
from tests.pledges.docket_scene import DAY, conclude, ward
from tests.pledges.factories import secretary_of
from tests.pledges.grassroots import grassroots
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db

MEETING = {"on": "26/03/2024", "presided_by": "Đồng chí Bí thư", "present": "9", "agreed": "9", "minutes": ""}


@pytest.fixture
def place(db):
    return grassroots()


def text_of(response):
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def at(unit, query=""):
    return f"/campaigns/DV-2024/committees/{unit.code}/cadres/{query}"


def docket_of(place, *pledges):
    return dockets.build_docket(
        tier=place.tier,
        body=place.ward.body,
        title="Danh mục",
        by=place.ward.officer,
        pledge_ids=[pledge.pk for pledge in pledges],
    )


# ---- the whole way -----------------------------------------------------------------------------


def test_a_cadres_pledge_goes_all_the_way_to_the_document(place, visit):
    cadre = place.cadre(family_names="Ngô Anh", given_name="Đạt")
    own = visit(cadre.user)
    assert f"/campaigns/DV-2024/register/{cadre.code}/full/" in own.get("/mine/").content.decode()
    form = own.get(f"/campaigns/DV-2024/register/{cadre.code}/full/")
    assert "Send to the grassroots committee" in text_of(form)
    answers = {
        "ref": str(uuid.uuid4()),
        "revision": "",
        "title": "Xóa điểm tập kết rác tại ngõ 76",
        "novelty": "difficult",
        "product": "Xóa 1 điểm",
        "due": "q2",
        "due_on": "",
        "own_role": "Chủ trì",
        "result_kind": "yes_no",
    }
    sent = own.post(f"/campaigns/DV-2024/register/{cadre.code}/full/", answers, follow=True)
    assert "Sent to the grassroots committee." in text_of(sent)
    pledge = Pledge.objects.get()
    assert (pledge.tier, pledge.unit, pledge.status) == (place.tier, place.ward.unit, "submitted")
    assert "Registered, awaiting the grassroots committee" in text_of(own.get(f"/pledges/{pledge.ref}/"))

    officer = visit(place.ward.officer)
    page = officer.get(f"/campaigns/DV-2024/committees/{place.ward.unit.code}/")
    assert "1/1 (100%) comrades have registered 1 undertakings, 1 await approval." in text_of(page)
    url = build_url(place.tier, place.ward.body)
    assert url.replace("&", "&amp;") in page.content.decode()
    build = officer.get(url)
    assert "Ngô Anh Đạt" in text_of(build)
    ref = build.context["form"]["ref"].value()
    made = officer.post(url, {"ref": ref, "title": "Danh mục"})
    docket = Docket.objects.get(tier=place.tier)
    assert made["Location"] == f"/dockets/{docket.ref}/"
    officer.post(f"/dockets/{docket.ref}/conclude/", MEETING)
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.APPROVED
    officer.post(f"/dockets/{docket.ref}/issue/", {"number": "5-QĐ/ĐU", "on": "26/03/2024"})
    docket.refresh_from_db()
    assert docket.state == DocketState.ISSUED
    assert "Their list went to the level above on 26/03/2024." in text_of(officer.get(at(place.ward.unit)))
    assert officer.get(f"/dockets/{docket.ref}/annex.docx").status_code == 200


def test_the_host_endorses_the_list_at_its_meeting(place, visit):
    conclude(docket_of(place, place.pledge()), place.ward.officer)
    host, board = place.ward.scene.host, visit(place.ward.scene.board)
    page = board.get(at(host))
    assert "1 organisations have sent their list, 0 endorsed" in text_of(page)
    assert "Put 1 list on the docket" in text_of(page)
    endorse = f"/campaigns/DV-2024/committees/{host.code}/endorse/"
    board.post(endorse, {"ref": str(uuid.uuid4()), "tier": "grassroots_cadres"})
    docket = Docket.objects.get(tier=place.tier, body=place.ward.scene.standing)
    assert board.get(f"/dockets/{docket.ref}/").status_code == 200
    assert board.get(f"/dockets/{docket.ref}/annex.docx").status_code == 404
    conclude(docket, place.ward.scene.recorder)
    assert SentList.objects.get(tier=place.tier).endorsed_by == docket
    text = text_of(visit(place.ward.officer).get(at(place.ward.unit)))
    assert "endorsed by Ban Thường vụ Quận ủy Tây Hồ on 26/03/2024" in text


def test_a_list_that_the_host_sends_back_is_sent_again(place, visit):
    conclude(docket_of(place, place.pledge()), place.ward.officer)
    host = place.ward.scene
    docket = build_endorsement(tier=place.tier, body=host.standing, title="D", by=host.board)
    conclude(docket, host.recorder, {docket.lines.get().pk: Decision(Outcome.RETURN, "Thiếu chức vụ")})
    officer = visit(place.ward.officer)
    assert "asked for an amendment on 26/03/2024: Thiếu chức vụ" in text_of(officer.get(at(place.ward.unit)))
    send = f"/campaigns/DV-2024/committees/{place.ward.unit.code}/send/"
    for message in ("The list has been sent to the level above.", "The list had already been sent."):
        response = officer.post(send, {"tier": "grassroots_cadres"}, follow=True)
        assert response.redirect_chain == [(at(place.ward.unit), 302)]
        assert message in text_of(response)
    assert SentList.objects.filter(tier=place.tier).count() == 1


def test_nothing_approved_nothing_sent(place):
    place.pledge()
    with pytest.raises(NotAllowedError):
        lists.send_upwards(tier=place.tier, unit=place.ward.unit, on=DAY, by=place.ward.officer)


# ---- the list of cadres ------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_for_one_cadre_and_three(place, visit, n, django_assert_num_queries):
    for _ in range(n):
        place.pledge(place.cadre())
    client = visit(place.ward.officer)
    with django_assert_num_queries(21):
        assert len(client.get(at(place.ward.unit, "?show=all")).context["rows"]) == n


@pytest.mark.parametrize("n", [1, 3])
def test_the_hosts_list_costs_the_same_for_one_cadre_and_three(place, visit, n, django_assert_num_queries):
    for _ in range(n):
        place.pledge(place.cadre())
    client = visit(place.ward.scene.board)
    with django_assert_num_queries(22):
        assert len(client.get(at(place.ward.scene.host, "?show=all")).context["rows"]) == n


def test_each_state_is_a_chip_and_who_has_not_registered_comes_first(place, visit):
    missing, waiting, back = place.cadre(), place.cadre(), place.cadre()
    place.pledge(waiting)
    returned = docket_of(place, place.pledge(back))
    conclude(returned, place.ward.officer, {returned.lines.get().pk: Decision(Outcome.RETURN, "Chưa rõ")})
    done = place.cadre()
    conclude(docket_of(place, place.pledge(done)), place.ward.officer)
    client = visit(place.ward.officer)

    def members(query):
        return [row.entry.member for row in client.get(at(place.ward.unit, query)).context["rows"]]

    assert members("") == [missing]
    assert members("?show=submitted") == [waiting]
    assert members("?show=returned") == [back]
    assert members("?show=approved") == [done]
    assert members("?show=all") == [missing, waiting, back, done]
    chips = client.get(at(place.ward.unit)).context["chips"]
    assert [chip["count"] for chip in chips] == [1, 1, 1, 1, 4]
    assert client.get(at(place.ward.unit, "?show=nonsense")).status_code == 404


def test_the_officer_registers_for_whoever_is_missing(place, visit):
    cadre = place.cadre()
    page = visit(place.ward.officer).get(at(place.ward.unit)).content.decode()
    link = f"/campaigns/DV-2024/register/{cadre.code}/full/"
    assert f'href="{link}"' in page
    assert visit(place.ward.officer).get(link).status_code == 200
    assert link not in visit(place.ward.scene.inspector).get(at(place.ward.unit)).content.decode()
    campaign = place.tier.campaign
    campaign.state = CampaignState.EVALUATING
    campaign.save()
    assert link not in visit(place.ward.officer).get(at(place.ward.unit)).content.decode()


def test_a_name_is_found_without_marks_and_stays_out_of_the_address(place, visit):
    wanted = place.cadre(family_names="Đỗ Thị", given_name="Hoà")
    place.cadre(family_names="Lê Văn", given_name="Bình")
    client = visit(place.ward.officer)
    response = client.post(at(place.ward.unit), {"q": "do hoa"})
    assert "hoa" not in response["Location"]
    shown = client.get(response["Location"])
    assert [row.entry.member for row in shown.context["rows"]] == [wanted]


def test_a_ward_sees_its_own_list_and_the_host_all(place, visit):
    other = ward(place.ward.scene)
    own, foreign = place.cadre(), place.cadre(other.unit)
    rows = visit(place.ward.officer).get(at(place.ward.unit)).context["rows"]
    assert [row.entry.member for row in rows] == [own]
    rows = visit(place.ward.scene.board).get(at(place.ward.scene.host)).context["rows"]
    assert {row.entry.member for row in rows} == {own, foreign}


def test_strangers_see_nothing(place, visit):
    cell = CellFactory(parent=place.ward.unit)
    for who in (place.ward.scene.stranger, ward(place.ward.scene).officer, secretary_of(cell)):
        assert visit(who).get(at(place.ward.unit)).status_code == 404
    for who in (place.ward.officer, place.ward.scene.board, place.ward.scene.inspector):
        assert visit(who).get(at(place.ward.unit)).status_code == 200
    assert visit(place.ward.officer).put(at(place.ward.unit)).status_code == 405
    assert visit(place.ward.scene.board).get(at(cell)).status_code == 404
    campaign = place.tier.campaign
    campaign.state = CampaignState.DRAFT
    campaign.save()
    assert visit(place.ward.officer).get(at(place.ward.unit)).status_code == 404


def test_a_campaign_without_the_tier_has_no_such_page(db, visit):
    place = grassroots()
    unit, officer = place.ward.unit, place.ward.officer
    place.tier.steps.all().delete()
    place.tier.delete()
    assert visit(officer).get(at(unit)).status_code == 404
    page = visit(officer).get(f"/campaigns/DV-2024/committees/{unit.code}/")
    assert page.context["cadres"] is None
    assert "Grassroots cadres" not in text_of(page)


# ---- making the docket -------------------------------------------------------------------------


def test_who_may_make_the_docket_of_a_committee(place, visit):
    place.pledge()
    url = build_url(place.tier, place.ward.body)
    for who in (place.ward.scene.stranger, ward(place.ward.scene).officer):
        assert visit(who).post(url, {"ref": str(uuid.uuid4()), "title": "D"}).status_code == 404
    for who in (place.ward.scene.board, place.ward.scene.inspector):
        assert visit(who).post(url, {"ref": str(uuid.uuid4()), "title": "D"}).status_code == 403
    assert not Docket.objects.filter(tier=place.tier).exists()
    members = url.replace("tier=grassroots_cadres", "tier=members")
    assert visit(place.ward.officer).get(members).status_code == 404


def test_made_twice_there_is_one_docket_and_a_faulty_form_makes_none(place, visit):
    place.pledge()
    client, url = visit(place.ward.officer), build_url(place.tier, place.ward.body)
    assert client.post(url, {"ref": str(uuid.uuid4()), "title": ""}).status_code == 200
    assert not Docket.objects.filter(tier=place.tier).exists()
    data = {"ref": str(uuid.uuid4()), "title": "Danh mục"}
    assert client.post(url, data)["Location"] == client.post(url, data)["Location"]
    assert Docket.objects.filter(tier=place.tier).count() == 1
    assert "before its meeting" in text_of(
        client.get(f"/campaigns/DV-2024/committees/{place.ward.unit.code}/")
    )


def test_the_desk_tells_the_officer_what_awaits_his_body(place):
    assert waiting_for_a_docket(place.ward.officer) == []
    place.pledge()
    [waiting] = waiting_for_a_docket(place.ward.officer)
    assert waiting.url == build_url(place.tier, place.ward.body)
    assert waiting_for_a_docket(ward(place.ward.scene).officer) == []
    assert all("grassroots" not in row.url for row in waiting_for_a_docket(place.ward.scene.board))


# ---- other pages with such a tier --------------------------------------------------------------


def test_the_reports_of_a_campaign_with_such_a_tier_are_those_of_its_members(place, visit):
    place.pledge()
    unit, board = place.ward.unit, visit(place.ward.scene.board)
    assert board.get(f"/units/{unit.code}/summary/?campaign=DV-2024").status_code == 200
    for page in ("", "figures/registered/", "pledges/"):
        response = board.get(f"/units/{unit.code}/{page}?campaign=DV-2024")
        assert response.context["tier"].kind == "members", page
    named = board.get(f"/units/{unit.code}/pledges/?campaign=DV-2024&tier=grassroots_cadres")
    assert named.context["page"].paginator.count == 1


def test_a_cadres_pledge_counts_in_his_cell_but_awaits_no_meeting_of_it(place, visit):
    cadre = place.cadre()
    pledge = place.pledge(cadre)
    assert set(pledge.in_tiers.values_list("tier__kind", flat=True)) == {"grassroots_cadres", "members"}
    secretary = visit(secretary_of(cadre.unit))
    whole = secretary.get(f"/campaigns/DV-2024/cells/{cadre.unit.code}/").context["whole"]
    assert (whole.rate.numerator, whole.waiting, whole.only("waiting")) == (1, 0, [])
    note_changes(Unit.objects.values_list("pk", flat=True))  # factories leave no row in the outbox
    counts.drain(DAY)
    ward_row = UnitCount.objects.get(tier=place.ward.tier, unit=place.ward.unit)
    assert (ward_row.registered, ward_row.awaiting) == (1, 0)
    own_row = UnitCount.objects.get(tier=place.tier, unit=place.ward.unit)
    assert (own_row.pledges, own_row.awaiting) == (1, 1)
    assert audit.differences(DAY) == []


def test_a_key_cadre_on_both_lists_registers_once_in_the_highest_tier(place):
    cadre = place.cadre()
    key, campaign = place.ward.scene.tier, place.tier.campaign
    key.campaign = campaign
    key.save()
    key.cadre_list.entries.create(
        member=cadre, unit=campaign.host, post_printed="Bí thư", unit_printed="Phường", order=1
    )
    found = [opening.tier for opening in openings(cadre, DAY)]
    assert found == [key, place.ward.tier]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_dockets_made_at_once_never_hold_the_same_pledge():
    place = grassroots()
    pledge = place.pledge()
    answers = at_once(lambda: docket_of(place, pledge), lambda: docket_of(place, pledge))
    assert sorted(type(answer).__name__ for answer in answers) == ["Docket", "NotAllowedError"]
    assert pledge.docket_lines.count() == 1
