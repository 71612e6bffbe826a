"""The committee's page: what was sent, what is missing, whom to call."""

import pytest

from cadres.models import Office, Unit
from cadres.outbox import note_changes
from cadres.roles import Role
from pledges.actions import lists
from pledges.actions.dockets import Decision
from pledges.actions.endorsements import build_endorsement
from pledges.states import Outcome
from reports import counts
from tests.factories import CellFactory, HostFactory, MemberFactory, user_with
from tests.pledges.committee_pages import at, endorsed, secretary, text_of, units
from tests.pledges.docket_scene import DAY, conclude, scene, ward
from tests.pledges.factories import pledge_in, secretary_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    return ward(scene(), name="Đảng bộ phường Bưởi")


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
