"""Long lists are asked for, followed and fetched by one person, three at a time."""

import uuid
from functools import partial

import pytest

from cadres.jobs import JobState
from cadres.models import Notification, RecordEvent
from cadres.roles import Role
from pledges.actions.acts import NotAllowedError
from reports import long_lists
from reports.actions import exports
from reports.figures import BY_CODE
from reports.models import Export
from reports.opened import Opened, Part
from reports.tasks import export as work
from tests.factories import HostFactory, UnitFactory, user_with
from tests.pledges.threads import at_once
from tests.reports.conftest import DAY
from tests.reports.export_scene import ASK, asked, fetched, people_of, written


@pytest.fixture(autouse=True)
def _place(settings, tmp_path):
    settings.SITE_TODAY, settings.MEDIA_ROOT = DAY, str(tmp_path)


@pytest.fixture
def officer(client, host):
    user = user_with(Role.BOARD_OFFICER, unit=host)
    client.force_login(user)
    return user


@pytest.fixture
def people(tier, cell):
    return people_of(cell, tier)


def test_the_page_follows_it_and_hands_it_out(client, officer, people):
    export = asked(client)
    url = f"/exports/{export.ref}/"
    assert "progress-box" in client.get(url).content.decode()
    assert "progress-box" in client.get(f"{url}progress/", headers={"HX-Request": "true"}).content.decode()
    assert client.get(f"{url}progress/").url == url
    assert client.get(f"{url}file/").status_code == 404
    written(export)
    assert client.get(f"{url}progress/", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert f"{url}file/" in client.get(url).content.decode()
    assert url in client.get("/exports/").content.decode()


def test_the_bell_tells_until_the_list_is_fetched(client, officer, people):
    export = asked(client)
    assert "chuông" in client.get(f"/exports/{export.ref}/").content.decode()
    for _ in range(2):
        written(export)
    notice = Notification.objects.get(user=officer)
    assert (notice.kind, notice.path, notice.read_at) == ("export_ready", f"/exports/{export.ref}/", None)
    assert "Danh sách đồng chí yêu cầu đã có." in client.get("/notices/").content.decode()
    fetched(client, export)
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_one_that_begins_again_says_so(client, officer, people):
    export = asked(client)
    page = f"/exports/{export.ref}/"
    assert "gián đoạn" not in client.get(page).content.decode()
    Export.objects.update(state=JobState.RUNNING, attempts=2)
    assert "gián đoạn" in client.get(page).content.decode()


@pytest.mark.parametrize("address", ["", "progress/", "file/"])
def test_nobody_else_finds_it(client, officer, people, host, address):
    export = written(asked(client))
    url = f"/exports/{export.ref}/{address}"
    assert client.post(url).status_code == 405
    client.force_login(user_with(Role.BOARD_OFFICER, unit=host))
    assert client.get(url).status_code == 404
    assert str(export.ref) not in client.get("/exports/").content.decode()


def test_who_lost_the_role_fetches_nothing_and_has_nothing_written(client, officer, people):
    export, waiting = written(asked(client)), asked(client)
    officer.roles.update(unit=HostFactory())
    assert client.get(f"/exports/{export.ref}/file/").status_code == 404
    assert written(waiting).state == JobState.FAILED
    assert (waiting.error, waiting.file.name) == ("Đồng chí không xem được số liệu của tổ chức này.", "")


def test_one_form_is_one_list_and_one_file(client, officer, people):
    ref = uuid.uuid4()
    export = asked(client, ref=ref)
    assert asked(client, ref=ref) == export
    name = written(export).file.name
    assert written(export).file.name == name
    client.force_login(user_with(Role.BOARD_OFFICER, unit=export.unit))
    assert client.post(ASK, {"ref": ref}).url.startswith("/units/TAYHO/figures/")
    assert Export.objects.count() == 1


def test_a_broken_form_and_a_fourth_list_are_told(client, officer, people):
    assert "mở lại trang" in client.post(ASK, {"ref": "x"}, follow=True).content.decode()
    for _ in range(3):
        asked(client)
    answer = client.post(f"{ASK}?part=rest", {"ref": uuid.uuid4()})
    assert answer.url == "/units/TAYHO/figures/registered/?part=rest"
    assert Export.objects.count() == 3
    for export in Export.objects.all():
        written(export)
    asked(client)


def test_walls_of_the_asking(client, host, people, ward):
    url = f"/units/{ward.code}/figures/registered/export/"
    client.force_login(user_with(Role.GRASSROOTS_OFFICER, unit=UnitFactory(parent=host)))
    assert client.post(url, {"ref": uuid.uuid4()}).status_code == 404
    client.force_login(user_with(Role.MEMBER, unit=host))
    assert client.post(ASK, {"ref": uuid.uuid4()}).status_code == 404
    client.force_login(user_with(Role.BOARD_OFFICER, unit=host))
    assert client.get(ASK).status_code == 405
    assert client.post(f"{ASK}?part=all", {"ref": uuid.uuid4()}).status_code == 404
    assert not Export.objects.exists()


def given(tier, **kwargs):
    host = tier.campaign.host
    opened = Opened(figure=BY_CODE["registered"], part=Part.REST, tier=tier, unit=host, day=DAY)
    return {"unit": host, "tier": tier, "wanted": long_lists.wanted_figure(opened)} | kwargs


def test_the_action_refuses_who_does_not_read_the_unit(officer, people, tier, host):
    with pytest.raises(NotAllowedError):
        exports.request_export(**given(tier, ref=uuid.uuid4(), by=user_with(Role.MEMBER, unit=host)))


@pytest.mark.parametrize("item_count", [1, 3])
def test_my_lists_cost_the_same(client, officer, people, item_count, django_assert_num_queries):
    for _ in range(item_count):
        asked(client, "?part=rest")
    client.get("/exports/")
    with django_assert_num_queries(9):
        client.get("/exports/")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_five_lists_asked_for_at_once_three_are_written(officer, people, tier):
    asks = [given(tier, ref=uuid.uuid4(), by=officer) for _ in range(5)]
    answers = at_once(*[partial(exports.request_export, **one) for one in asks])
    assert sorted(type(answer).__name__ for answer in answers) == ["Export"] * 3 + ["NotAllowedError"] * 2
    assert Export.objects.count() == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_is_one_list(officer, people, tier, host):
    asks = given(tier, ref=uuid.uuid4(), by=officer)
    answers = at_once(*[lambda: exports.request_export(**asks) for _ in range(2)])
    assert answers[0] == answers[1] == Export.objects.get()
    work(answers[0].pk)
    assert at_once(*[lambda: work(answers[0].pk) for _ in range(2)]) == [None, None]
    assert RecordEvent.objects.filter(action="export_figure").count() == 1
