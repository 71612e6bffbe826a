"""The nightly check: its row, its page, its alarm, and the command that only looks."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from cadres import clock
from cadres.models import Notification
from cadres.notice_kinds import settled, words_of
from cadres.roles import Role
from reports import counts
from reports.actions.checks import check
from reports.audit import differences
from reports.measure_words import measure_words
from reports.models import DailyCount, FigureCheck, UnitCount
from tests.factories import HostFactory, user_with
from tests.reports.conftest import DAY, make_cadre_tier, make_members, make_pledge

pytestmark = pytest.mark.django_db
PAGE = "/figures/checks/"


@pytest.fixture
def registered(tier, cell):
    make_pledge(make_members(cell, 1)[0], tier)
    counts.drain(DAY)


def spoil(host) -> None:
    UnitCount.objects.filter(unit=host).update(registered=7)


def page_of(client, role, unit):
    client.force_login(user_with(role, unit=unit))
    response = client.get(PAGE)
    assert response.status_code == 200
    return response


def test_a_check_that_finds_nothing_is_kept_and_tells_nobody(registered, host):
    board = user_with(Role.BOARD_OFFICER, unit=host)
    kept = check(DAY)
    assert (kept.day, kept.differences) == (DAY, [])
    # Each number twice, own and whole: 23 measures a unit, and the one day of the curve.
    assert kept.numbers == UnitCount.objects.count() * 2 * 23 + DailyCount.objects.count() * 2
    assert not Notification.objects.filter(user=board).exists()


def test_own_numbers_and_the_curve_are_recounted_too(registered, host, cell, ward):
    UnitCount.objects.filter(unit=cell).update(own_counted=5)
    DailyCount.objects.filter(unit=ward).update(registered=3, on=date(2024, 2, 2))
    found = [(one.unit, one.measure, one.kept, one.recounted) for one in differences(DAY)]
    assert sorted(found) == sorted(
        [
            (cell.code, "own_counted", 5, 1),
            (ward.code, "registered:day:2024-02-01", 0, 1),
            (ward.code, "registered:day:2024-02-02", 3, 0),
        ]
    )
    with override("vi"):
        assert measure_words("own_counted") == "đảng viên tính tỷ lệ, không kể cấp dưới"
        assert measure_words("registered:day:2024-02-01") == "đảng viên đã đăng ký, lần đầu ngày 01/02/2024"


def test_where_nobody_is_counted_the_curve_is_of_leads(host, cell):
    tier = make_cadre_tier(host, code="CB-2024", year=2024)
    one, two = make_members(cell, 2)
    make_pledge(one, tier, on=None, due_on=date(2024, 9, 30))
    for lead, on in ((one, date(2024, 2, 3)), (two, date(2024, 2, 5)), (two, date(2024, 2, 4))):
        make_pledge(lead, tier, on=on)
    counts.drain(DAY)
    # Of the first lead's first registration the day is unknown.
    curve = DailyCount.objects.filter(unit=host, tier=tier).values_list("on", "registered")
    assert list(curve) == [(date(2024, 2, 5), 1)]
    assert differences(DAY) == []


def test_a_difference_is_kept_in_codes_and_told_to_those_who_can_repair(registered, host, cell):
    board, administrator = (user_with(role, unit=host) for role in (Role.BOARD_OFFICER, Role.ADMINISTRATOR))
    user_with(Role.INSPECTOR, unit=host)
    for unit in (HostFactory(), cell):
        user_with(Role.BOARD_OFFICER, unit=unit)
    spoil(host)
    assert check(DAY).differences == [
        {
            "campaign": "DV-2024",
            "tier": "members",
            "unit": "TAYHO",
            "measure": "registered",
            "kept": 7,
            "recounted": 1,
        }
    ]
    assert set(Notification.objects.values_list("user", flat=True)) == {board.pk, administrator.pk}
    notice = Notification.objects.filter(user=board).get()
    assert "1" in words_of(notice).title
    assert settled(board, [notice], DAY) == set()
    counts.rebuild(UnitCount.objects.first().tier, DAY)
    assert check(DAY).differences == []
    assert settled(board, [notice], DAY) == {notice.pk}


def test_of_many_differences_the_first_are_named_and_all_are_told(registered, host, monkeypatch):
    board = user_with(Role.BOARD_OFFICER, unit=host)
    monkeypatch.setattr("reports.audit.NAMED", 2)
    UnitCount.objects.filter(unit=host).update(registered=7, late=2, done=3)
    kept = check(DAY)
    assert [one.get("unit") for one in kept.differences] == ["TAYHO", "TAYHO", None]
    assert kept.differences[-1] == {"more": 1}
    assert Notification.objects.get(user=board).data["n"] == 3


@pytest.mark.parametrize("role", [Role.BOARD_OFFICER, Role.ADMINISTRATOR, Role.INSPECTOR])
def test_the_page_says_the_last_result_in_words(client, registered, host, role):
    assert page_of(client, role, host).context_data["last"] is None
    check(DAY)
    assert page_of(client, role, host).context_data["found"] == 0
    spoil(host)
    check(DAY)
    response = page_of(client, role, host)
    [line] = response.context_data["lines"]
    assert (line.unit, line.kept, line.recounted) == (host.name, 7, 1)
    assert "manage.py rebuild_figures" in response.content.decode()
    assert [n for _check, n in response.context_data["checks"]] == [1, 0]


def test_a_board_reads_only_differences_of_its_own_units(client, registered, host):
    spoil(host)
    check(DAY)
    response = page_of(client, Role.BOARD_OFFICER, HostFactory())
    assert (response.context_data["found"], response.context_data["lines"]) == (1, [])
    assert host.name not in response.content.decode()


def test_others_may_not_enter_and_it_is_only_read(client, registered, cell):
    client.force_login(user_with(Role.CELL_SECRETARY, unit=cell))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE).status_code in (403, 405)
    client.logout()
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_the_same_whatever_it_lists(
    client, registered, host, cell, n, django_assert_num_queries
):
    spoil(host)
    for _ in range(n):
        check(DAY)
    client.force_login(user_with(Role.INSPECTOR, unit=host))
    client.get(PAGE)
    with django_assert_num_queries(8):
        client.get(PAGE)


def test_the_page_of_jobs_warns(client, registered, host):
    client.force_login(user_with(Role.ADMINISTRATOR, unit=host))
    check(DAY)
    assert client.get("/jobs/").context_data["differing"] == 0
    spoil(host)
    check(DAY)
    response = client.get("/jobs/")
    assert response.context_data["differing"] == 1
    assert PAGE in response.content.decode()


def test_the_command_prints_and_writes_nothing(registered, host, capsys, settings):
    settings.SITE_TODAY = DAY
    assert clock.today() == DAY
    call_command("check_figures")
    assert "agree" in capsys.readouterr().out
    spoil(host)
    with pytest.raises(CommandError, match="1 numbers differ"):
        call_command("check_figures")
    assert "TAYHO registered: 7, recounted 1" in capsys.readouterr().out
    assert not FigureCheck.objects.exists()
