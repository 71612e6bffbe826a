"""Long lists as a worker writes them: their rows, their log, their files."""

import csv
import uuid
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone

from cadres.jobs import JobState
from cadres.models import RecordEvent
from cadres.roles import Role
from pledges.states import CampaignState
from reports import counts, long_lists
from reports.actions import exports
from reports.actions.closings import request_closing
from reports.models import ClosedUnit, Closing, ClosingKind, Export
from reports.tasks import closing as take_closing
from reports.tasks import drop_exports
from reports.tasks import export as work
from reports.views import closing_units
from tests.factories import CellFactory, HostFactory, UnitFactory, user_with
from tests.reports.conftest import DAY, make_members, make_pledge
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


def test_the_whole_list_is_written_with_its_count_and_definition(client, officer, people, monkeypatch):
    monkeypatch.setattr(long_lists, "CHUNK", 2)
    export = written(asked(client))
    assert (export.state, export.rows, export.progress, export.total) == (JobState.DONE, 4, 4, 4)
    sheet = openpyxl.load_workbook(BytesIO(fetched(client, export))).worksheets[0]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(member.name in texts for member in people)
    assert any(text.startswith("4 dòng lúc") for text in texts)
    assert any("3/4 (75%)" in text for text in texts)
    assert texts[-2].startswith("Đã đăng ký (cách tính, lần 1): ")


def test_it_is_the_list_of_the_address(client, officer, people):
    export = written(asked(client, "?part=rest&own=1"))
    assert (export.wanted["part"], export.wanted["own"], export.rows) == ("rest", True, 0)
    client.post("/units/TAYHO/figures/registered/?part=denominator", {"q": people[0].given_name})
    export = written(asked(client, "?part=denominator&page=1&unit=chi+bo"))
    assert (export.wanted["term"], export.wanted["place"], export.rows) == (people[0].given_name, "chi bo", 1)


def test_what_no_sheet_holds_is_a_plain_table_without_formulas(client, officer, people, monkeypatch):
    monkeypatch.setattr(exports, "ROWS_A_SHEET", 3)
    export = written(asked(client))
    assert (export.form, export.rows) == ("csv", 4)
    content = fetched(client, export)
    assert content.startswith("\ufeff".encode())
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    assert rows[3][0].startswith("4 dòng lúc")
    assert [row[1] for row in rows[5:9]] == [member.name for member in people]
    assert rows[6][5] == "'=1+1"


def test_names_above_a_plain_table_are_no_formulas_either(client, closed, host, monkeypatch):
    monkeypatch.setattr(exports, "ROWS_A_SHEET", 3)
    ClosedUnit.objects.filter(unit=host).update(name="=1+1")
    answer = client.post(f"/closings/{closed.pk}/units/TAYHO/people/export/", {"ref": uuid.uuid4()})
    export = written(Export.objects.get(ref=answer.url.split("/")[2]))
    assert fetched(client, export).decode("utf-8-sig").startswith("'=1+1")


@pytest.fixture
def closed(officer, people, tier):
    ref, kind, title = uuid.uuid4(), ClosingKind.WORKING, "Chốt số liệu"
    asked = request_closing(ref=ref, campaign=tier.campaign, kind=kind, title=title, by=officer, day=DAY)
    take_closing(asked.pk)
    return asked


def test_people_of_a_closing_are_written_as_then(client, closed, people, monkeypatch):
    monkeypatch.setattr(closing_units, "AT_ONCE", 3)
    page, name = f"/closings/{closed.pk}/units/TAYHO/people/", people[0].name
    people[0].given_name = "Khác"
    people[0].save()
    answer = client.get(f"/closings/{closed.pk}/units/TAYHO/people.xlsx")
    assert answer.url == f"{page}?tier=members"
    assert f"{page}export/" in client.get(answer.url).content.decode()
    answer = client.post(f"{page}export/", {"ref": uuid.uuid4()})
    export = written(Export.objects.get(ref=answer.url.split("/")[2]))
    assert (export.state, export.rows, export.total) == (JobState.DONE, 5, 5)
    sheet = openpyxl.load_workbook(BytesIO(fetched(client, export))).worksheets[0]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert name in texts
    assert any(text.startswith("Số liệu tạm tính đến") for text in texts)
    events = RecordEvent.objects.filter(action__startswith="export_").order_by("pk")
    assert [(event.action, event.data["closing"], event.data["rows"]) for event in events] == [
        ("export_closing", closed.pk, 5),
        ("export_taken", closed.pk, 5),
    ]
    assert f"{page}?tier=members" in client.get(answer.url).content.decode()


def test_people_of_a_closing_as_a_plain_table(client, closed, monkeypatch):
    monkeypatch.setattr(exports, "ROWS_A_SHEET", 3)
    answer = client.post(f"/closings/{closed.pk}/units/TAYHO/people/export/", {"ref": uuid.uuid4()})
    export = written(Export.objects.get(ref=answer.url.split("/")[2]))
    rows = list(csv.reader(StringIO(fetched(client, export).decode("utf-8-sig"))))
    assert rows[3][0].startswith("5 dòng lúc")
    assert (export.form, len([row for row in rows[5:] if len(row) > 1])) == ("csv", 5)


