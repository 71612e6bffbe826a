"""The cell's list on paper: what it says once, and who signs it."""

from datetime import date

import pytest
from django.utils.html import strip_tags

from cadres.models import Office, OfficeKind
from pledges.states import PledgeStatus
from pledges.views.paper_size import MEETING, SIGNING, SIZES, size_of
from tests.factories import MemberFactory
from tests.pledges.factories import cell_of, draft_of, pledge_in, pledge_of, secretary_of
from tests.pledges.pages import of_cell, text


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def by(cell):
    return secretary_of(cell)


def to_sign(tier, cell):
    return of_cell("cell_print", tier, cell) + "?for=signing"


def words(response):
    return " ".join(strip_tags(text(response)).split())


def test_paper_says_a_status_once_when_all_tasks_share_it(visit, tier, cell, by):
    client, url = visit(by), to_sign(tier, cell)
    for _ in range(2):
        pledge_in(PledgeStatus.SUBMITTED, MemberFactory(unit=cell), tier, by)
    page = words(client.get(url))
    assert page.count("Registered, awaiting the cell") == 1
    assert "unless the line says otherwise" not in page
    pledge_in(PledgeStatus.RETURNED, MemberFactory(unit=cell), tier, by)
    assert "Registered, awaiting the cell, unless the line says otherwise" in words(client.get(url))
    pledge_in(PledgeStatus.APPROVED, MemberFactory(unit=cell), tier, by)
    page = words(client.get(url))
    assert page.count("Registered, awaiting the cell") == 2
    assert "Status:" not in page


def test_paper_ends_with_the_name_of_the_secretary(visit, tier, cell, by):
    client, url = visit(by), to_sign(tier, cell)
    assert words(client.get(url)).endswith(" Secretary")
    member = MemberFactory(unit=cell)
    Office.objects.create(member=member, unit=cell, kind=OfficeKind.SECRETARY, start=date(2024, 1, 1))
    assert words(client.get(url)).endswith(f" Secretary {member.name}")


def test_papers_are_read_by_whoever_reads_the_cell_and_only_read(visit, client, tier, cell, by):
    url = of_cell("cell_print", tier, cell)
    assert client.get(url).status_code == 302
    reader = visit(by)
    assert (reader.post(url).status_code, reader.get(f"{url}?for=framing").status_code) == (405, 404)
    stranger = visit(secretary_of(cell_of(tier.campaign)))
    assert {stranger.get(url).status_code, stranger.get(to_sign(tier, cell)).status_code} == {404}


def test_the_paper_to_sign_holds_all_that_is_registered_and_no_drafts(visit, tier, cell, by):
    adopted = pledge_in(PledgeStatus.APPROVED, MemberFactory(unit=cell), tier, by, content={"title": "Một"})
    pledge_of(MemberFactory(unit=cell), tier, by, content={"title": "Hai"})
    draft_of(MemberFactory(unit=cell), tier, by, content={"title": "Nháp ba"})
    page = words(visit(by).get(to_sign(tier, cell)))
    assert adopted.lead_member.name in page
    assert "Hai" in page
    assert "Nháp ba" not in page
    assert "The list has 2 tasks. 1 comrade has not registered." in page


SHORT = ("Nguyễn Thị Lan (1960)", "Vận động 12 hộ ngõ 310 phân loại rác tại nguồn", "12/12 hộ")
LONG = (
    "Nguyễn Thị Thanh Lan (1960)",
    "Vận động các hộ kinh doanh tháo dỡ mái che, mái vẩy " * 2,
    "100% số hộ",
)


@pytest.mark.parametrize("layout", [MEETING, SIGNING])
def test_letters_grow_smaller_with_what_is_to_be_printed(layout):
    order = list(SIZES)
    sizes = [order.index(size_of(layout, [SHORT] * count)) for count in (1, 10, 20, 30)]
    assert sizes == sorted(sizes)
    assert sizes[0] == 0
    assert order.index(size_of(layout, [LONG] * 20)) >= sizes[2]


@pytest.mark.parametrize("layout", [MEETING, SIGNING])
def test_what_takes_two_pages_anyway_is_set_as_large_as_two_pages_allow(layout):
    assert size_of(layout, [SHORT] * 50) != "paper-dense"
    assert size_of(layout, [LONG] * 200) in SIZES


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("purpose", "queries"), [("meeting", 12), ("signing", 11)])
def test_a_paper_costs_the_same_whatever_its_length(
    visit, tier, cell, by, page_alone, django_assert_num_queries, purpose, queries, count
):
    for _ in range(count):
        for status in (PledgeStatus.RETURNED, PledgeStatus.SUBMITTED):
            pledge_in(status, MemberFactory(unit=cell), tier, by)
        MemberFactory(unit=cell)
    client = visit(by)
    with django_assert_num_queries(queries):
        client.get(of_cell("cell_print", tier, cell), {"for": purpose})
