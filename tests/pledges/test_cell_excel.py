"""The cell's list goes out to Excel and comes back: who may, what the file lets type, what is told of it."""

from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from cadres.models import RecordEvent, Standing
from cadres.roles import Role
from pledges.models import Pledge
from pledges.states import PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import CampaignFactory, cell_of, draft_of, members_tier, pledge_of, secretary_of
from tests.pledges.pages import of_cell, text
from tests.workbooks import write_xls

TYPED = ("Lắp 4 camera tại tổ 18", "Khó", "4 camera", "Quý III")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST = 7  # the row of the first comrade, as Excel counts
NAME, TITLE, NOVELTY, PRODUCT, DUE, STATE, CODE, KEY = 2, 4, 5, 6, 7, 8, 9, 10


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def by(cell):
    return secretary_of(cell)


@pytest.fixture
def client_of(visit, by):
    return visit(by)


@pytest.fixture
def url(tier, cell):
    return of_cell("cell_excel", tier, cell)


@pytest.fixture
def out(tier, cell):
    return reverse("reports:cell_xlsx", args=[tier.campaign.code, cell.code])


def book_of(response):
    assert (response.status_code, response["Content-Type"]) == (200, XLSX)
    return load_workbook(BytesIO(response.content))


def upload(book, name="danh-sach.xlsx"):
    """What Excel saved, as a browser sends it."""
    file = BytesIO()
    book.save(file)
    return {"file": SimpleUploadedFile(name, file.getvalue(), XLSX)}


def write(book, row, *texts):
    """Type a task into a row: title, kind, product, deadline."""
    for column, value in zip((TITLE, NOVELTY, PRODUCT, DUE), texts, strict=True):
        book.active.cell(row, column).value = value


def rows_of(response):
    assert response.status_code == 200
    return {row.member: row for row in response.context["grid"].rows}


def problems(response):
    return "\n".join(response.context["problems"])


# Out


def test_the_file_holds_everybody_with_what_is_registered(client_of, tier, cell, by, out):
    sent, drafted, missing = (MemberFactory(unit=cell, position=no) for no in range(3))
    exempt = MemberFactory(unit=cell, position=3, standing=Standing.EXEMPT)
    pledge_of(sent, tier, by, content={"title": "Việc đã gửi"})
    draft_of(drafted, tier, by, content={"title": "Việc còn nháp"})
    sheet = book_of(client_of.get(out)).active
    rows = list(sheet.iter_rows(min_row=FIRST, values_only=True))
    assert [row[NAME - 1] for row in rows] == [one.name for one in (sent, drafted, missing, exempt)]
    assert [row[TITLE - 1] for row in rows] == ["Việc đã gửi", "Việc còn nháp", None, None]
    assert [row[CODE - 1] for row in rows] == [one.code for one in (sent, drafted, missing, exempt)]
    assert rows[2][STATE - 1] == "Not registered yet"
    assert "not counted" in rows[3][STATE - 1]
    assert rows[0][DUE - 1] == "quarter II/2024"


def test_only_what_may_be_typed_is_open_and_guided(client_of, tier, cell, by, out):
    sent, _missing = (MemberFactory(unit=cell, position=no) for no in range(2))
    pledge_of(sent, tier, by)
    sheet = book_of(client_of.get(out)).active
    assert sheet.protection.sheet
    typed = (TITLE, NOVELTY, PRODUCT, DUE)
    assert all(sheet.cell(FIRST, column).protection.locked for column in range(1, KEY + 1))
    opened = [column for column in range(1, KEY + 1) if not sheet.cell(FIRST + 1, column).protection.locked]
    assert opened == list(typed)
    assert sheet.column_dimensions["I"].hidden
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert set(rules) == {f"{letter}{FIRST}:{letter}{FIRST + 1}" for letter in "DEFG"}
    kinds, dues = rules[f"E{FIRST}:E{FIRST + 1}"], rules[f"G{FIRST}:G{FIRST + 1}"]
    assert (kinds.type, kinds.formula1, kinds.showErrorMessage) == ("list", '"New,Difficult,Both"', True)
    assert (dues.type, dues.showErrorMessage) == ("list", False)  # a day may be written too
    assert "quarter I/2024" not in dues.formula1.split(",")[0]
    assert rules[f"D{FIRST}:D{FIRST + 1}"].formula1 == "2000"


