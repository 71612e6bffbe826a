"""Lists of cadres: made from last year's, changed person by person, frozen by the campaign that opens."""

from datetime import date

import pytest
from django.utils import translation

from cadres.actions.members import move_members
from cadres.models import CadreEntry, CadreList, CadreListKind, RecordEvent
from pledges.actions import cadre_lists
from pledges.actions.acts import NotAllowedError
from pledges.actions.cadre_lists import Added
from pledges.models import Campaign
from pledges.states import CampaignState
from tests.factories import CellFactory, HostFactory, MemberFactory
from tests.pledges.campaign_scene import KEY, Office, office
from tests.pledges.pages import text
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db
LISTS = "/cadre-lists/"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db) -> Office:
    return office()


def made(place, year=2025, **kwargs):
    given = {"kind": CadreListKind.KEY, "title": "Danh sách", "by": place.board}
    return cadre_lists.make_cadre_list(place.host, year=year, **given | kwargs)


def frozen(place, state=CampaignState.OPEN):
    """A list of 2024 by which a campaign of that state registers."""
    listing = place.cadres()
    campaign = place.draft(KEY)
    campaign.tiers.update(cadre_list=listing)
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    return listing


def add_url(listing):
    return f"{LISTS}{listing.pk}/add/"


def entry_url(entry):
    return f"{LISTS}{entry.cadre_list_id}/entries/{entry.pk}/"


# ---- the acts ------------------------------------------------------------------------------------


def test_of_last_years_list_those_come_over_who_still_stand_there(place):
    source = place.cadres(3)
    gone = source.entries.all()[1].member
    move_members([gone], CellFactory(parent=HostFactory()), on=date(2024, 3, 1), by=place.board)
    listing = made(place, source=source)
    assert list(listing.entries.values_list("order", "post_printed")) == [
        (1, "Trưởng phòng"),
        (2, "Trưởng phòng"),
    ]
    assert not listing.entries.filter(member=gone).exists()
    assert made(place, title="Khác") == listing
    assert CadreList.objects.count() == 2


def test_a_list_of_another_kind_is_not_copied(place):
    with pytest.raises(NotAllowedError, match="belongs to others"):
        made(place, source=place.cadres(kind=CadreListKind.GRASSROOTS))
    with pytest.raises(NotAllowedError, match="do not keep the lists"):
        made(place, by=place.inspector)


def test_who_is_added_is_printed_as_last_time_and_counts_there(place):
    [before] = place.cadres().entries.all()
    CadreEntry.objects.filter(pk=before.pk).update(unit=place.ward, unit_printed="Phường Bưởi")
    listing = made(place)
    assert cadre_lists.add_people(listing, [Added(member=before.member)], by=place.board) == 1
    assert cadre_lists.add_people(listing, [Added(member=before.member)], by=place.board) == 0
    [entry] = listing.entries.all()
    assert (entry.post_printed, entry.unit, entry.unit_printed) == (
        "Trưởng phòng",
        place.ward,
        "Phường Bưởi",
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [(CadreListKind.KEY, "Đảng bộ quận Tây Hồ"), (CadreListKind.GRASSROOTS, "Đảng bộ phường Bưởi")],
)
def test_a_key_cadre_counts_at_the_host_one_of_the_grassroots_at_his_committee(place, kind, name):
    listing = made(place, kind=kind)
    person = Added(member=MemberFactory(unit=place.cell), post="Chủ tịch")
    cadre_lists.add_people(listing, [person], by=place.board)
    assert listing.entries.get().unit.name == name


def test_nobody_without_a_post_or_from_elsewhere_is_added(place):
    listing = made(place)
    with pytest.raises(NotAllowedError, match="is not known: write it"):
        cadre_lists.add_people(listing, [Added(member=MemberFactory(unit=place.cell))], by=place.board)
    with pytest.raises(NotAllowedError, match="outside this organisation"):
        cadre_lists.add_people(listing, [Added(member=MemberFactory(), post="X")], by=place.board)
    assert not listing.entries.exists()


@pytest.mark.parametrize("state", [state for state in CampaignState if state != CampaignState.DRAFT])
def test_a_campaign_beyond_its_draft_freezes_the_list(place, state):
    listing = frozen(place, state)
    entry = listing.entries.get()
    for act in (
        lambda: cadre_lists.add_people(listing, [], by=place.board),
        lambda: cadre_lists.leave_out(listing, entry.pk, by=place.board),
        lambda: cadre_lists.write_entry(entry, post="A", unit_printed="B", unit=place.host, by=place.board),
    ):
        with pytest.raises(NotAllowedError, match="it is frozen"):
            act()
    assert cadre_lists.is_frozen(listing)
    assert not cadre_lists.is_frozen(made(place))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_comrade_at_once_add_one(place):
    listing, member = made(place), MemberFactory(unit=place.cell)
    person = Added(member=member, post="Chủ tịch")
    answers = at_once(*[lambda: cadre_lists.add_people(listing, [person], by=place.board) for _ in range(2)])
    assert listing.entries.count() == 1
    assert 1 in answers


