"""Many rows are read piece by piece where that is safe, and at once where it is not."""

import pytest
from django.db import connections, transaction

from cadres.models import Unit
from cadres.streaming import in_pieces
from tests.factories import UnitFactory


@pytest.fixture
def opened(monkeypatch):
    """The names of cursors opened on the server."""
    connection, names = connections["default"], []
    original = connection.chunked_cursor

    def chunked_cursor():
        names.append("a cursor")
        return original()

    monkeypatch.setattr(connection, "chunked_cursor", chunked_cursor)
    return names


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_transaction_reads_piece_by_piece_and_nothing_else_does(opened):
    units = {UnitFactory().pk for _ in range(5)}
    assert {unit.pk for unit in in_pieces(Unit.objects.all(), 2)} == units
    assert opened == []
    with transaction.atomic():
        rows = in_pieces(Unit.objects.order_by("pk").values_list("pk", flat=True), 2)
        first = next(rows)
        UnitFactory()
        assert {first, *rows} == units
    assert opened == ["a cursor"]
    assert connections["default"].settings_dict["DISABLE_SERVER_SIDE_CURSORS"] is True


@pytest.mark.django_db
def test_the_rows_are_the_same_on_any_database():
    units = [UnitFactory().pk for _ in range(5)]
    assert [unit.pk for unit in in_pieces(Unit.objects.order_by("pk"), 2)] == units
