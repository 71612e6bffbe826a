"""The committee's page: what was sent, whom to call, endorse in one meeting, send upwards."""

import re
import uuid

import pytest
from django.utils.html import strip_tags

from cadres.models import Body, Office, OfficeKind, Unit
from cadres.outbox import note_changes
from cadres.roles import Role
from pledges.actions import lists
from pledges.actions.dockets import Decision
from pledges.actions.endorsements import build_endorsement
from pledges.models import Docket, SentList
from pledges.states import DocketState, Outcome
from reports import counts
from tests.factories import START, CellFactory, HostFactory, MemberFactory, UnitFactory, user_with
from tests.pledges.docket_scene import DAY, conclude, scene, ward
from tests.pledges.factories import pledge_in, secretary_of

pytestmark = pytest.mark.django_db

MEETING = {"on": "26/03/2024", "presided_by": "Đồng chí Bí thư", "present": "9", "agreed": "9", "minutes": ""}


@pytest.fixture
def place(db):
    return ward(scene(), name="Đảng bộ phường Bưởi")


def text_of(response):
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def at(unit, page=""):
    return f"/campaigns/DV-2024/committees/{unit.code}/{page}"


def ref():
    return {"ref": str(uuid.uuid4())}


def units(response):
    return [row.unit for row in response.context["rows"]]


def secretary(cell, **member):
    """The secretary in the roster."""
    found = MemberFactory(unit=cell, **member)
    Office.objects.create(member=found, unit=cell, kind=OfficeKind.SECRETARY, start=START)
    return found


def endorsed(place):
    """A docket of everything sent, concluded."""
    docket = build_endorsement(tier=place.tier, body=place.body, title="Danh sách", by=place.officer)
    return conclude(docket, place.officer)


# ---- what is shown -----------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(("sent", "cost"), [(False, 21), (True, 20)])
def test_the_page_costs_the_same_for_one_cell_and_three(
    place, visit, n, sent, cost, django_assert_num_queries
):
    for _ in range(n):
        secretary(place.cell(sent=sent))
    client = visit(place.officer)
    with django_assert_num_queries(cost):
        assert len(client.get(at(place.unit)).context["rows"]) == n


@pytest.mark.parametrize("n", [1, 3])
def test_the_hosts_page_costs_the_same_for_one_unit_and_three(place, visit, n, django_assert_num_queries):
    for _ in range(n - 1):
        ward(place.scene).cell()
    client = visit(place.scene.board)
    with django_assert_num_queries(19):
        assert len(client.get(at(place.scene.host) + "?of=units").context["rows"]) == n


def test_headline_tells_sent_and_endorsed_of_all(place, visit):
    place.cell()
    endorsed(place)
    place.cell()
    place.cell(sent=False)
    text = text_of(visit(place.officer).get(at(place.unit)))
    assert "2/3 (67%)" in text
    assert "1 endorsed · 1 sent, awaiting endorsement · 1 not sent" in text


def test_what_is_missing_is_shown_first_with_whom_to_call(place, visit):
    place.cell()
    missing = place.cell(sent=False, name="Chi bộ số 3")
    secretary(missing, family_names="Ngô Anh", given_name="Đạt", phone="0912 345 678")
    response = visit(place.officer).get(at(place.unit))
    assert (units(response), response.context["chosen"].show) == ([missing], "not_sent")
    assert "Ngô Anh Đạt 0912 345 678" in text_of(response)
    assert 'href="tel:0912345678"' in response.content.decode()


def test_a_secretary_whose_post_ended_is_not_called(place, visit):
    cell = place.cell(sent=False)
    secretary(cell, given_name="Cũ")
    Office.objects.update(end=DAY)
    assert "no secretary in the roster" in text_of(visit(place.officer).get(at(place.unit)))