def test_what_people_typed_starts_no_formula(client_of, tier, cell, by, out):
    draft_of(MemberFactory(unit=cell), tier, by, content={"title": '=HYPERLINK("http://x")'})
    one = book_of(client_of.get(out)).active.cell(FIRST, TITLE)
    assert (one.data_type, one.value) == ("s", '=HYPERLINK("http://x")')


def test_a_file_names_no_person_is_not_kept_and_stands_in_the_export_log(client_of, cell, by, tier, out):
    member = MemberFactory(unit=cell)
    response = client_of.get(out)
    assert response["Cache-Control"] == "no-store"
    name = response["Content-Disposition"]
    assert name.startswith(f'attachment; filename="{tier.campaign.code}-{cell.code}-')
    assert member.name not in name
    event = RecordEvent.objects.get(action="export_cell_list")
    assert (event.actor, event.unit, event.data["rows"]) == (by, cell, 1)


def test_an_empty_cell_has_a_file_too(client_of, out):
    assert book_of(client_of.get(out)).active.max_row == FIRST - 1


def test_the_secretary_alone_takes_the_file_and_brings_it_in(visit, client, tier, cell, out, url):
    member = MemberFactory(unit=cell)
    for address in (out, url):
        assert client.get(address)["Location"].startswith(reverse("cadres:sign_in"))
    for role in (Role.GRASSROOTS_OFFICER, Role.INSPECTOR):
        reader = visit(user_with(role, unit=cell.parent))
        assert {reader.get(out).status_code, reader.get(url).status_code, reader.post(url).status_code} == {
            403
        }
    for stranger in (secretary_of(cell_of(tier.campaign)), UserFactory(member=member)):
        other = visit(stranger)
        assert {other.get(out).status_code, other.get(url).status_code, other.post(url).status_code} == {404}
    assert not RecordEvent.objects.filter(action="export_cell_list").exists()


def test_other_methods_are_refused(client_of, out, url):
    assert {client_of.post(out).status_code, client_of.put(url).status_code} == {405}


@pytest.mark.parametrize("count", [1, 3])
def test_the_file_costs_the_same_whatever_its_length(
    client_of, tier, cell, by, out, django_assert_num_queries, count
):
    for _ in range(count):
        draft_of(MemberFactory(unit=cell), tier, by)
        MemberFactory(unit=cell)
    with django_assert_num_queries(10):
        client_of.get(out)


# In


def test_the_filled_file_comes_back_as_a_table_and_saves_nothing(client_of, cell, out, url):
    first, second, untouched = (MemberFactory(unit=cell, position=no) for no in range(3))
    book = book_of(client_of.get(out))
    write(book, FIRST, *TYPED)
    write(book, FIRST + 1, "Việc sai hạn", "Rất khó", "1", "31/02/2024")
    response = client_of.post(url, upload(book))
    rows = rows_of(response)
    assert rows[first].raw == dict(
        zip(("title", "novelty", "product", "due"), (TYPED[0], "difficult", *TYPED[2:]), strict=True)
    )
    assert (rows[first].bound, rows[first].errors) == (True, {})
    assert set(rows[second].errors) == {"novelty", "due"}
    assert not rows[untouched].bound
    page = text(response)
    assert "danh-sach.xlsx" in page
    assert "1 row is to be corrected" in page
    assert "month 2/2024 has only 29 days" in page
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_bringing_in_costs_the_same_whatever_the_length(
    client_of, cell, out, url, page_alone, django_assert_num_queries, count
):
    for _ in range(count):
        MemberFactory(unit=cell)
    book = book_of(client_of.get(out))
    for row in range(FIRST, FIRST + count):
        write(book, row, *TYPED)
    with django_assert_num_queries(15):
        client_of.post(url, upload(book))


def test_a_day_that_excel_made_of_a_deadline_is_read_as_that_day(client_of, cell, out, url):
    member = MemberFactory(unit=cell)
    book = book_of(client_of.get(out))
    write(book, FIRST, *TYPED[:3], datetime(2024, 9, 30))  # noqa: DTZ001
    assert rows_of(client_of.post(url, upload(book)))[member].raw["due"] == "30/09/2024"


def test_an_unchanged_file_says_that_it_holds_nothing_new(client_of, tier, cell, by, out, url):
    draft_of(MemberFactory(unit=cell), tier, by)
    pledge_of(MemberFactory(unit=cell), tier, by)
    MemberFactory(unit=cell)
    for _ in range(2):
        response = client_of.post(url, upload(book_of(client_of.get(out))), follow=True)
        assert response.redirect_chain == [(of_cell("cell_grid", tier, cell), 302)]
        assert "holds nothing new" in text(response)