# ---- making one ----------------------------------------------------------------------------------


def test_the_page_offers_next_years_list_from_the_last(place, visit):
    listing = place.cadres(2)
    client = visit(place.board)
    initial = client.get(f"{LISTS}new/").context["form"].initial
    assert (initial["year"], initial["kind"], initial["source"]) == (2025, "key", "latest")
    data = {
        "kind": "key",
        "year": "2025",
        "title": "Danh sách 2025",
        "source": listing.pk,
        "decision": "9-QĐ",
    }
    response = client.post(f"{LISTS}new/", data, follow=True)
    assert response.context["page"].paginator.count == 2
    assert list(client.post(f"{LISTS}new/", data).context["form"].errors) == ["year"]
    assert CadreList.objects.count() == 2


def test_a_first_list_of_the_grassroots_is_made_at_the_first_try_as_the_page_offers_it(place, visit):
    """The key cadres' list of last year is there; only the kind is changed on the page."""
    place.cadres(2)
    client = visit(place.board)
    offered = client.get(f"{LISTS}new/").context["form"].initial
    page = client.post(f"{LISTS}new/", offered | {"kind": "grassroots"}, follow=True)
    made = CadreList.objects.get(kind=CadreListKind.GRASSROOTS)
    assert (made.entries.count(), made.title) == (0, f"Grassroots cadres of {place.host.name}, 2025")
    assert page.context["listing"] == made
    client.post(f"{LISTS}new/", offered)
    assert CadreList.objects.get(kind=CadreListKind.KEY, year=2025).entries.count() == 2
    client.post(f"{LISTS}new/", offered | {"year": "2026", "source": ""})
    assert CadreList.objects.get(year=2026).entries.count() == 0


@pytest.mark.parametrize(
    ("data", "wrong"),
    [({"year": "x"}, "year"), ({"title": ""}, "title"), ({"kind": "grassroots"}, "source")],
)
def test_a_list_that_cannot_be_is_told_beside_its_field(place, visit, data, wrong):
    given = {"kind": "key", "year": "2025", "title": "A", "source": place.cadres().pk} | data
    assert list(visit(place.board).post(f"{LISTS}new/", given).context["form"].errors) == [wrong]


# ---- changing one --------------------------------------------------------------------------------


def test_pages_of_a_list_are_refused_by_method_scope_and_role(place, visit):
    listing = place.cadres()
    entry = listing.entries.get()
    pages = (f"{LISTS}{listing.pk}/", add_url(listing), entry_url(entry))
    for user, status in ((place.stranger, 404), (place.inspector, 403)):
        for url in pages:
            assert visit(user).post(url, {"do": "leave_out"}).status_code == status, url
    assert visit(place.board).get(add_url(listing)).status_code == 405
    for url in (*pages, f"{LISTS}new/", LISTS):
        assert visit(place.board).put(url).status_code == 405, url
    assert listing.entries.count() == 1


def test_a_comrade_found_by_name_is_added_with_his_post_once(place, visit):
    listing, member = made(place), MemberFactory(unit=place.cell, family_names="Phan Thị", given_name="Hòa")
    client, url = visit(place.board), f"{LISTS}{listing.pk}/"
    page = client.post(url, {"q": "phan thi hoa"}, follow=True)
    assert page.context["found"] == [member]
    assert "hoa" not in page.request["QUERY_STRING"]
    assert "The post of Phan Thị Hòa is not known" in text(
        client.post(add_url(listing), {"member": member.code, "post": ""}, follow=True)
    )
    for said in ("1 comrade is added.", "0 comrades are added."):
        page = client.post(add_url(listing), {"member": member.code, "post": "Chủ tịch"}, follow=True)
        assert said in text(page)
    assert page.context["found"] == []
    assert client.post(add_url(listing), {"member": MemberFactory().code}).status_code == 404
    client.post(add_url(listing), {"member": member.code, "post": "A" * 201})
    assert listing.entries.count() == 1