def test_each_state_is_a_chip_and_stays_in_the_address(place, visit):
    done = place.cell(name="Chi bộ số 1")
    endorsed(place)
    sent, missing = place.cell(name="Chi bộ số 2"), place.cell(sent=False, name="Chi bộ số 3")
    client = visit(place.officer)
    expected = {
        "not_sent": [missing],
        "sent": [sent],
        "endorsed": [done],
        "all": [done, sent, missing],
    }
    assert {show: units(client.get(at(place.unit) + f"?show={show}")) for show in expected} == expected
    response = client.get(at(place.unit) + "?show=sent&name=chi+bo")
    chips = response.context["chosen"].chips()
    assert [(chip["url"], chip["count"], chip["active"]) for chip in chips] == [
        ("?name=chi+bo&show=not_sent", 1, False),
        ("?name=chi+bo&show=sent", 1, True),
        ("?name=chi+bo&show=endorsed", 1, False),
        ("?name=chi+bo&show=all", 3, False),
    ]
    assert client.get(at(place.unit) + "?show=nonsense").status_code == 404


def test_cells_are_found_by_name_without_marks(place, visit):
    school = place.cell(sent=False, name="Chi bộ Trường Mầm non Hoà Bình")
    place.cell(sent=False, name="Chi bộ số 2")
    client = visit(place.officer)
    assert units(client.get(at(place.unit) + "?name=hòa+truong")) == [school]
    response = client.get(at(place.unit) + "?name=khong+co")
    assert "Nothing found" in text_of(response)


def counted():
    """Let the figures be those of what has been written."""
    note_changes(Unit.objects.values_list("pk", flat=True))
    counts.drain(DAY)


def registered_of(cell, n, tier):
    """A cell of two counted members, of whom `n` have registered."""
    secretary = secretary_of(cell)
    for no in range(2):
        member = MemberFactory(unit=cell)
        if no < n:
            pledge_in("submitted", member, tier, secretary)
    return cell


def test_the_cells_of_a_committee_stand_in_the_order_of_the_share_registered(place, visit):
    cells = [registered_of(place.cell(sent=False), n, place.tier) for n in (1, 2, 0)]
    empty = place.cell(sent=False)
    one, two, none = cells
    counted()
    client = visit(place.officer)
    assert units(client.get(at(place.unit))) == [one, two, none, empty]
    page = client.get(at(place.unit) + "?sort=registered&show=all")
    assert units(page) == [none, one, two, empty]
    assert 'aria-sort="ascending"' in page.content.decode()
    assert all("sort=registered" in chip["url"] for chip in page.context["chosen"].chips())
    assert units(client.get(at(place.unit) + "?sort=-registered")) == [empty, two, one, none]
    assert units(client.get(at(place.unit) + "?sort=-name")) == [empty, none, two, one]
    assert units(client.get(at(place.unit) + "?sort=endorsed")) == [one, two, none, empty]


def test_the_cells_of_the_host_stand_in_the_order_of_the_tree(place, visit):
    cells = [registered_of(place.cell(sent=False), n, place.tier) for n in (1, 0)]
    page = visit(place.scene.board).get(at(place.scene.host) + "?sort=registered")
    assert units(page) == cells
    assert "aria-sort" not in page.content.decode()
    assert not any("sort" in chip["url"] for chip in page.context["chosen"].chips())


@pytest.mark.parametrize("n", [1, 3])
def test_an_order_costs_the_same_for_one_cell_and_three(place, visit, n, django_assert_num_queries):
    for _ in range(n):
        registered_of(place.cell(sent=False), 1, place.tier)
    client = visit(place.officer)
    with django_assert_num_queries(21):
        assert len(client.get(at(place.unit) + "?sort=registered").context["rows"]) == n


def test_a_long_list_has_pages_that_keep_the_filter(place, visit):
    for n in range(51):
        place.cell(sent=False, name=f"Chi bộ số {n}")
    client = visit(place.officer)
    first = client.get(at(place.unit) + "?show=not_sent&name=chi")
    assert len(first.context["rows"]) == 50
    assert "?show=not_sent&amp;name=chi&amp;page=2" in first.content.decode()
    assert len(client.get(at(place.unit) + "?show=not_sent&name=chi&page=2").context["rows"]) == 1


