from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cadres.jobs import LEASE, JobState
from cadres.models import ImportMode, RecordEvent, User
from cadres.roles import Role
from pledges.actions import import_pledges
from pledges.imports import run
from pledges.models import Pledge, PledgeImport
from pledges.states import CampaignState
from pledges.tasks import pledge_import
from tests.factories import user_with
from tests.pledges.registration_lists import (
    MEMBER_COLUMNS,
    TODAY,
    cadres_campaign,
    cadres_list,
    content,
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


def test_upload_keeps_the_file_under_a_random_name_and_wakes_a_worker(
    page, tayho, campaign, officer, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    messages = []
    monkeypatch.setattr(
        "cadres.wake.current_app.send_task", lambda name, args, **_options: messages.append((name, *args))
    )
    data = {"file": upload(good_list(tmp_path, tayho)), "campaign": campaign.code, "on": "20/03/2024"}
    with django_capture_on_commit_callbacks(execute=True):
        response = page.post(reverse("pledges:import_upload"), data)
    job = PledgeImport.objects.get()
    assert (response.status_code, response.url) == (302, where(job))
    assert (job.file_name, job.on, job.created_by) == ("dang-ky.xlsx", date(2024, 3, 20), officer)
    assert "dang-ky" not in job.file.name
    assert (job.mode, job.state) == (ImportMode.CHECK, JobState.QUEUED)
    assert messages == [("jobs.pledge_import", job.pk)]
    assert not Pledge.objects.exists()


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("dang-ky.xlsx", b"kh\xc3\xb4ng ph\xe1\xba\xa3i Excel", "This is not an Excel workbook"),
        ("dang-ky.xlsx", b"PK\x03\x04 and then nothing", "The file is damaged"),
        ("dang-ky.docx", b"%PDF-1.7", "This is not an Excel workbook"),
        ("dang-ky.xlsx", b"", "empty"),
    ],
)
def test_upload_that_is_no_workbook_is_told_so_and_nothing_is_kept(page, campaign, name, body, told):
    data = {"file": SimpleUploadedFile(name, body), "campaign": campaign.code, "on": "20/03/2024"}
    response = page.post(reverse("pledges:import_upload"), data)
    assert response.status_code == 422
    assert told in response.content.decode()
    assert 'value="20/03/2024"' in response.content.decode()
    assert not PledgeImport.objects.exists()


