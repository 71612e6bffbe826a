"""A host with a small list brought in, for the tests of rosters."""

import pytest
from django.core.files.base import ContentFile

from cadres import clock
from cadres.actions.units import create_host
from cadres.models import RecordEvent, RosterImport, Unit, UnitChange, User
from tests.cadres.rosters import BOTH, NEW_YEAR, TODAY, bring_in, write_list
from tests.factories import user_with


@pytest.fixture
def host(db) -> Unit:
    """A host without anything below it."""
    return create_host("TAYHO", "Đảng bộ quận Tây Hồ", on=NEW_YEAR)


@pytest.fixture
def known(host, tmp_path) -> Unit:
    """The host with BOTH brought in as of New Year; the outbox and journal are empty."""
    bring_in(tmp_path, host, BOTH)
    UnitChange.objects.all().delete()
    RecordEvent.objects.all().delete()
    return host


@pytest.fixture
def keeper(host) -> User:
    """The officer who keeps the rosters of the host, and reads English."""
    return user_with("board_officer", unit=host, language="en")


@pytest.fixture
def make_import(host, keeper, tmp_path, settings, monkeypatch):
    """Makes an import of a list, stored below a folder of the test; more fields by name."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(clock, "today", lambda: TODAY)

    def make(cells=BOTH, **fields) -> RosterImport:
        data = write_list(tmp_path / "list.xlsx", cells).read_bytes()
        values = {"host": host, "as_of": NEW_YEAR, "created_by": keeper, "file_name": "list.xlsx"} | fields
        return RosterImport.objects.create(file=ContentFile(data, "random.xlsx"), **values)

    return make