def test_a_list_to_amend_shows_the_reasons(place, visit):
    cell = place.cell()
    docket = build_endorsement(tier=place.tier, body=place.body, title="Danh sách", by=place.officer)
    reasons = {docket.lines.get().pk: Decision(Outcome.RETURN, "Thiếu 3 đồng chí")}
    conclude(docket, place.officer, reasons)
    response = visit(place.officer).get(at(place.unit))
    assert [row.state for row in response.context["rows"]] == ["returned"]
    assert "Amendment asked for Thiếu 3 đồng chí (26/03/2024)" in text_of(response)
    lists.mark_sent(tier=place.tier, units=[cell], on=DAY, by=None)
    assert "Thiếu 3 đồng chí" not in text_of(visit(place.officer).get(at(place.unit)))


def test_the_host_sees_its_cells_and_the_units_directly_below(place, visit):
    sent, missing = place.cell(), place.cell(sent=False)
    direct = CellFactory(parent=place.scene.host)
    client = visit(place.scene.board)
    assert units(client.get(at(place.scene.host))) == [missing, direct]
    response = client.get(at(place.scene.host) + "?of=units&show=all")
    assert units(response) == [place.unit, direct]
    assert "1/2 (50%)" in text_of(response)
    assert units(client.get(at(place.scene.host) + "?show=sent")) == [sent]


def test_strangers_and_members_do_not_see_the_page(place, visit):
    place.cell(sent=False)
    strangers = (
        ward(place.scene).officer,
        user_with(Role.GRASSROOTS_OFFICER, unit=HostFactory()),
        place.scene.stranger,
        secretary_of(place.cell()),
        user_with(Role.MEMBER, unit=place.unit),
    )
    for who in strangers:
        assert visit(who).get(at(place.unit)).status_code == 404
    for who in (place.officer, place.scene.board, place.scene.inspector, place.scene.recorder):
        assert visit(who).get(at(place.unit)).status_code == 200
    cell = place.cell()
    assert visit(place.officer).get(at(cell)).status_code == 404
    assert visit(place.officer).get("/campaigns/CB-2024/committees/TAYHO/").status_code == 404
    assert visit(place.officer).post(at(place.unit)).status_code == 405


# ---- endorse -----------------------------------------------------------------------------------


def test_the_officer_endorses_everything_in_one_meeting(place, visit):
    cells = [place.cell(), place.cell()]
    client = visit(place.officer)
    page = client.get(at(place.unit))
    assert "Endorse 2 lists" in text_of(page)
    response = client.post(at(place.unit, "endorse/"), {"ref": page.context["form"]["ref"].value()})
    docket = Docket.objects.get(body=place.body)
    assert response["Location"] == f"/dockets/{docket.ref}/conclude/"
    form = client.get(response["Location"])
    assert "Endorse all (2 lists), except:" in text_of(form)
    client.post(response["Location"], MEETING)
    endorsed_by = set(SentList.objects.values_list("unit", "endorsed_by"))
    assert endorsed_by == {(cell.pk, docket.pk) for cell in cells}
    text = text_of(client.get(f"/dockets/{docket.ref}/"))
    assert "2 lists · Ban Thường vụ Đảng bộ phường Bưởi" in text


def test_pressed_twice_there_is_one_docket(place, visit):
    place.cell()
    client, data = visit(place.officer), ref()
    first = client.post(at(place.unit, "endorse/"), data)
    second = client.post(at(place.unit, "endorse/"), data)
    assert first["Location"] == second["Location"]
    assert Docket.objects.filter(body=place.body).count() == 1


def test_a_docket_begun_is_gone_on_with(place, visit):
    place.cell()
    client = visit(place.officer)
    client.post(at(place.unit, "endorse/"), ref())
    place.cell()
    page = client.get(at(place.unit) + "?show=sent")
    assert "A docket of lists made on" in text_of(page)
    assert "Endorse 2 lists" in text_of(page)
    assert [row.state for row in page.context["rows"]] == ["pending", "sent"]
    client.post(at(place.unit, "endorse/"), ref())
    assert Docket.objects.get(body=place.body).lines.count() == 2