def test_upload_that_is_too_large_is_told_so(page, campaign, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    data = {
        "file": SimpleUploadedFile("dang-ky.xlsx", b"PK\x03\x04" + bytes(2000)),
        "campaign": campaign.code,
    }
    response = page.post(reverse("pledges:import_upload"), data)
    assert response.status_code == 422
    assert "at most" in response.content.decode()


@pytest.mark.parametrize(
    ("day", "told"), [("30/02/2024", "has only 29 days"), ("27/03/2024", "has not come yet")]
)
def test_upload_with_an_impossible_day_is_told_so(page, tayho, campaign, tmp_path, day, told):
    data = {"file": upload(good_list(tmp_path, tayho)), "campaign": campaign.code, "on": day}
    response = page.post(reverse("pledges:import_upload"), data)
    assert response.status_code == 422
    assert told in response.content.decode()


def test_upload_offers_only_campaigns_of_the_own_board_that_are_not_closed(page, tayho, campaign, tmp_path):
    closed = cadres_campaign(tayho.host, 2023)
    closed.state = CampaignState.CLOSED
    closed.save()
    foreign = cadres_campaign(district().host, 2024)
    form = page.get(reverse("pledges:import_upload")).context_data["form"]
    assert list(form.fields["campaign"].queryset) == [campaign]
    data = {"file": upload(good_list(tmp_path, tayho)), "campaign": foreign.code}
    assert page.post(reverse("pledges:import_upload"), data).status_code == 422
    assert not PledgeImport.objects.exists()


def test_upload_page_says_so_where_there_is_no_campaign(page):
    assert (
        "There is no campaign to bring a list into"
        in page.get(reverse("pledges:import_upload")).content.decode()
    )


def test_page_shows_the_progress_until_the_list_was_looked_at(page, tayho, campaign, officer, tmp_path):
    job = make_job(good_list(tmp_path, tayho), campaign, officer)
    text = page.get(where(job)).content.decode()
    assert "The list is being checked" in text
    assert f'hx-get="{where(job, "progress")}"' in text
    assert "http-equiv" in text, "without a script the page reloads itself"
    part = page.get(where(job, "progress"), headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert page.get(where(job, "progress")).status_code == 302
    pledge_import(job.pk)
    over = page.get(where(job, "progress"), headers={"HX-Request": "true"})
    assert over["HX-Refresh"] == "true"


def test_preview_counts_and_names_problems_and_writes_nothing(page, tayho, campaign, officer, tmp_path):
    path = faulty_list(tmp_path, tayho)
    job = checked(path, campaign, officer)
    assert not Pledge.objects.exists()
    assert job.preview["counts"] == {
        "pledges": 1,
        "people": 1,
        "created": 1,
        "unchanged": 0,
        "refused": 2,
        "results": 0,
        "problems": 2,
    }
    text = page.get(where(job)).content.decode()
    assert "Nothing has been written yet" in text
    assert "2 problems were found; 2 rows cannot be taken as they are." in text
    assert "Invalid date: month 2/2024 has only 29 days" in text
    assert "Nobody of this name is in the roster of the cell" in text
    assert "recorded as approved from paper" not in text
    for mode in ("faultless", "good_rows"):
        assert f'name="mode" value="{mode}"' in text


def test_preview_names_columns_left_out_and_why(page, tayho, campaign, officer, tmp_path):
    lines = {tayho.group: [task("Lê Văn An", "00000001")]}
    path = members_list(tmp_path / "dv.xlsx", lines, columns=("Số CCCD", *MEMBER_COLUMNS[1:]))
    text = page.get(where(checked(path, campaign, officer))).content.decode()
    assert "Số CCCD" in text
    assert "Citizen numbers are never read and never kept." in text


def test_preview_of_a_past_year_says_that_approvals_are_recorded_from_paper(page, tayho, officer, tmp_path):
    member = person(tayho.cell, "Nguyễn Phương Ngọc", "03334698")
    lines = [content(member, tayho.ward.name, result=("7/7 hộ", "x", ""))]
    job = checked(cadres_list(tmp_path / "cb.xlsx", lines), cadres_campaign(tayho.host, 2023), officer)
    assert "recorded as approved from paper" in page.get(where(job)).content.decode()


def test_workbook_without_a_list_fails_with_the_reason_and_the_file_goes(
    page, tayho, campaign, officer, tmp_path
):
    path = members_list(tmp_path / "dang-ky.xlsx", {tayho.group: []}, title="Năm 2019")
    job = make_job(path, campaign, officer)
    pledge_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file.name) == (JobState.FAILED, "")
    text = page.get(where(job)).content.decode()
    assert "The list states the year 2019, the campaign is of 2024." in text
    assert "Nothing was written." in text


def test_problem_is_told_in_the_language_of_who_asked(page, tayho, campaign, officer, tmp_path):
    User.objects.filter(pk=officer.pk).update(language="vi")
    job = checked(faulty_list(tmp_path, tayho), campaign, officer)
    assert "has only 29 days" not in str(job.problems)


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


@pytest.mark.parametrize("name", ["detail", "progress", "confirm", "refused"])
def test_import_of_another_host_does_not_exist_for_strangers(
    client, tayho, campaign, officer, tmp_path, name
):
    job = make_job(good_list(tmp_path, tayho), campaign, officer)
    client.force_login(user_with(Role.BOARD_OFFICER, unit=district().host))
    call = client.post if name == "confirm" else client.get
    assert call(where(job, name)).status_code == 404


@pytest.mark.parametrize("name", ["detail", "progress", "confirm", "refused"])
def test_import_is_closed_to_other_roles_of_the_host(client, tayho, campaign, officer, tmp_path, name):
    job = make_job(good_list(tmp_path, tayho), campaign, officer)
    client.force_login(user_with(Role.INSPECTOR, unit=tayho.host))
    call = client.post if name == "confirm" else client.get
    assert call(where(job, name)).status_code == 403


@pytest.mark.parametrize("name", ["import_list", "import_upload"])
def test_pages_without_a_job_are_for_the_organisation_board(client, tayho, name):
    client.force_login(user_with(Role.CELL_SECRETARY, unit=tayho.cell))
    assert client.get(reverse(f"pledges:{name}")).status_code == 403
    client.logout()
    assert client.get(reverse(f"pledges:{name}")).status_code == 302


def test_confirm_is_only_posted(page, tayho, campaign, officer, tmp_path):
    job = checked(good_list(tmp_path, tayho), campaign, officer)
    assert page.get(where(job, "confirm")).status_code == 405
    assert page.post(where(job)).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_queries_for_one_import_and_for_three(
    page, tayho, campaign, officer, tmp_path, count, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr("config.context.navigation", lambda request: None)
    foreign = district()
    make_job(good_list(tmp_path, tayho), cadres_campaign(foreign.host, 2024), officer)
    jobs = [make_job(good_list(tmp_path, tayho), campaign, officer) for _ in range(count)]
    with django_assert_num_queries(5):
        response = page.get(reverse("pledges:import_list"))
    assert list(response.context_data["page"]) == jobs[::-1]


def test_list_without_imports_says_what_to_do(page):
    assert "No list has been brought in yet" in page.get(reverse("pledges:import_list")).content.decode()
