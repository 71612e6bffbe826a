"""The whole demo, loaded once: the seed's figures, the wards, what waits for each role."""

import re
import uuid
from datetime import date

import pytest
from django.db import transaction
from django.utils.html import strip_tags

from cadres.models import Mail, Member, Office, OfficeKind, Rank, Standing, Unit, User
from cadres.queries.notices import unread_count
from config import demo_load, demo_story
from config.demo_accounts import ACCOUNTS
from pledges import desk, queries
from pledges.actions.acts import Act
from pledges.actions.journal import broken_chains
from pledges.actions.register import Typed, register
from pledges.models import Campaign, Docket, Pledge, Tier, Vetting
from pledges.states import CampaignState, DocketState, Outcome, PledgeStatus
from reports import counts
from reports.audit import differences
from reports.closing_check import differences as check_closing
from reports.models import Closing, UnitCount

DAY = date(2024, 3, 26)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo inside one transaction that is rolled back after the last test of this file."""
    from django.conf import settings  # noqa: PLC0415  (a module's fixture has no settings of its own)

    before = settings.SITE_TODAY, settings.VAR
    settings.SITE_TODAY, settings.VAR = DAY, tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock(), transaction.atomic():
        demo_load.load(DAY, lambda _line: None)
        yield
        transaction.set_rollback(True)
    settings.SITE_TODAY, settings.VAR = before


@pytest.fixture(autouse=True)
def _in_demo(demo, db):
    """Every test of this file sees the demo and leaves it as it was."""


def row(campaign: str, unit: str = "TAYHO") -> UnitCount:
    return UnitCount.objects.get(tier__campaign__code=campaign, unit__code=unit)


def text_of(response) -> str:
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def test_the_roster_is_the_district():
    host = Unit.objects.get(code="TAYHO")
    units = Unit.objects.under(host.path)
    assert Member.objects.count() == 7700
    assert Member.objects.filter(standing=Standing.ACTIVE).count() == 7560
    assert Member.objects.filter(standing=Standing.EXEMPT).count() == 118
    assert Member.objects.filter(standing=Standing.AWAY).count() == 22
    assert Member.objects.filter(rank=Rank.PROBATIONARY).count() == 172
    assert units.cells().count() == 297
    assert units.filter(parent=host).count() == 29
    assert units.filter(parent=host).cells().count() == 17
    assert units.filter(parent__kind="division_committee").count() == 4
    assert Office.objects.filter(kind=OfficeKind.SECRETARY).count() == 297


def test_the_headline_is_the_seed(client):
    found = row("DV-2024")
    assert (found.registered, found.counted, found.pledges) == (7126, 7560, 7372)
    assert (found.cells, found.cells_sent, found.cells_missing) == (297, 276, 197)
    assert (found.exempt, found.away) == (118, 22)
    client.force_login(User.objects.get(username="demo-bantochuc"))
    assert "7.126/7.560 (94%)" in text_of(client.get("/units/TAYHO/"))
    client.cookies["django_language"] = "en"
    assert "7,126/7,560 (94%)" in text_of(client.get("/units/TAYHO/"))


def test_wards_from_the_lowest_to_the_highest():
    rows = UnitCount.objects.filter(
        tier__campaign__code="DV-2024", unit__parent__code="TAYHO", unit__name__contains="phường"
    )
    shares = sorted((100 * found.registered / found.counted, found.unit.name) for found in rows)
    assert (round(shares[0][0], 1), shares[0][1]) == (88.7, "Đảng bộ phường Tứ Liên")
    assert (round(shares[-1][0], 1), shares[-1][1]) == (97.0, "Đảng bộ phường Phú Thượng")


@pytest.mark.parametrize(
    ("campaign", "pledges", "people", "done", "carried_over", "awaiting"),
    [("CB-2022", 53, 51, 42, 5, 0), ("CB-2023", 163, 54, 148, 7, 0), ("CB-2024", 166, 54, 0, 0, 165)],
)
def test_key_cadres_by_year(campaign, pledges, people, done, carried_over, awaiting):
    found = row(campaign)
    assert (found.pledges, found.leads, found.done) == (pledges, people, done)
    assert (found.carried_over, found.awaiting, found.counted) == (carried_over, awaiting, 0)


def test_results_told_at_the_conference(client):
    client.force_login(User.objects.get(username="demo-bantochuc"))
    page = text_of(client.get("/units/TAYHO/"))
    for words in ("Sau 12 năm", "18 Tam Đa", "55/62 · 88,7%", "1.200", "2.024", "Quán Sen Đầm Trị"):
        assert words in page


def test_something_waits_for_every_role():
    tier = Tier.objects.get(campaign__code="DV-2024")
    docket = Docket.objects.get(campaign__code="CB-2024")
    assert docket.lines.count() == 142
    issued = Docket.objects.filter(state=DocketState.CONCLUDED)
    assert [found.lines.count() for found in issued] == [10]
    assert Pledge.objects.filter(tier=tier, status=PledgeStatus.RETURNED).count() == 1
    assert queries.cells_of(tier).exclude(sent_lists__tier=tier).count() == demo_story.CELLS_WAITING


def test_the_vetting_desk_is_at_work(client):
    tier = Tier.objects.get(campaign__code="CB-2024")
    shown = desk.totals(desk.at_desk(tier))
    assert (shown["to_vet"], shown["again"], shown["vetted"], shown["returned"]) == (17, 1, 6, 1)
    proposals = Vetting.objects.order_by("pk").values_list("proposal", flat=True)
    assert list(proposals) == [Outcome.APPROVE] * 5 + [Outcome.HOLD]
    cadre = User.objects.get(username="demo-canbo").member
    again = desk.at_desk(tier).get(came_again=True, status=PledgeStatus.SUBMITTED)
    returned = desk.at_desk(tier).get(status=PledgeStatus.RETURNED)
    assert again.lead_member == returned.lead_member == cadre
    assert again.returns.get().points.count() == returned.returns.get().points.count() == 2
    assert [version.content["title"] for version in again.versions.order_by("no")][1].startswith("Giải quyết")
    client.force_login(User.objects.get(username="demo-bantochuc"))
    assert demo_story.AMENDED["place"] in text_of(client.get(f"/campaigns/CB-2024/desk/{again.ref}/"))


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.username)
def test_every_demo_account_lands_on_a_page(client, account):
    client.force_login(User.objects.get(username=account.username))
    response = client.get("/", follow=True)
    assert response.status_code == 200
    for group in response.context["nav"].groups:
        for item in group.items:
            assert client.get(item.url).status_code == 200, item.url


@pytest.mark.parametrize(
    ("username", "kinds"),
    [
        ("demo-bithu", {"amend_asked", "remind_cell"}),
        ("demo-dangvien", {"remind_register"}),
        ("demo-thuongvu", {"docket_opened"}),
        ("demo-canbo", {"amend_asked"}),
        ("demo-bantochuc", {"obstacle"}),
    ],
)
def test_something_stands_behind_the_bell(username, kinds):
    user = User.objects.get(username=username)
    assert set(user.notifications.values_list("kind", flat=True)) == kinds
    assert unread_count(user, DAY) == len(kinds)
    assert Mail.objects.filter(notification__user=user).count() == len(kinds)
    assert user.email == f"{username}@example.invalid"


def test_one_more_registration_shows_7127_without_a_full_recount():
    member = User.objects.get(username="demo-dangvien").member
    tier = Campaign.objects.get(code="DV-2024").tiers.get()
    content = {
        "title": "Vận động 5 hộ phân loại rác",
        "novelty": "new",
        "product": "5/5 hộ",
        "due_kind": "quarter",
        "due_on": date(2024, 9, 30),
    }
    typed = Typed(ref=uuid.uuid4(), tier=tier, lead=member, unit=member.unit, content=content)
    register(typed, act=Act(by=member.user, on=DAY), day=DAY)
    assert counts.drain(DAY) <= 3
    assert row("DV-2024").registered == 7127


def test_past_years_are_closed_and_what_came_after_is_told_by_name(client):
    provisional, official = Closing.objects.filter(campaign__code="CB-2023").order_by("pk")
    last = Closing.objects.get(campaign__code="CB-2022")
    assert (official.document, last.document) == ("45-BC/QU", "42-BC/QU")
    assert [(line.pledges, line.done) for line in _hosts(provisional, official, last)] == [
        (163, 146),
        (163, 148),
        (53, 42),
    ]
    assert [check_closing(closing) for closing in (provisional, official, last)] == [[], [], []]
    client.force_login(User.objects.get(username="demo-bantochuc"))
    page = text_of(client.get(f"/closings/{provisional.pk}/compare/now/?show=changed_pledges"))
    assert page.count("Đã thông qua, phê duyệt → Hoàn thành") == 2
    page = client.get(f"/closings/{provisional.pk}/compare/{official.pk}/")
    assert dict((key, n) for key, _label, n in page.context["choices"])["changed_pledges"] == 2
    assert Campaign.objects.get(code="CB-2022").state == CampaignState.CLOSED
    response = client.get("/units/TAYHO/figures/completed/?campaign=CB-2022&tier=key_cadres", follow=True)
    assert response.redirect_chain[0][0].startswith(f"/closings/{last.pk}/units/TAYHO/pledges/")
    assert response.context["page"].paginator.count == 42


def _hosts(*closings):
    return [closing.units.get(unit__code="TAYHO") for closing in closings]


def test_some_tasks_are_stuck_with_somebody(client):
    found = row("DV-2024")
    assert (found.stuck, row("CB-2023").stuck) == (6, 0)
    provisional, official = Closing.objects.filter(campaign__code="CB-2023").order_by("pk")
    assert [line.stuck for line in _hosts(provisional, official)] == [1, 0]
    client.force_login(User.objects.get(username="demo-thuongvu"))
    holders = client.get("/units/TAYHO/brief/").context["holders"]
    assert (holders[0][0].name, holders[0][0].n) == ("Ủy ban nhân dân quận Tây Hồ", 2)
    assert len(holders) == 5
    page = client.get("/units/TAYHO/figures/stuck/")
    assert page.context["counted"] == found.stuck
    officer = User.objects.get(username="demo-phuong")
    assert set(officer.notifications.values_list("kind", flat=True)) == {"obstacle", "obstacle_again"}
    client.force_login(officer)
    [(mine, days), other] = client.get("/obstacles/").context["rows"][::-1]
    assert (mine.asked_times, days, other[0].asked_name) == (3, 22, "Công ty Thoát nước Hà Nội")


def test_figures_and_journal_add_up():
    assert differences(DAY) == []
    assert broken_chains() == []
