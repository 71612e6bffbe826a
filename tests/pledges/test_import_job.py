from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cadres.jobs import LEASE, JobState
from cadres.models import ImportMode, RecordEvent
from cadres.roles import Role
from pledges.actions import import_pledges
from pledges.imports import run
from pledges.models import Pledge, PledgeImport
from pledges.tasks import pledge_import
from tests.factories import user_with
from tests.pledges.registration_lists import (
    TODAY,
    district,
    members_campaign,
    members_list,
    person,
    task,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SITE_TODAY = TODAY
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def tayho():
    place = district()
    person(place.cell, "Lê Văn An", "00000001")
    person(place.cell, "Lê Văn Bảo", "00000002")
    return place


@pytest.fixture
def campaign(tayho):
    return members_campaign(tayho.host)


@pytest.fixture
def officer(tayho):
    return user_with(Role.BOARD_OFFICER, unit=tayho.host, language="en")


@pytest.fixture
def page(client, officer):
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    return client


def upload(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes())


def good_list(tmp_path, tayho):
    lines = [
        task("Lê Văn An", "00000001"),
        task("", None, "Việc thứ hai", on=None),
        task("Lê Văn Bảo", "00000002"),
    ]
    return members_list(tmp_path / "dang-ky.xlsx", {tayho.group: lines})


def faulty_list(tmp_path, tayho):
    lines = [
        task("Lê Văn An", "00000001"),
        task("Lê Văn Bảo", "00000002", due="30/02/2024"),
        task("=2+5", None, "=HYPERLINK(1)"),
    ]
    return members_list(tmp_path / "co-loi.xlsx", {tayho.group: lines})


def make_job(path, campaign, by, **more):
    return import_pledges.request_pledge_import(campaign=campaign, file=upload(path), on=None, by=by, **more)


def checked(path, campaign, by):
    job = make_job(path, campaign, by)
    pledge_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
    return job


def where(job, name="detail"):
    return reverse(f"pledges:import_{name}", args=[job.pk])


def confirm(page, job, mode):
    response = page.post(where(job, "confirm"), {"mode": mode}, follow=True)
    job.refresh_from_db()
    return response.content.decode()


def test_good_rows_are_written_and_the_refused_come_back_as_a_workbook(
    page, tayho, campaign, officer, tmp_path
):
    job = checked(faulty_list(tmp_path, tayho), campaign, officer)
    text = confirm(page, job, "good_rows")
    assert "The list is being written" in text
    pledge_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["created"], job.result["refused"], job.file.name) == (
        JobState.DONE,
        1,
        2,
        "",
    )
    assert Pledge.objects.get().created_by == officer
    text = page.get(where(job)).content.decode()
    assert "The list is written" in text
    assert "2 rows were not taken." in text
    response = page.get(where(job, "refused"))
    assert response["Content-Disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(BytesIO(response.getvalue())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][1:3] == ["Họ và tên đảng viên", "Số thẻ ĐV"]
    assert rows[1][1] == "Lê Văn Bảo"
    assert rows[1][-1].startswith("Row 6: Thời gian hoàn thành: Invalid date")
    assert (rows[2][1], rows[2][3]) == ("=2+5", "=HYPERLINK(1)")
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}, "no formula"
    event = RecordEvent.objects.get(action="pledges_refused_taken")
    assert (event.actor, event.data) == (officer, {"campaign": "DV-2024", "import": job.pk, "rows": 2})


def test_faultless_list_is_written_whole(page, tayho, campaign, officer, tmp_path):
    job = checked(good_list(tmp_path, tayho), campaign, officer)
    confirm(page, job, "faultless")
    pledge_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["created"], job.progress, job.total) == (JobState.DONE, 3, 3, 3)
    assert Pledge.objects.count() == 3
    text = page.get(where(job)).content.decode()
    assert "All rows were taken." in text
    assert not job.refused_file
    assert page.get(where(job, "refused")).status_code == 404


