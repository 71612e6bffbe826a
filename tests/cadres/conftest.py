"""A host with a small list brought in, for the tests of rosters."""

import pytest

from cadres.actions.units import create_host
from cadres.models import RecordEvent, Unit, UnitChange
from tests.cadres.rosters import BOTH, NEW_YEAR, bring_in


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
