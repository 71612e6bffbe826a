"""What tells that a process works, and what tells that a database holds the demo."""

import os
import time

import pytest
from django.db import connection

from config import demo, health


@pytest.mark.parametrize(("age", "code"), [(0, 0), (30, 0), (40, 1)])
def test_heartbeat_is_healthy_while_it_is_fresh(tmp_path, monkeypatch, age, code):
    file = tmp_path / "alive"
    file.touch()
    os.utime(file, (time.time() - age,) * 2)
    monkeypatch.setenv("HEARTBEAT_FILE", str(file))
    assert health.main(["", "heartbeat"]) == code


def test_process_that_never_touched_its_file_is_not_healthy(tmp_path):
    assert not health.heart_beats(tmp_path / "alive")


@pytest.mark.parametrize("hosts", ["", "pledges.example.org, other.example.org", ".example.org"])
def test_web_is_asked_under_a_name_that_it_accepts(live_server, monkeypatch, settings, hosts):
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    settings.ALLOWED_HOSTS = [host.strip() for host in hosts.split(",")] if hosts else ["localhost"]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert health.web_answers(live_server.thread.port)


def test_closed_port_is_not_healthy():
    assert not health.web_answers(1)


def test_mark_of_the_demo_counts_only_for_the_database_that_holds_it(tmp_path, settings, monkeypatch):
    settings.VAR = tmp_path
    assert not demo.is_marked()
    demo.mark()
    assert demo.is_marked()
    monkeypatch.setitem(connection.settings_dict, "NAME", "another")
    assert not demo.is_marked()
    demo.unmark()
    assert list(tmp_path.iterdir()) == []