def test_after_the_meeting_the_same_press_shows_the_docket(place, visit):
    place.cell()
    client, data = visit(place.officer), ref()
    address = client.post(at(place.unit, "endorse/"), data)["Location"]
    client.post(address, MEETING)
    assert client.post(at(place.unit, "endorse/"), data)["Location"] == address.replace("conclude/", "")


def test_nothing_to_endorse_is_said(place, visit):
    place.cell(sent=False)
    client = visit(place.officer)
    assert "Endorse" not in text_of(client.get(at(place.unit))).replace("Endorsed", "")
    response = client.post(at(place.unit, "endorse/"), ref(), follow=True)
    assert "Nothing on the list awaits this body." in text_of(response)


def test_a_broken_form_makes_no_docket(place, visit):
    place.cell()
    response = visit(place.officer).post(at(place.unit, "endorse/"), {"ref": "x"}, follow=True)
    assert "please try again" in text_of(response)
    assert not Docket.objects.filter(body=place.body).exists()


def test_the_board_puts_the_lists_on_the_docket_and_the_recorder_records(place, visit):
    host = place.scene.host
    lists.mark_sent(tier=place.tier, units=[place.unit], on=DAY, by=None)
    client = visit(place.scene.board)
    assert "on the docket" not in text_of(client.get(at(host)))
    assert "Put 1 list on the docket" in text_of(client.get(at(host) + "?of=units"))
    response = client.post(at(host, "endorse/"), ref())
    docket = Docket.objects.get(body=place.scene.standing)
    assert response["Location"] == f"/dockets/{docket.ref}/"
    assert "Put" not in text_of(client.get(at(host) + "?of=units"))
    recorder = visit(place.scene.recorder)
    assert "Endorse 1 list" in text_of(recorder.get(at(host) + "?of=units"))
    recorder.post(f"/dockets/{docket.ref}/conclude/", MEETING)
    assert SentList.objects.get(unit=place.unit).endorsed_by == docket
    text = text_of(visit(place.officer).get(at(place.unit)))
    assert "endorsed by Ban Thường vụ Quận ủy Tây Hồ on 26/03/2024" in text


def test_only_who_records_for_the_committee_endorses(place, visit):
    cell = place.cell()
    for who in (place.scene.board, place.scene.recorder, place.scene.inspector, place.scene.clerk):
        assert visit(who).post(at(place.unit, "endorse/"), ref()).status_code == 403
    for who in (place.scene.stranger, ward(place.scene).officer, secretary_of(cell)):
        assert visit(who).post(at(place.unit, "endorse/"), ref()).status_code == 404
    assert visit(place.officer).get(at(place.unit, "endorse/")).status_code == 405
    assert not Docket.objects.filter(body=place.body).exists()


def test_a_committee_without_a_standing_committee_endorses_nothing(place, visit):
    place.cell()
    Body.objects.filter(pk=place.body.pk).update(ended_on=DAY)
    client = visit(place.officer)
    assert "Endorse 1" not in text_of(client.get(at(place.unit)))
    assert client.post(at(place.unit, "endorse/"), ref()).status_code == 403


# ---- send --------------------------------------------------------------------------------------


def test_the_list_is_sent_upwards_once(place, visit):
    place.cell()
    endorsed(place)
    client = visit(place.officer)
    assert "All cells have sent and are endorsed" in client.get(at(place.unit)).content.decode()
    for message in ("The list has been sent to the level above.", "The list had already been sent."):
        assert message in text_of(client.post(at(place.unit, "send/"), follow=True))
    assert SentList.objects.get(unit=place.unit).sent_by == place.officer
    page = client.get(at(place.unit))
    assert "Sent to the level above on 26/03/2024, awaiting its endorsement." in text_of(page)
    assert not page.context["may_send"]