def test_walls_of_asking_for_a_closing(client, closed, host):
    url = f"/closings/{closed.pk}/units/TAYHO/people/export/"
    assert client.get(url).status_code == 405
    assert client.post(url, {"ref": "x"}).url.startswith(f"/closings/{closed.pk}/units/TAYHO/people/")
    client.force_login(user_with(Role.BOARD_OFFICER, unit=HostFactory()))
    assert client.post(url, {"ref": uuid.uuid4()}).status_code == 404
    client.force_login(user_with(Role.GRASSROOTS_OFFICER, unit=UnitFactory(parent=host)))
    assert client.post(url, {"ref": uuid.uuid4()}).status_code == 404
    assert not Export.objects.exists()


def test_progress_is_told_as_the_rows_go(client, officer, people, monkeypatch):
    told = []
    monkeypatch.setattr(exports, "TELLS", 2)
    monkeypatch.setattr(Export, "advance", lambda export, rows: told.append(rows))
    written(asked(client))
    assert told == [2, 4, 4]


def test_it_is_logged_when_written_and_each_time_it_is_fetched(client, officer, people):
    export = written(asked(client))
    for _ in range(2):
        fetched(client, export)
    events = RecordEvent.objects.filter(action__startswith="export_").order_by("pk")
    assert [event.action for event in events] == ["export_figure", "export_taken", "export_taken"]
    assert {event.actor for event in events} == {officer}
    assert events[0].data == {
        "format": "xlsx",
        "campaign": "DV-2024",
        "tier": "members",
        "figure": "registered",
        "part": "denominator",
        "rows": 4,
    }


def test_a_list_of_a_campaign_closed_meanwhile_is_not_written(client, officer, people, tier):
    export = asked(client)
    tier.campaign.state = CampaignState.CLOSED
    tier.campaign.save()
    sealed = {"taken_at": timezone.now(), "digest": "0" * 64, "state": JobState.DONE, "day": DAY}
    paper = {"kind": "official", "document": "12-BC/QU", "document_on": DAY}
    Closing.objects.create(ref=uuid.uuid4(), campaign=tier.campaign, title="x", **sealed, **paper)
    assert (written(export).state, export.file.name) == (JobState.FAILED, "")
    answer = client.post(ASK, {"ref": uuid.uuid4()})
    assert answer.url.startswith("/closings/")
    assert Export.objects.count() == 1


def test_a_worker_that_was_lost_leaves_one_file(client, officer, people, tmp_path):
    export = written(asked(client))
    Export.objects.filter(pk=export.pk).update(state=JobState.RUNNING, lease_until=timezone.now())
    assert written(export).state == JobState.DONE
    assert list(tmp_path.rglob("*.xlsx")) == [Path(export.file.path)]


def test_a_file_that_cannot_be_kept_leaves_nothing(client, officer, people, tmp_path, monkeypatch):
    def fails(*_args):
        raise RuntimeError

    monkeypatch.setattr(exports, "_record", fails)
    export = asked(client)
    with pytest.raises(RuntimeError):
        work(export.pk)
    export.refresh_from_db()
    assert (export.state, export.file.name, list(tmp_path.rglob("*.xlsx"))) == (JobState.FAILED, "", [])


def test_files_go_after_a_week_with_what_was_looked_for(client, officer, people, tmp_path):
    export = written(asked(client))
    Export.objects.filter(pk=export.pk).update(wanted=export.wanted | {"term": "Lan"})
    assert drop_exports() == 0
    Export.objects.update(finished_at=timezone.now() - exports.KEPT - timedelta(seconds=1))
    assert (drop_exports(), drop_exports()) == (1, 0)
    export.refresh_from_db()
    assert (export.file.name, export.wanted["term"], list(tmp_path.rglob("*.xlsx"))) == ("", "", [])
    assert client.get(f"/exports/{export.ref}/file/").status_code == 404
    assert "file/" not in client.get(f"/exports/{export.ref}/").content.decode()


def test_what_was_looked_for_goes_with_a_list_that_failed_too(client, officer, people):
    export = asked(client)
    export.fail("Không ghi được")
    old = timezone.now() - exports.KEPT - timedelta(seconds=1)
    Export.objects.update(wanted=export.wanted | {"term": "Lan"}, finished_at=old)
    assert drop_exports() == 0
    assert Export.objects.get().wanted == export.wanted | {"term": ""}


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_list_is_written_in_the_same_queries(
    client, officer, host, tier, item_count, django_assert_num_queries
):
    for _ in range(item_count):
        for member in make_members(CellFactory(parent=UnitFactory(parent=host)), item_count):
            make_pledge(member, tier)
    counts.drain(DAY)
    export = asked(client)
    with django_assert_num_queries(22):
        work(export.pk)
