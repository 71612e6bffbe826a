"""Pages of lists that are too long to be counted."""

import pytest

from cadres.models import Unit
from cadres.roles import Role
from cadres.views import accounts, paging
from cadres.views.paging import page_of
from tests.cadres.offices import browser
from tests.factories import CellFactory, HostFactory, MemberFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def units(db, monkeypatch):
    monkeypatch.setattr(paging, "BOUNDED", 3)
    monkeypatch.setattr(paging, "SHORT", 3)
    monkeypatch.setattr(paging.bounded, "__defaults__", (3,))
    monkeypatch.setattr(paging._Open, "count", 3)
    HostFactory.create_batch(5)
    return Unit.objects.order_by("pk")


def numbers(page):
    return page.number, len(page), page.has_previous(), page.has_next()


def test_a_short_list_is_counted(units):
    page = page_of(units.exclude(pk__in=units[3:]), size=2, number="2")
    assert (page.paginator.count, numbers(page)) == (3, (2, 1, True, False))


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        (None, (1, 2, False, True)),
        ("x", (1, 2, False, True)),
        ("3", (3, 1, True, False)),
        ("4", (4, 0, True, False)),
        ("9" * 30, (200, 0, True, False)),
    ],
)
def test_of_a_long_one_only_the_next_page_is_looked_for(units, number, seen, django_assert_num_queries):
    with django_assert_num_queries(2) as asked:
        page = page_of(units, size=2, number=number)
        assert (page.paginator.more, numbers(page)) == (True, seen)
    assert "LIMIT 4" in asked[0]["sql"]


def test_a_number_that_is_kept_is_told(units):
    page = page_of(units, size=2, number="3", kept=lambda: 5)
    assert (page.paginator.count, page.paginator.num_pages, numbers(page)) == (5, 3, (3, 1, True, False))
    # The counts are a moment behind what was just counted.
    assert page_of(units, size=2, number=None, kept=lambda: 2).paginator.count == 4


def test_what_the_chips_have_counted_is_not_counted_again(units, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(page_of(units, size=2, number=None, known=5)) == 2


def test_many_accounts_are_told_apart_without_numbers(units, monkeypatch):
    monkeypatch.setattr(accounts, "BOUNDED", 3)
    host = units[0]
    for _ in range(4):
        UserFactory(member=MemberFactory(unit=CellFactory(parent=host)))
    response = browser(user_with(Role.ADMINISTRATOR, unit=host)).get("/accounts/?state=in_use")
    assert {chip["count"] for chip in response.context["chips"]} == {None}
    assert len(response.context["chips"]) > 5
    assert response.context["page"].paginator.more
    monkeypatch.setattr(accounts, "PAGE", 2)
    response = browser(user_with(Role.ADMINISTRATOR, unit=host)).get("/accounts/?state=in_use")
    assert "more than 3 rows" in response.content.decode()


def test_more_people_than_one_counts_are_found(units):
    cell = CellFactory(parent=units[0])
    for _ in range(4):
        MemberFactory(unit=cell, family_names="Trần Văn", given_name="Bảy")
    client = browser(user_with(Role.BOARD_OFFICER, unit=units[0]))
    response = client.post("/search/", {"q": "bảy"}, follow=True)
    assert "more than 3" in response.content.decode()
