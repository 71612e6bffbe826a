"""Nothing leaves the site as a file without a line in the journal that says who took what, and how much."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from cadres.models import RecordEvent
from cadres.roles import Role
from tests.factories import user_with

SENDS_A_FILE = re.compile(r"Content-Disposition|FileResponse\(")
JOURNALS = re.compile(r"RecordEvent\.objects\.create|note_refused_taken\(|note_opened\(|note_taken\(")


def _views():
    for app in ("cadres", "pledges", "reports"):
        yield from (Path(settings.BASE_DIR) / app / "views").glob("*.py")


def test_every_view_that_sends_a_file_journals_it():
    sending = [file for file in _views() if SENDS_A_FILE.search(file.read_text(encoding="utf-8"))]
    assert len(sending) >= 7
    silent = [file.name for file in sending if not JOURNALS.search(file.read_text(encoding="utf-8"))]
    assert silent == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["reports:summary_xlsx", "reports:summary_docx"])
def test_an_export_says_its_campaign_its_format_and_its_rows(client, host, cell, tier, name):
    officer = user_with(Role.BOARD_OFFICER, unit=host)
    client.force_login(officer)
    assert client.get(reverse(name, args=[host.code])).status_code == 200
    event = RecordEvent.objects.get(action="export_summary")
    assert (event.actor, event.unit) == (officer, host)
    assert set(event.data) == {"format", "campaign", "rows"}
