"""The form of bringing in a roster: what is taken, what is refused, what survives an error."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cadres.models import Member, RosterImport
from tests.cadres.offices import browser
from tests.cadres.rosters import BOTH, text, write_list
from tests.factories import CellFactory, HostFactory, UnitFactory, user_with

pytestmark = pytest.mark.django_db
NEW = reverse("cadres:roster_upload")


def upload_of(folder, cells=BOTH):
    data = write_list(folder / "upload.xlsx", cells).read_bytes()
    return SimpleUploadedFile("Danh sách phường.xlsx", data)


@pytest.fixture
def client(keeper):
    return browser(keeper)


def test_an_upload_is_stored_under_a_random_name_and_queued_to_be_checked(
    make_import, client, host, keeper, tmp_path, django_capture_on_commit_callbacks, monkeypatch
):
    sent = []
    monkeypatch.setattr("cadres.wake.current_app.send_task", lambda *args, **more: sent.append((args, more)))
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(NEW, {"file": upload_of(tmp_path), "host": host.pk, "as_of": "1/1/2024"})
    job = RosterImport.objects.get()
    assert response.url == reverse("cadres:roster_detail", args=[job.pk])
    assert (job.host, job.created_by, job.file_name) == (host, keeper, "Danh sách phường.xlsx")
    assert (job.mode, job.state, f"{job.as_of}") == ("check", "queued", "2024-01-01")
    assert re.fullmatch(r"imports/[0-9]{4}/[0-9]{2}/[0-9a-f]{32}\.xlsx", job.file.name)
    assert sent == [(("jobs.roster_import",), {"args": (job.pk,), "retry": False})]
    assert Member.objects.count() == 0


def test_without_signing_in_nothing_is_taken(host, tmp_path):
    response = browser().post(NEW, {"file": upload_of(tmp_path), "host": host.pk, "as_of": "01/01/2024"})
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")
    assert RosterImport.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "as_of", "message"),
    [
        (b"%PDF-1.4", "31/12/2023", "This is not an Excel workbook."),
        (b"", "31/12/2023", "The submitted file is empty."),
        (b"PK\x03\x04 torn", "31/12/2023", "The file is damaged."),
        (None, "31/12/2023", "This field is required."),
        ("list", "30/02/2024", "month 2/2024 has only 29 days"),
        ("list", "gần đây", "is not a date; write day/month/year"),
        ("list", "27/03/2024", "The list speaks of a day that has not come yet."),
    ],
)
def test_what_was_typed_survives_an_error(make_import, client, host, tmp_path, data, as_of, message):
    second = UnitFactory(parent=host)
    file = upload_of(tmp_path) if data == "list" else data and SimpleUploadedFile("list.xlsx", data)
    if data == b"":
        file = SimpleUploadedFile("list.xlsx", b"")
    typed = {"host": second.pk, "as_of": as_of} | ({"file": file} if file else {})
    response = client.post(NEW, typed)
    page = response.content.decode()
    assert message in text(response)
    assert f'value="{as_of}"' in page
    assert f'<option value="{second.pk}" selected>' in page
    assert RosterImport.objects.count() == 0


def test_a_file_that_is_too_large_is_refused_in_megabytes(make_import, client, host, tmp_path, settings):
    settings.UPLOAD_MAX_BYTES = 1024
    response = client.post(NEW, {"file": upload_of(tmp_path), "host": host.pk, "as_of": "01/01/2024"})
    assert "at most 0 MB are taken" in text(response)
    assert RosterImport.objects.count() == 0


def test_only_organisations_that_the_officer_keeps_are_offered_and_taken(make_import, client, host, tmp_path):
    ward, stranger = UnitFactory(parent=host), HostFactory()
    cell = CellFactory(parent=ward)
    page = client.get(NEW).content.decode()
    offered = {int(pk) for pk in re.findall(r'<option value="([0-9]+)"', page)}
    assert offered == {host.pk, ward.pk}
    for unit in (stranger, cell):
        response = client.post(NEW, {"file": upload_of(tmp_path), "host": unit.pk, "as_of": "01/01/2024"})
        assert "Select a valid choice" in text(response)
    assert RosterImport.objects.count() == 0


def test_an_officer_without_an_organisation_reads_what_to_do(db):
    visitor = browser(user_with("board_officer", unit=CellFactory()))
    assert "There is no organisation whose lists you keep" in text(visitor.get(NEW))


def test_of_many_organisations_one_is_looked_for_by_its_name(
    make_import, client, host, tmp_path, monkeypatch
):
    monkeypatch.setattr("cadres.forms.roster.OFFERED", 2)
    wards = [
        UnitFactory(parent=host, name=f"Đảng bộ phường {name}") for name in ("Bưởi", "Hòa Bình", "Tứ Liên")
    ]

    def offered(page):
        return [int(pk) for pk in re.findall(r'<option value="([0-9]+)"', page.content.decode())]

    page = client.get(NEW)
    assert offered(page) == [host.pk, wards[0].pk]
    assert "look for yours first" in text(page)
    assert offered(client.get(f"{NEW}?name=tu+lien")) == [wards[2].pk]
    assert "No organisation of this name" in text(client.get(f"{NEW}?name=khong+co"))
    typed = {"file": upload_of(tmp_path), "host": wards[2].pk, "as_of": "x"}
    again = client.post(NEW, typed)
    assert f'<option value="{wards[2].pk}" selected' in again.content.decode()
    assert client.post(NEW, typed | {"file": upload_of(tmp_path), "as_of": "1/1/2024"}).status_code == 302
    assert RosterImport.objects.get().host == wards[2]