def test_only_if_faultless_writes_nothing_of_a_list_with_faults(page, tayho, campaign, officer, tmp_path):
    job = checked(faulty_list(tmp_path, tayho), campaign, officer)
    assert "The list has faults, so nothing was written." in confirm(page, job, "faultless")
    assert (job.mode, job.state) == (ImportMode.CHECK, JobState.DONE)


def test_fault_that_arose_since_the_preview_stops_a_faultless_import(
    page, tayho, campaign, officer, tmp_path
):
    job = checked(good_list(tmp_path, tayho), campaign, officer)
    confirm(page, job, "faultless")
    tayho.cell.ended_on = TODAY
    tayho.cell.save()
    pledge_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "The list has faults, so nothing was written")
    assert not Pledge.objects.exists()
    assert "The organisation “" in page.get(where(job)).content.decode()


def test_double_click_on_confirm_is_one_run(page, tayho, campaign, officer, tmp_path):
    job = checked(good_list(tmp_path, tayho), campaign, officer)
    confirm(page, job, "good_rows")
    assert "This list is being written already, or has been." in confirm(page, job, "good_rows")
    pledge_import(job.pk)
    pledge_import(job.pk)
    assert Pledge.objects.count() == 3


@pytest.mark.parametrize("data", [{}, {"mode": "check"}, {"mode": "drop"}])
def test_confirm_without_a_choice_starts_nothing(page, tayho, campaign, officer, tmp_path, data):
    job = checked(good_list(tmp_path, tayho), campaign, officer)
    response = page.post(where(job, "confirm"), data, follow=True)
    assert "Choose how the list is to be written." in response.content.decode()
    job.refresh_from_db()
    assert (job.mode, job.state) == (ImportMode.CHECK, JobState.DONE)


def test_worker_killed_in_the_middle_is_followed_by_another(
    page, tayho, campaign, officer, tmp_path, monkeypatch
):
    monkeypatch.setattr(run, "CHUNK", 1)
    person(tayho.other_cell, "Lê Văn Chi", "00000003")
    lines = {
        tayho.group: [task("Lê Văn An", "00000001"), task("Lê Văn Bảo", "00000002")],
        tayho.other_group: [task("Lê Văn Chi", "00000003")],
    }
    job = checked(members_list(tmp_path / "dv.xlsx", lines), campaign, officer)
    confirm(page, job, "good_rows")
    chunk = import_pledges.record_chunk

    def killed(lines, *, act, then):
        if lines[0].unit == tayho.other_cell:
            raise KeyboardInterrupt
        return chunk(lines, act=act, then=then)

    with monkeypatch.context() as patched:
        patched.setattr(import_pledges, "record_chunk", killed)
        with pytest.raises(KeyboardInterrupt):
            pledge_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.progress, job.result) == (JobState.RUNNING, 2, {"created": 2})
    assert job.file
    PledgeImport.objects.update(lease_until=timezone.now() - LEASE)
    pledge_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["created"], job.result["unchanged"]) == (JobState.DONE, 3, 0)
    assert Pledge.objects.count() == 3


def test_two_lists_of_a_campaign_are_not_written_at_once(page, tayho, campaign, officer, tmp_path):
    first, second = (checked(good_list(tmp_path, tayho), campaign, officer) for _ in range(2))
    confirm(page, first, "good_rows")
    confirm(page, second, "good_rows")
    assert first.claim()
    pledge_import(second.pk)
    second.refresh_from_db()
    assert second.error.startswith("Another list is being written for this campaign.")
    assert not Pledge.objects.exists()


def test_role_that_ended_meanwhile_stops_the_import(page, tayho, campaign, officer, tmp_path):
    job = checked(good_list(tmp_path, tayho), campaign, officer)
    confirm(page, job, "good_rows")
    officer.roles.update(end=TODAY)
    pledge_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "You do not bring in lists for this campaign.")
    assert not Pledge.objects.exists()


def test_message_for_a_job_that_is_gone_does_nothing():
    pledge_import(4711)