def test_what_has_been_sent_is_not_changed_by_a_file(client_of, tier, cell, by, out, url):
    member = MemberFactory(unit=cell)
    pledge = pledge_of(member, tier, by)
    book = book_of(client_of.get(out))
    write(book, FIRST, "Việc khác hẳn", "Mới", "1", "Quý III")
    response = client_of.post(url, upload(book))
    assert f"Row {FIRST}: the registration of {member.name} has been sent" in problems(response)
    assert "Việc khác hẳn" in problems(response)
    pledge.refresh_from_db()
    assert pledge.title != "Việc khác hẳn"


def test_a_draft_that_changed_since_the_file_was_taken_is_told(client_of, tier, cell, by, out, url):
    draft = draft_of(MemberFactory(unit=cell), tier, by)
    book = book_of(client_of.get(out))
    Pledge.objects.filter(pk=draft.pk).update(title="Sửa ở nơi khác")
    write(book, FIRST, *TYPED)
    response = client_of.post(url, upload(book))
    assert "has changed since the file was taken" in problems(response)
    assert rows_of(response)[draft.lead_member].raw["title"] == TYPED[0]


def test_rows_without_a_comrade_of_the_cell_are_told_with_what_they_say(client_of, cell, out, url):
    MemberFactory(unit=cell)
    book = book_of(client_of.get(out))
    book.active.cell(FIRST + 1, NAME).value = "Người Ngoài Chi Bộ"
    write(book, FIRST + 1, *TYPED)
    response = client_of.post(url, upload(book))
    assert f"Row {FIRST + 1}: comrade “Người Ngoài Chi Bộ” was not found in the cell" in problems(response)
    assert TYPED[0] in problems(response)


def test_the_list_of_another_cell_or_campaign_is_refused(client_of, visit, tier, cell, by, out, url):
    other = cell_of(tier.campaign)
    MemberFactory(unit=cell)
    theirs = reverse("reports:cell_xlsx", args=[tier.campaign.code, other.code])
    book = book_of(visit(secretary_of(other)).get(theirs))
    response = visit(by).post(url, upload(book))
    assert (response.status_code, "list of another cell" in text(response)) == (422, True)
    later = members_tier(CampaignFactory(host=tier.campaign.host))
    book = book_of(client_of.get(out))
    response = client_of.post(of_cell("cell_excel", later, cell), upload(book))
    assert (response.status_code, "list of another campaign" in text(response)) == (422, True)


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("danh-sach.xlsx", b"kh\xc3\xb4ng ph\xe1\xba\xa3i", "This is not an Excel workbook"),
        ("danh-sach.xlsx", b"PK\x03\x04 and then nothing", "The file is damaged"),
        ("danh-sach.xlsx", b"", "empty"),
        ("danh-sach.pdf", b"%PDF-1.7", "not an Excel workbook"),
    ],
)
def test_what_is_no_workbook_is_told_so(client_of, url, name, body, told):
    response = client_of.post(url, {"file": SimpleUploadedFile(name, body)})
    assert (response.status_code, told in text(response)) == (422, True)


def test_no_file_an_old_file_and_one_too_large(client_of, url, tmp_path, monkeypatch):
    response = client_of.post(url)
    assert (response.status_code, "Choose the file first." in text(response)) == (422, True)
    old = write_xls(tmp_path / "cu.xls", [["TT", "Họ và tên"]]).read_bytes()
    response = client_of.post(url, {"file": SimpleUploadedFile("cu.xls", old)})
    assert (response.status_code, "save it as .xlsx" in text(response)) == (422, True)
    monkeypatch.setattr("pledges.forms.cell_sheet.LIMIT", 3)
    response = client_of.post(url, {"file": SimpleUploadedFile("to.xlsx", b"PK\x03\x04" + bytes(9))})
    assert (response.status_code, "MB are taken" in text(response)) == (422, True)


def test_a_file_brought_in_is_sent_with_the_table_once(client_of, tier, cell, out, url):
    member = MemberFactory(unit=cell)
    book = book_of(client_of.get(out))
    write(book, FIRST, *TYPED)
    row = rows_of(client_of.post(url, upload(book)))[member]
    data = {f"{column}_{row.id}": value for column, value in row.raw.items()}
    data |= {f"key_{row.id}": str(row.key), "act": "send"}
    for _ in range(2):
        assert client_of.post(of_cell("cell_grid", tier, cell), data).status_code == 302
    assert Pledge.objects.get().status == PledgeStatus.SUBMITTED
