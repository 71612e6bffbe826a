"""The nightly check: its row, its page, its alarm, and the command that only looks."""

import pytest
from django.core.management import CommandError, call_command

from cadres import clock
from cadres.models import Notification
from cadres.notice_kinds import settled, words_of
from cadres.roles import Role
from reports import counts
from reports.actions.checks import check
from reports.models import FigureCheck, UnitCount
from tests.factories import HostFactory, user_with
from tests.reports.conftest import DAY, make_members, make_pledge

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
    assert kept.numbers == UnitCount.objects.count() * 21
    assert not Notification.objects.filter(user=board).exists()


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
