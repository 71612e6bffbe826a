"""A reader that does not answer: pages are read on `default`, once with a line in the log."""

import logging

import pytest
from django.db import close_old_connections, connections
from django.test import Client

from cadres import reading
from cadres.reading import READER
from cadres.roles import Role
from tests.factories import HostFactory, user_with
from tests.test_reader import asked, tables

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reader(monkeypatch):
    """The settings of the reader's connection, and what the process knows of it, both of this test alone."""
    monkeypatch.setattr(reading, "_reader", reading._Reader())
    connections[READER].close()
    yield connections[READER].settings_dict
    connections[READER].close()


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(user_with(Role.ADMINISTRATOR, unit=HostFactory()))
    return client


def test_pages_are_read_on_default_until_it_answers_again(reader, client, monkeypatch, caplog):
    port = reader["PORT"]
    monkeypatch.setitem(reader, "PORT", "1")
    with asked() as found, caplog.at_level(logging.WARNING, "cadres.reading"):
        for _ in range(2):
            page = client.get("/jobs/")
            assert (page.status_code, page.context["reader_is_silent"]) == (200, True)
    assert found[READER] == []
    assert "cadres_roleassignment" in tables(found["default"])
    assert [record.name for record in caplog.records] == ["cadres.reading"]
    assert client.get("/healthz").content == b"ok, but the reader does not answer"

    monkeypatch.setitem(reader, "PORT", port)
    monkeypatch.setattr(reading._reader, "asked_again", 0.0)
    with asked() as found:
        assert client.get("/jobs/").context["reader_is_silent"] is False
    assert "cadres_roleassignment" in tables(found[READER])
    assert client.get("/healthz").content == b"ok"


@pytest.fixture
def broken(reader, client):
    """A connection that the server has ended since the last page, as a request finds it that begins."""
    client.get("/jobs/")
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connections[READER].connection.info.backend_pid])
    close_old_connections()


def test_a_connection_that_broke_meanwhile_is_made_again(broken, client):
    with asked() as found:
        assert client.get("/jobs/").status_code == 200
    assert tables(found[READER])


def test_what_broke_and_is_gone_is_read_on_default(broken, reader, client, monkeypatch):
    monkeypatch.setitem(reader, "PORT", "1")
    with asked() as found:
        assert client.get("/jobs/").status_code == 200
    assert tables(found["default"])