def test_who_sends_early_is_told_what_is_missing(place, visit):
    place.cell()
    endorsed(place)
    place.cell()
    place.cell(sent=False)
    page = visit(place.officer).get(at(place.unit)).content.decode()
    assert "Cells that have not sent: 1; lists not endorsed yet: 1. They will not be part of it." in page


@pytest.mark.parametrize(
    ("sent", "told"),
    [(True, "now? Lists not endorsed yet: 1."), (False, "now? Cells that have not sent: 1.")],
)
def test_only_what_is_missing_is_told(place, visit, sent, told):
    place.cell()
    endorsed(place)
    place.cell(sent=sent)
    assert told in visit(place.officer).get(at(place.unit)).content.decode()


def test_nothing_endorsed_cannot_be_sent(place, visit):
    place.cell()
    client = visit(place.officer)
    assert not client.get(at(place.unit)).context["may_send"]
    response = client.post(at(place.unit, "send/"), follow=True)
    assert "No list of a cell has been endorsed yet." in text_of(response)
    assert not SentList.objects.filter(unit=place.unit).exists()


def test_the_level_above_sends_a_list_back_with_reasons(place, visit):
    place.cell()
    endorsed(place)
    lists.send_upwards(tier=place.tier, unit=place.unit, on=DAY, by=place.officer)
    docket = build_endorsement(
        tier=place.tier, body=place.scene.standing, title="Danh sách", by=place.scene.board
    )
    reasons = {docket.lines.get().pk: Decision(Outcome.RETURN, "Thiếu 2 chi bộ")}
    conclude(docket, place.scene.recorder, reasons)
    client = visit(place.officer)
    page = client.get(at(place.unit))
    assert "The level above asked for an amendment on 26/03/2024: Thiếu 2 chi bộ" in text_of(page)
    client.post(at(place.unit, "send/"))
    assert SentList.objects.filter(unit=place.unit, endorsed_by=None).count() == 1


def test_only_the_officer_of_the_committee_sends(place, visit):
    cell = place.cell()
    endorsed(place)
    for who in (place.scene.board, place.scene.recorder, place.scene.inspector):
        assert visit(who).post(at(place.unit, "send/")).status_code == 403
    for who in (place.scene.stranger, ward(place.scene).officer, secretary_of(cell)):
        assert visit(who).post(at(place.unit, "send/")).status_code == 404
    division = UnitFactory(parent=place.unit, kind="division_committee")
    assert visit(place.officer).post(at(division, "send/")).status_code == 403
    assert visit(place.officer).get(at(place.unit, "send/")).status_code == 405
    assert not SentList.objects.filter(unit__in=(place.unit, division)).exists()


def test_the_docket_of_a_committee_is_open_until_its_meeting(place, visit):
    place.cell()
    visit(place.officer).post(at(place.unit, "endorse/"), ref())
    assert Docket.objects.get(body=place.body).state == DocketState.OPEN
    assert visit(place.scene.inspector).get(at(place.unit)).context["n_to_endorse"] == 0


def test_lists_of_a_tier_that_has_none_are_not_found(place, visit):
    place.cell()
    client = visit(place.officer)
    for tier in ("key_cadres", "grassroots_cadres", "nonsense"):
        for page in ("endorse/", "send/"):
            assert client.post(at(place.unit, page), ref() | {"tier": tier}).status_code == 404
    assert not Docket.objects.filter(body=place.body).exists()


def test_a_ward_endorses_and_sends_in_one_go(place, visit):
    cells = [place.cell(), place.cell()]
    client = visit(place.officer)
    client.post(client.post(at(place.unit, "endorse/"), ref())["Location"], MEETING)
    page = client.get(at(place.unit))
    assert (page.context["may_send"], page.context["n_to_endorse"]) == (True, 0)
    client.post(at(place.unit, "send/"))
    rows = visit(place.scene.board).get(at(place.scene.host) + "?of=units&show=sent").context["rows"]
    assert [(row.unit, row.below.endorsed, row.below.cells) for row in rows] == [(place.unit, 2, len(cells))]