def test_many_are_pasted_all_or_none_with_each_wrong_line_told(place, visit):
    listing, client = made(place), visit(place.board)
    one, other = MemberFactory(unit=place.cell), MemberFactory(unit=place.cell, card_number="01234567")
    wrong = f"{one.code}; Chủ tịch\nKHÔNG CÓ; Phó\n{other.card_number}"
    page = client.post(f"{LISTS}{listing.pk}/", {"lines": wrong})
    assert [(faulty.number, faulty.reason) for faulty in page.context["form"].faulty] == [
        (2, "nobody of this organisation has this code or card number"),
        (3, "the post is missing"),
    ]
    assert not listing.entries.exists()
    assert "KHÔNG CÓ; Phó" in text(page)
    right = f"{one.code}; Chủ tịch\n{other.card_number}\tPhó Chủ tịch\tUBND phường"
    assert client.post(f"{LISTS}{listing.pk}/", {"lines": right}).status_code == 302
    assert list(listing.entries.values_list("post_printed", flat=True)) == ["Chủ tịch", "Phó Chủ tịch"]
    page = client.post(f"{LISTS}{listing.pk}/", {"lines": right})
    assert [faulty.reason for faulty in page.context["form"].faulty] == ["stands on the list already"] * 2
    page = client.post(f"{LISTS}{listing.pk}/", {"lines": " \n"})
    assert list(page.context["form"].errors) == ["lines"]


def test_an_entry_is_written_or_left_out_once(place, visit):
    listing = place.cadres()
    entry = listing.entries.get()
    client = visit(place.board)
    data = {"post": "Bí thư", "unit_printed": "Phường Bưởi", "unit": "BUOI"}
    for _ in range(2):
        assert client.post(entry_url(entry), data).status_code == 302
    entry.refresh_from_db()
    assert (entry.post_printed, entry.unit) == ("Bí thư", place.ward)
    assert RecordEvent.objects.filter(action="cadre_entry_written").count() == 1
    page = client.post(entry_url(entry), data | {"post": "", "unit": "KHAC"})
    assert sorted(page.context["form"].errors) == ["post", "unit"]
    client.post(entry_url(entry), {"do": "leave_out"})
    page = client.post(entry_url(entry), {"do": "leave_out"}, follow=True)
    assert "left out already" in text(page)
    assert client.get(entry_url(entry)).status_code == 404


def test_a_frozen_list_is_read_only(place, visit):
    listing = frozen(place)
    entry = listing.entries.get()
    client = visit(place.board)
    page = client.get(f"{LISTS}{listing.pk}/")
    assert "it is frozen" in text(page)
    assert entry_url(entry) not in text(page)
    for url, data in (
        (add_url(listing), {"member": MemberFactory(unit=place.cell).code, "post": "A"}),
        (entry_url(entry), {"do": "leave_out"}),
        (entry_url(entry), {"post": "A", "unit_printed": "B", "unit": "TAYHO"}),
    ):
        assert "it is frozen" in text(client.post(url, data, follow=True))
    entry.refresh_from_db()
    assert entry.post_printed == "Trưởng phòng"


@pytest.mark.parametrize("n", [1, 3])
def test_lists_and_their_people_cost_the_same(place, visit, page_alone, n, django_assert_num_queries):
    for year in range(2024, 2024 + n):
        listing = place.cadres(n, year=year)
        campaign = place.draft(KEY, year=year)
        campaign.tiers.update(cadre_list=listing)
    client = visit(place.board)
    with django_assert_num_queries(7):
        assert len(client.get(LISTS).context["page"]) == n
    with django_assert_num_queries(8):
        assert len(client.get(f"{LISTS}{listing.pk}/").context["page"]) == n


# ---- accounts of those on it ---------------------------------------------------------------------


def test_the_board_sees_how_far_each_cadre_has_come_and_prints_slips(place, visit):
    listing, member = frozen(place), MemberFactory(unit=place.cell)
    [entry] = listing.entries.all()
    second = made(place)
    people = [Added(member=entry.member), Added(member=member, post="Chủ tịch")]
    cadre_lists.add_people(second, people, by=place.board)
    client, url = visit(place.board), f"{LISTS}{second.pk}/"
    page = client.get(url)
    assert [row.state for row in page.context["page"]] == ["no_account"] * 2
    assert page.context["n_lacking"] == 2
    slips = client.post("/slips/members/", {"chosen": [entry.member_id, member.pk], "next": url})
    assert len(slips.context["slips"]) == 2
    assert f'href="{url}"' in text(slips)
    page = client.get(url)
    assert [row.state for row in page.context["page"]] == ["code_waiting"] * 2
    assert page.context["n_lacking"] == 0
    assert "/slips/members/" in text(client.get(f"{LISTS}{listing.pk}/"))


def test_who_left_the_host_gets_no_slip_from_the_list(place, visit):
    listing = place.cadres()
    [entry] = listing.entries.all()
    move_members([entry.member], CellFactory(parent=HostFactory()), on=date(2024, 3, 1), by=place.board)
    client = visit(place.board)
    assert client.get(f"{LISTS}{listing.pk}/").context["tickable"] == []
    assert client.post("/slips/members/", {"chosen": entry.member_id}).status_code == 404
