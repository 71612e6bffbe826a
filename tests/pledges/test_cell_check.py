"""Rows of the cell's table looked at while they are typed: what is said, and that nothing is saved."""

import pytest
from django.urls import reverse

from cadres.roles import Role
from pledges.models import Pledge
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import cell_of, secretary_of
from tests.pledges.pages import of_cell

TYPED = {"title": "Lắp 4 camera tại tổ 18", "novelty": "new", "product": "4 camera", "due": "quý III"}


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def url(tier, cell):
    return of_cell("cell_check", tier, cell)


@pytest.fixture
def client_of(visit, cell):
    return visit(secretary_of(cell))


def typed(key, **kwargs):
    """A row as the script of the table sends it."""
    return {f"{column}_{key}": value for column, value in (TYPED | kwargs).items()}


def wrong(response):
    assert response.status_code == 200
    return response.json()["wrong"]


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("due", "31/02/2024", "month 2/2024 has only 29 days"),
        ("due", "30/06/2025", "outside the year 2024"),
        ("due", "25/3", "already over"),
        ("novelty", "rất khó", "neither new nor difficult"),
        ("title", "a" * 2001, "2,000"),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column(client_of, url, column, text, said):
    answer = wrong(client_of.post(url, typed(7, **{column: text}) | typed(8)))
    assert list(answer["7"]) == [column]
    assert said in answer["7"][column]
    assert answer["8"] == {}


def test_what_is_still_empty_is_not_asked_for(client_of, url):
    assert wrong(client_of.post(url, typed(7, title="", novelty="", due=""))) == {"7": {}}


def test_nothing_is_saved_however_often(client_of, cell, url):
    member = MemberFactory(unit=cell)
    for _ in range(2):
        assert wrong(client_of.post(url, typed(member.pk))) == {str(member.pk): {}}
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("data", [{}, {"title_": ""}, {"title_x'\"<": "Việc", "due_x'\"<": "sớm"}])
def test_odd_input_is_no_error_of_the_site(client_of, url, data):
    assert client_of.post(url, data).status_code == 200


def test_no_more_rows_than_a_page_has_are_read(client_of, url, monkeypatch):
    monkeypatch.setattr("pledges.views.cell_check.PAGE", 1)
    assert list(wrong(client_of.post(url, typed(7) | typed(8)))) == ["7"]


def test_the_secretary_alone_asks(visit, client, tier, cell, url):
    assert client.post(url)["Location"].startswith(reverse("cadres:sign_in"))
    for role in (Role.GRASSROOTS_OFFICER, Role.INSPECTOR):
        assert visit(user_with(role, unit=cell.parent)).post(url).status_code == 403
    for stranger in (secretary_of(cell_of(tier.campaign)), UserFactory(member=MemberFactory(unit=cell))):
        assert visit(stranger).post(url).status_code == 404


def test_other_methods_are_refused(client_of, url):
    assert {client_of.get(url).status_code, client_of.put(url).status_code} == {405}


@pytest.mark.parametrize("count", [1, 3])
def test_many_rows_cost_what_one_costs(client_of, url, page_alone, django_assert_num_queries, count):
    rows = {name: text for key in range(count) for name, text in typed(key, due="31/02/2024").items()}
    with django_assert_num_queries(5):
        client_of.post(url, rows)
