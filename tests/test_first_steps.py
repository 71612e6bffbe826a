"""From an empty site to the first sign-in: bodies, roles and a campaign from the console."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cadres.models import Body, RoleAssignment, Unit, User
from cadres.roles import Role
from pledges.actions.campaigns import READY_ROUTES, steps_of
from pledges.models import Campaign
from tests.factories import HostFactory


@pytest.fixture
def host(db):
    return HostFactory(code="QA")


def run(*args: str, **options: object) -> str:
    out = StringIO()
    call_command(*args, stdout=out, **options)
    return out.getvalue()


def test_a_body_is_entered_and_corrected(host):
    run("add_body", "QA", "standing_committee", name="Ban Thường vụ", seats=9, place="Tây Hồ")
    run("add_body", "QA", "standing_committee", name="Ban Thường vụ Quận ủy", seats=11, symbol="QU")
    body = Body.objects.get(unit=host)
    assert (body.name, body.seats, body.symbol) == ("Ban Thường vụ Quận ủy", 11, "QU")
    assert Unit.objects.get(code="QA").place == "Tây Hồ"
    with pytest.raises(CommandError, match="no unit"):
        run("add_body", "QB", "office", name="Văn phòng")
    with pytest.raises(CommandError, match="999"):
        run("add_body", "QA", "office", name="Văn phòng", seats=0)


def test_a_role_makes_the_account_once_and_prints_its_code(host, client):
    said = run("grant_role", "Ban.To.Chuc", "board_officer", unit="QA", name="Ban Tổ chức")
    code = said.split("One-time code: ")[1].strip()
    user = User.objects.get()
    assert user.check_password(code)
    assert RoleAssignment.objects.get(user=user).role == Role.BOARD_OFFICER
    again = run("grant_role", user.username, "clerk", unit="QA")
    assert "One-time code" not in again
    assert set(user.roles.values_list("role", flat=True)) == {"board_officer", "clerk"}


def test_a_role_of_a_body_names_the_body(host):
    with pytest.raises(CommandError, match="--body"):
        run("grant_role", "thuky", "recorder", unit="QA", name="Thư ký")
    with pytest.raises(CommandError, match="add_body"):
        run("grant_role", "thuky", "recorder", unit="QA", body="standing_committee", name="Thư ký")
    assert not User.objects.exists()
    run("add_body", "QA", "standing_committee", name="Ban Thường vụ")
    run("grant_role", "thuky", "recorder", unit="QA", body="standing_committee", name="Thư ký")
    assert RoleAssignment.objects.get().body.name == "Ban Thường vụ"


@pytest.mark.parametrize("kind", ["members", "key_cadres"])
def test_a_campaign_is_complete(host, kind):
    options = {"host": "QA", "kind": kind, "year": 2025, "title": "Đợt 2025", "opens": date(2025, 1, 10)}
    run("create_campaign", "X-2025", **options, closes=date(2025, 3, 31))
    campaign = Campaign.objects.get()
    tier = campaign.tiers.get()
    assert (tier.kind, tier.has_rate) == (kind, kind == "members")
    # The route that the page of a campaign calls the usual one.
    assert steps_of(tier) == list(READY_ROUTES[kind])
    with pytest.raises(CommandError, match="already"):
        run("create_campaign", "X-2025", **options)
    with pytest.raises(CommandError, match="closes before"):
        run("create_campaign", "Y-2025", **options, closes=date(2025, 1, 1))
    with pytest.raises(CommandError, match="no unit"):
        run("create_campaign", "Z-2025", **options | {"host": "QB"})
