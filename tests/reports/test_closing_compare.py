"""What changed between two closings, or since one: by number and by name."""

import pytest
from django.db.models import QuerySet
from django.utils import translation

from cadres.actions.members import change_standing
from cadres.jobs import JobState
from cadres.models import Membership, Standing
from pledges.actions.acts import Act
from pledges.actions.transitions import approve
from pledges.models import Pledge, PledgeTier
from reports import counts
from reports.models import ClosedPerson, ClosedPledge
from reports.views import closing_compare
from tests.factories import MemberFactory
from tests.pledges.pages import text
from tests.reports.closing_pages import compared, names
from tests.reports.closing_scene import District
from tests.reports.conftest import DAY, make_pledge, make_tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db, settings):
    settings.SITE_TODAY = DAY
    with translation.override("en"):
        yield District()


def test_late_entries_are_told_by_name(place, visit):
    closing = place.close()
    make_pledge(place.other, place.tier)
    client = visit(place.board)
    page = client.get(compared(closing, show="newly_registered"))
    assert names(page) == [place.other.name]
    assert "After the closing" in text(page)
    assert (page.context["total"].before.numerator, page.context["total"].after.numerator) == (2, 3)
    [row] = page.context["rows"]
    assert (row.unit, row.registered, row.counted) == (place.wards[1], 1, 0)
    page = client.get(compared(closing, show="new_pledges"))
    assert names(page) == [place.other.name]


def test_each_list_of_two_closings_is_told_by_name(place, visit):
    first = place.close()
    make_pledge(place.other, place.tier)
    newcomer = MemberFactory(unit=place.cells[1])
    change_standing([place.members[0]], standing=Standing.EXEMPT, on=DAY, by=place.board)
    approve(
        Pledge.objects.filter(lead_member=place.members[1]).values_list("pk", flat=True),
        act=Act(by=None, on=DAY),
    )
    counts.drain(DAY)
    later = place.close()
    make_pledge(newcomer, place.tier)
    expected = {
        "newly_counted": [newcomer.name],
        "no_longer_counted": [place.members[0].name],
        "newly_registered": [place.other.name],
        "no_longer_registered": [place.members[0].name],
        "new_pledges": [place.other.name],
        "gone_pledges": [],
        "changed_pledges": [place.members[1].name],
    }
    client = visit(place.board)
    for show, found in expected.items():
        for url in (compared(first, later.pk, show=show), compared(later, first.pk, show=show)):
            assert names(client.get(url)) == found
    page = text(client.get(compared(first, later.pk, show="changed_pledges")))
    assert "Registered, awaiting approval → Approved" in page


def test_a_comparison_is_of_the_unit_asked_for(place, visit):
    closing = place.close()
    make_pledge(place.other, place.tier)
    client = visit(place.officer)
    page = client.get(compared(closing, unit=place.wards[0].code))
    assert page.context["nothing"]
    assert client.get(compared(closing)).status_code == 404
    assert client.get(compared(closing, unit=place.wards[1].code)).status_code == 404
    assert visit(place.stranger).get(compared(closing)).status_code == 404
    assert visit(place.board).post(compared(closing)).status_code == 405
    for other in ("heaven", "99999"):
        assert visit(place.board).get(compared(closing, other)).status_code == 404
    assert visit(place.board).get(compared(closing, show="all")).status_code == 404


def test_closings_of_other_campaigns_are_not_compared(place, visit):
    closing = place.close()
    place.tier = make_tier(place.host, "DV-2025")
    other = place.close()
    assert other.state == JobState.DONE
    assert visit(place.board).get(compared(closing, other.pk)).status_code == 404


def test_a_comparison_costs_the_same_with_one_and_three(place, visit, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    closing, client = place.close(), visit(place.board)
    for n in (1, 2):
        for member in [MemberFactory(unit=place.cells[1]) for _ in range(n)]:
            make_pledge(member, place.tier)
        counts.drain(DAY)
        for show in ("newly_registered", "new_pledges"):
            with django_assert_num_queries(22):
                assert len(names(client.get(compared(closing, show=show)))) == (1 if n == 1 else 3)


def test_a_comparison_reads_a_page_of_names_and_counts_the_others(place, visit, monkeypatch):
    closing = place.close()
    for member in [MemberFactory(unit=place.cells[1]) for _ in range(9)]:
        make_pledge(member, place.tier)
    monkeypatch.setattr(closing_compare, "PAGE", 2)
    held, fetch = [], QuerySet._fetch_all

    def fetching(rows):
        fetch(rows)
        if rows.model in (Membership, Pledge, PledgeTier, ClosedPerson, ClosedPledge):
            held.append(len(rows._result_cache))

    client = visit(place.board)
    monkeypatch.setattr(QuerySet, "_fetch_all", fetching)
    for show, n in (("newly_registered", 9), ("new_pledges", 9)):
        page = client.get(compared(closing, show=show))
        assert page.context["page"].paginator.count == n
    assert max(held) == 2


def test_names_of_a_nation_are_listed_below_it(place, visit, monkeypatch):
    closing = place.close()
    make_pledge(place.other, place.tier)
    client = visit(place.board)
    monkeypatch.setattr(closing_compare, "NAMED", 3)
    page = client.get(compared(closing, show="newly_registered"))
    assert "The names are listed for an organisation below" in text(page)
    assert (page.context["total"].registered, page.context.get("names")) == (1, None)
    assert names(client.get(compared(closing, show="newly_registered", unit=place.wards[1].code))) == [
        place.other.name
    ]
