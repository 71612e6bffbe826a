"""The pages of an import: who may enter, what they show, what is done once."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres import tasks
from cadres.jobs import LEASE, JobState
from cadres.models import Member, RecordEvent, RosterImport, Unit
from tests.cadres.offices import browser
from tests.cadres.rosters import AN, BINH, BOTH, FIRST, person, text
from tests.factories import HostFactory, UnitFactory, user_with

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("cadres:roster_list"), reverse("cadres:roster_upload")
QUERIES_OF_LIST, QUERIES_OF_DETAIL = 8, 7
FAULTY = {FIRST: [AN, person("Hồ Lan", "", "")]}


def url(job, page="detail"):
    return reverse(f"cadres:roster_{page}", args=[job.pk])


@pytest.fixture
def client(keeper):
    return browser(keeper)


@pytest.fixture
def checked(make_import):
    def make(cells=BOTH, **fields):
        job = make_import(cells, **fields)
        tasks.roster_import(job.pk)
        job.refresh_from_db()
        return job

    return make


@pytest.mark.parametrize(
    ("page", "method"),
    [
        ("list", "post"),
        ("upload", "put"),
        ("detail", "post"),
        ("progress", "post"),
        ("confirm", "get"),
        ("refused", "post"),
    ],
)
def test_another_method_is_refused(client, make_import, page, method):
    path = {"list": LIST, "upload": NEW}.get(page) or url(make_import(), page)
    assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize("page", ["detail", "progress", "confirm", "refused"])
@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        ("board_officer", "elsewhere", 404),
        ("grassroots_officer", "ward", 404),
        ("inspector", "host", 403),
        ("grassroots_officer", "host", 403),
        ("member", "host", 404),
    ],
)
def test_strangers_learn_nothing_and_readers_may_not(host, checked, page, role, place, status):
    units = {"host": host, "elsewhere": HostFactory(), "ward": UnitFactory(parent=host)}
    job = checked()
    visitor = browser(user_with(role, unit=units[place]))
    path = url(job, page)
    data = {"mode": "good_rows"}
    response = visitor.post(path, data) if page == "confirm" else visitor.get(path)
    assert response.status_code == status
    job.refresh_from_db()
    assert (job.mode, job.state) == ("check", JobState.DONE)


@pytest.mark.parametrize("role", ["inspector", "grassroots_officer", "cell_secretary", "administrator"])
def test_only_the_organisation_board_sees_list_and_upload(host, role, make_import):
    make_import()
    visitor = browser(user_with(role, unit=host))
    assert visitor.get(LIST).status_code == visitor.get(NEW).status_code == 403


def test_a_board_officer_sees_the_imports_of_his_own_tree_alone(make_import, client):
    mine = make_import(file_name="mine.xlsx")
    make_import(file_name="theirs.xlsx", host=HostFactory())
    page = client.get(LIST)
    assert url(mine) in page.content.decode()
    assert "theirs.xlsx" not in page.content.decode()


def test_a_job_that_runs_shows_its_progress_and_reloads_without_scripts(make_import, client):
    job = make_import(state="running", lease_until=timezone.now() + LEASE, progress=500, total=7700)
    page = client.get(url(job)).content.decode()
    assert "500 of 7,700 rows" in page
    assert f'hx-get="{url(job, "progress")}"' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page

    fragment = client.get(url(job, "progress"), headers={"HX-Request": "true"})
    assert "500 of 7,700 rows" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert client.get(url(job, "progress")).url == url(job)
    RosterImport.objects.update(state="done")
    assert client.get(url(job, "progress"), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_the_preview_shows_what_would_change_what_is_left_out_and_what_is_wrong(client, checked):
    page = client.get(url(checked(FAULTY)))
    words = text(page)
    assert "Nothing has been written yet" in words
    assert "Số CCCD Citizen numbers are never read and never kept." in words
    assert "5 Số thẻ đảng viên Neither card number nor year of birth" in words
    assert "Nguyễn Văn An 1950" in words
    assert re.search(r"New members 1 ", words)
    assert 'value="faultless"' in page.content.decode()
    assert 'value="good_rows"' in page.content.decode()
    assert Member.objects.count() == 0


def test_a_list_that_states_another_day_is_pointed_out(client, checked):
    job = checked()
    job.preview["stated_as_of"] = "2023-12-31"
    job.save()
    assert "it is as of 31/12/2023; you typed 01/01/2024" in text(client.get(url(job)))
    job.preview["stated_as_of"] = "2024-01-01"
    job.save()
    assert "you typed" not in text(client.get(url(job)))


def test_confirming_twice_is_one_run(client, checked):
    job = checked()
    for _click in range(2):
        assert client.post(url(job, "confirm"), {"mode": "good_rows"}).url == url(job)
    assert "is being written already" in text(client.get(url(job)))
    tasks.roster_import(job.pk)
    tasks.roster_import(job.pk)
    assert Member.objects.count() == 5
    assert RecordEvent.objects.filter(action="roster_imported").count() == 1
    words = text(client.get(url(job)))
    assert "All rows were taken." in words
    assert "Confirm the roles of secretaries" in words


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("faultless", "The list has faults, so nothing was written."),
        ("check", "Choose how the list is to be written."),
        ("", "Choose how the list is to be written."),
    ],
)
def test_a_confirmation_that_cannot_be_leaves_the_list_checked(client, checked, mode, message):
    job = checked(FAULTY)
    client.post(url(job, "confirm"), {"mode": mode})
    assert message in text(client.get(url(job)))
    job.refresh_from_db()
    assert (job.mode, job.state) == ("check", JobState.DONE)


def test_the_result_offers_the_workbook_of_refused_rows_and_journals_who_takes_it(client, keeper, checked):
    job = checked(FAULTY)
    assert client.get(url(job, "refused")).status_code == 404
    client.post(url(job, "confirm"), {"mode": "good_rows"})
    tasks.roster_import(job.pk)
    page = client.get(url(job))
    assert "1 row was not taken." in text(page)
    assert url(job, "refused") in page.content.decode()
    file = client.get(url(job, "refused"))
    assert file["Content-Disposition"] == f'attachment; filename="refused-rows-{job.pk}.xlsx"'
    assert b"".join(file.streaming_content).startswith(b"PK")
    assert "no-store" in file["Cache-Control"]
    event = RecordEvent.objects.get(action="roster_refused_taken")
    assert (event.actor, event.data) == (keeper, {"import": job.pk, "rows": 1})


def test_a_list_that_was_not_taken_says_why(client, checked):
    job = checked(as_of="2023-12-01")
    words = text(client.get(url(job)))
    assert "The list was not taken" in words
    assert "stands since 01/01/2024" in words
    assert "Nothing was written." in words


def test_a_preview_whose_file_has_gone_cannot_be_confirmed(client, checked):
    job = checked()
    RosterImport.objects.update(finished_at=timezone.now() - timedelta(days=8))
    tasks.sweep()
    page = client.get(url(job))
    assert "has been deleted" in text(page)
    assert "good_rows" not in page.content.decode()
    client.post(url(job, "confirm"), {"mode": "good_rows"})
    assert "kept for seven days" in text(client.get(url(job)))
    job.refresh_from_db()
    assert job.mode == "check"


def test_a_run_that_broke_off_says_that_whole_cells_stay(client, make_import):
    job = make_import(mode="good_rows", state="failed", error="x", result={"created": 500})
    assert "Whole cells that had been written stay written." in text(client.get(url(job)))


def test_problems_are_shown_by_pages(client, checked):
    found = [{"row": n, "column": "Họ và tên", "message": f"fault {n}"} for n in range(1, 61)]
    job = checked()
    job.problems, job.preview["counts"]["problems"] = found, 700
    job.save()
    first, second = text(client.get(url(job))), text(client.get(f"{url(job)}?page=2"))
    assert "fault 50" in first
    assert "fault 51" not in first
    assert "fault 60" in second
    assert "the first 60 of 700" in first


def test_nothing_that_stands_in_a_list_becomes_markup(client, checked):
    job = checked({FIRST: [person("<script>alert(1)</script>", 1960, "01000001"), BINH]})
    assert "<script>alert" not in client.get(url(job)).content.decode()


def test_the_list_of_imports_is_empty_at_first_and_costs_the_same_for_one_and_three(
    make_import, client, django_assert_num_queries
):
    assert "No list has been brought in yet" in text(client.get(LIST))
    for number in (1, 2):
        for _job in range(number):
            make_import(state="done", problems=[{"row": 1}] * 3)
        with django_assert_num_queries(QUERIES_OF_LIST):
            page = client.get(LIST)
    assert page.content.decode().count("list.xlsx") == 3


def test_a_preview_costs_the_same_for_one_and_for_three_people(checked, client, django_assert_num_queries):
    for number in (1, 3):
        people = [person(f"Trần Văn T{n}", 1960, f"02000{number}0{n}") for n in range(number)]
        job = checked({f"Chi bộ số {number}": people})
        with django_assert_num_queries(QUERIES_OF_DETAIL):
            client.get(url(job))
    assert Unit.objects.cells().count() == 0


COUNTS = ["created", "moved", "changed", "unchanged", "missing", "units_created", "refused", "problems"]
NOTHING = dict.fromkeys([*COUNTS, "offices_started", "offices_ended"], 0)


def looked_at(make_import, **counts):
    return make_import(state="done", preview={"counts": NOTHING | counts, "people": 100})


def test_a_list_that_does_not_fit_is_not_offered_row_by_row(client, keeper, make_import):
    job = looked_at(make_import, refused=60, problems=60, created=40)
    client.force_login(keeper)
    page = client.get(f"/rosters/{job.pk}/").content.decode()
    assert 'value="faultless"' in page
    assert 'value="good_rows"' not in page


def test_a_list_that_says_nothing_new_is_not_offered_at_all(client, keeper, make_import):
    job = looked_at(make_import, unchanged=100)
    client.force_login(keeper)
    page = client.get(f"/rosters/{job.pk}/").content.decode()
    assert 'value="faultless"' not in page
    assert 'value="good_rows"' not in page
