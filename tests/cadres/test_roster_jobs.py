"""A roster as a job: its preview, its confirmation, its result, and a worker that is lost."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.utils import timezone, translation
from openpyxl import load_workbook

from cadres import tasks
from cadres.actions import roster_apply
from cadres.actions.import_jobs import ConfirmError, confirm_import, drop_old_files
from cadres.imports import roster
from cadres.jobs import LEASE, JobState
from cadres.models import ImportMode, Member, RecordEvent, RosterImport
from tests.cadres.rosters import AN, BINH, BOTH, CHI, FIRST, person
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
DONE, FAILED, QUEUED, RUNNING = JobState.DONE, JobState.FAILED, JobState.QUEUED, JobState.RUNNING


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def run(job):
    tasks.roster_import(job.pk)
    job.refresh_from_db()
    return job


def test_checking_keeps_a_preview_and_writes_nothing(make_import):
    job = run(make_import(BOTH | {"Chi bộ Kho bạc": [person("Hồ Lan", "", "")]}))
    assert (job.state, job.error, job.mode) == (DONE, "", ImportMode.CHECK)
    assert job.preview["counts"]["created"] == 5
    assert (job.preview["counts"]["refused"], job.preview["people"]) == (1, 6)
    assert job.preview["left_out"][0] == ["Số CCCD", "Citizen numbers are never read and never kept."]
    assert [problem["row"] for problem in job.problems] == [11]
    assert job.preview["examples"]["created"][0] == {
        "row": 4,
        "name": "Nguyễn Văn An",
        "year": 1950,
        "cell": FIRST,
        "from": "",
        "what": [],
    }
    assert Member.objects.count() == 0
    assert job.file.storage.exists(job.file.name)


def test_examples_say_what_changes_and_at_most_twenty_are_kept(known, make_import):
    many = [person(f"Trần Văn T{n}", 1960, f"020000{n:02}") for n in range(25)]
    changed = [
        person("Nguyễn Anh An", 1950, "01000001", note="Miễn sinh hoạt"),
        person("Trần Thị Bình", 1961, "01000002"),
        person("Phạm Dũng", 1998, "01000004"),
    ]
    job = run(make_import({FIRST: [*changed, *many]}, host=known))
    examples = job.preview["examples"]
    assert [one["what"] for one in examples["changed"]] == [
        ["name: Nguyễn Văn An → Nguyễn Anh An", "standing: active → exempt from work and activities"],
        ["year of birth: 1960 → 1961"],
        ["card number: – → 01000004", "rank: probationary → official"],
    ]
    assert examples["missing"] == [{"name": "Lê Thị Chi", "year": 1970, "cell": FIRST}]
    assert (len(examples["created"]), job.preview["counts"]["created"]) == (20, 25)


def test_at_most_five_hundred_problems_are_kept_and_all_are_counted(make_import, monkeypatch):
    monkeypatch.setattr(roster, "KEPT_PROBLEMS", 2)
    job = run(make_import({FIRST: [person(f"Hồ Lan {n}", "", "") for n in range(3)]}))
    assert (len(job.problems), job.preview["counts"]["problems"]) == (2, 3)


def test_a_confirmed_list_is_written_once_and_its_file_is_deleted(make_import, keeper):
    job = run(make_import())
    path = job.file.path
    assert confirm_import(job, ImportMode.FAULTLESS, by=keeper)
    assert not confirm_import(job, ImportMode.GOOD_ROWS, by=keeper)
    job = run(job)
    assert (job.state, job.mode, job.progress, job.total) == (DONE, ImportMode.FAULTLESS, 5, 5)
    assert job.result["created"] == 5
    assert not job.file
    assert not job.refused_file
    assert not job.file.storage.exists(path)
    event = RecordEvent.objects.get(action="roster_imported")
    assert (event.actor, event.data["import"]) == (keeper, job.pk)
    assert run(job).progress == 5
    assert Member.objects.count() == 5
    assert not confirm_import(job, ImportMode.GOOD_ROWS, by=keeper)


def test_confirming_refuses_faults_where_none_may_be_and_a_file_that_has_gone(make_import, keeper):
    job = run(make_import({FIRST: [AN, person("Hồ Lan", "", "")]}))
    with pytest.raises(ConfirmError, match="The list has faults"):
        confirm_import(job, ImportMode.FAULTLESS, by=keeper)
    with pytest.raises(ConfirmError, match="Choose how"):
        confirm_import(job, ImportMode.CHECK, by=keeper)
    drop_old_files(RosterImport, at=timezone.now() + timedelta(days=8))
    with pytest.raises(ConfirmError, match="seven days"):
        confirm_import(job, ImportMode.GOOD_ROWS, by=keeper)
    job.refresh_from_db()
    assert (job.mode, job.state) == (ImportMode.CHECK, DONE)


def test_refused_rows_come_back_as_a_workbook_without_citizen_numbers(known, make_import, keeper):
    stranger = person("=HYPERLINK(1)", 1985, "01000003")
    job = run(make_import({FIRST: [AN, BINH, stranger, person("Hồ Lan", "", "")]}, host=known))
    confirm_import(job, ImportMode.GOOD_ROWS, by=keeper)
    job = run(job)
    assert (job.state, job.result["refused"], job.result["unchanged"]) == (DONE, 2, 2)
    with job.refused_file.open("rb") as file:
        book = load_workbook(file)
    header, first, second = book.active.iter_rows(values_only=True)
    assert header == (
        "Stt",
        "Họ và tên",
        "Năm sinh",
        "Số thẻ đảng viên",
        "Đảng viên",
        "Chức vụ trong Đảng",
        "Ghi chú",
        "Reason",
    )
    assert first[:4] == ("3", "=HYPERLINK(1)", "1985", "01000003")
    assert book.active.cell(2, 2).data_type == "s"
    assert first[-1].startswith("Row 6: Số thẻ đảng viên: The card number belongs to another person")
    assert second[-1].startswith("Row 7: ")


def test_after_a_worker_that_is_lost_another_one_goes_on(make_import, keeper, monkeypatch):
    cells = {f"Chi bộ số {n}": [person(f"Trần Văn T{n}", 1960, f"0200000{n}")] for n in range(4)}
    job = run(make_import(cells))
    confirm_import(job, ImportMode.GOOD_ROWS, by=keeper)
    monkeypatch.setattr(roster_apply, "CHUNK", 1)
    insert, calls = roster_apply.insert_members, []

    def killed(members, *, on):
        calls.append(members)
        if len(calls) == 3:
            raise SystemExit
        insert(members, on=on)

    monkeypatch.setattr(roster_apply, "insert_members", killed)
    with pytest.raises(SystemExit):
        tasks.roster_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.progress, Member.objects.count()) == (RUNNING, 2, 2)
    assert job.file
    RosterImport.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    job = run(job)
    assert (job.state, job.attempts, job.progress) == (DONE, 2, 4)
    assert (job.result["created"], job.result["unchanged"], job.result["units_created"]) == (4, 0, 4)
    assert Member.objects.count() == 4


def test_a_fault_of_ours_fails_the_job_in_plain_words_and_reaches_the_log(make_import, keeper, monkeypatch):
    job = run(make_import())
    confirm_import(job, ImportMode.GOOD_ROWS, by=keeper)

    def breaks(*_args, **_kwargs):
        raise IntegrityError("UNIQUE constraint failed: cadres_member.card_number")

    monkeypatch.setattr(roster_apply, "insert_members", breaks)
    with pytest.raises(IntegrityError):
        tasks.roster_import(job.pk)
    job.refresh_from_db()
    assert (job.state, bool(job.file)) == (FAILED, False)
    assert job.error == "An unexpected error; the administrator has been told."
    assert Member.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.4 and more", "This is not an Excel workbook"),
        (b"PK\x03\x04 torn apart", "The file is damaged"),
    ],
)
def test_what_is_no_list_fails_in_words_and_is_deleted(make_import, data, message):
    job = make_import(file_name="bad.xlsx")
    job.file.save("bad.xlsx", ContentFile(data))
    job = run(job)
    assert (job.state, job.result, bool(job.file)) == (FAILED, {}, False)
    assert message in job.error


def test_messages_are_in_the_language_of_the_person_who_asked(make_import):
    job = make_import(created_by=UserFactory(language="vi"))
    job.file.save("bad.xlsx", ContentFile(b"%PDF-1.4"))
    job = run(job)
    assert job.error
    assert "Excel workbook" not in job.error


def test_who_lost_the_right_meanwhile_writes_nothing(make_import, keeper):
    job = run(make_import())
    confirm_import(job, ImportMode.GOOD_ROWS, by=keeper)
    keeper.roles.update(end=keeper.roles.get().start)
    job = run(job)
    assert (job.state, job.error) == (FAILED, "You no longer keep the rosters of this organisation.")
    assert Member.objects.count() == 0


def test_two_lists_of_one_tree_are_not_written_at_once(make_import, keeper, host):
    job = run(make_import({FIRST: [CHI]}))
    confirm_import(job, ImportMode.GOOD_ROWS, by=keeper)
    make_import(mode=ImportMode.GOOD_ROWS, state=RUNNING, lease_until=timezone.now() + LEASE)
    job = run(job)
    assert job.error.startswith("Another list is being written for this organisation")
    assert Member.objects.count() == 0


def test_a_job_that_is_gone_is_no_error():
    assert tasks.roster_import(404) is None
