"""Reads go through `reader`: every page, by real connections to both aliases. And no page counts people."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connections, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from cadres.models import Unit, UnitChange
from cadres.outbox import note_changes
from cadres.reading import READER, ReadingMiddleware, reads_default
from reports import counts
from reports.models import UnitCount
from tests.pledges.docket_scene import DAY
from tests.reports.closing_scene import District
from tests.walls import patterns, walled

pytestmark = pytest.mark.django_db(transaction=True)
READS = re.compile(r"\b(?:FROM|JOIN) \"?((?:cadres|pledges|reports)_\w+)")
# Who has signed in is asked before the page begins, of the database that holds the sessions.
ACCOUNTS = {"cadres_user"}


@contextmanager
def asked() -> Iterator[dict[str, list[str]]]:
    """What each alias is asked meanwhile."""
    found: dict[str, list[str]] = {"default": [], "reader": []}

    def noting(alias: str) -> Callable[..., Any]:
        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            found[alias].append(sql)
            return execute(sql, params, many, context)

        return note

    with ExitStack() as stack:
        for alias in found:
            stack.enter_context(connections[alias].execute_wrapper(noting(alias)))
        yield found


def tables(statements: list[str]) -> set[str]:
    """The project's tables that the statements read."""
    read = [sql for sql in statements if sql.startswith("SELECT")]
    return {table for sql in read for table in READS.findall(sql)} - ACCOUNTS


# People of one organisation, of one body, or one person.
OF_ONE = re.compile(r'"(?:unit_id|id|member_id|code)" (?:= %s|IN \(+SELECT \w+\."member)')


def counts_people(sql: str) -> bool:
    """Whether a statement counts or reads the people of a whole tree, however many they are."""
    if not sql.startswith("SELECT") or "LIMIT" in sql or OF_ONE.search(sql):
        return False
    outer = sql
    while (inner := re.sub(r"\([^()]*\)", "", outer)) != outer:
        outer = inner
    return ' FROM "cadres_member' in outer


@pytest.fixture
def district(settings):
    settings.SITE_TODAY = DAY
    found = District()
    counts.drain(DAY)
    return found


def reads_reader(view):
    return view.access != "anonymous" and not getattr(view, "reads_default", False)


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def page(district):
    return f"/units/{district.host.code}/"


def test_every_page_reads_through_reader_only(settings):
    settings.SITE_TODAY = DAY
    place, opened = walled(), set()
    for person in ("board", "secretary", "officer"):
        client = browser(place.people[person])
        for name, pattern in patterns():
            if name in opened or not reads_reader(pattern.callback):
                continue
            with asked() as found:
                response = client.get(place.url(name, pattern))
            response.getvalue()
            if response.status_code != 200:
                continue
            opened.add(name)
            assert tables(found["default"]) == set(), name
            assert tables(found["reader"]), name
            assert [sql for sql in found["reader"] if counts_people(sql)] == [], name
    main = {"unit", "definitions", "figure", "figure_print", "figure_xlsx", "pledges", "closing_list"}
    assert opened >= {f"reports:{name}" for name in main}
    assert len(opened) > 50


def test_closings_read_through_reader_only(district):
    closing, client = district.close(), browser(district.board)
    unit = [closing.pk, district.host.code]
    for name in ("unit", "people", "pledges", "xlsx", "people_xlsx"):
        with asked() as found:
            assert client.get(reverse(f"reports:closing_{name}", args=unit)).status_code == 200
        assert tables(found["default"]) == set(), name
        assert tables(found["reader"]) >= {"reports_closing"}, name
        assert [sql for sql in found["reader"] if counts_people(sql)] == [], name


@pytest.mark.parametrize("file", ["summary/", "summary.xlsx", "summary.docx"])
def test_a_report_that_empties_the_outbox_reads_what_it_wrote(district, file):
    UnitCount.objects.update(registered=0)
    note_changes(Unit.objects.values_list("pk", flat=True))
    with asked() as found:
        assert browser(district.board).get(page(district) + file).status_code == 200
    assert found["reader"] == []
    assert [sql for sql in found["default"] if counts_people(sql)] == []
    assert not UnitChange.objects.exists()


def test_whoever_has_sent_something_reads_where_he_wrote(district):
    own, other = browser(district.board), browser(district.board)
    with asked() as found:
        own.post(reverse("set_language"), {"language": "en"})
        own.get(page(district))
    assert found["reader"] == []
    assert "reports_unitcount" in tables(found["default"])
    with asked() as found:
        other.get(page(district))
    assert tables(found["default"]) == set()


def test_only_for_as_long_as_a_replica_may_be_behind(district, settings):
    client = browser(district.board)
    with time_machine.travel("2026-03-26 09:00:00+07:00", tick=False) as clock:
        response = client.post(reverse("set_language"), {"language": "en"})
        sent = response.cookies["wrote"]
        assert (sent["max-age"], sent["httponly"]) == (settings.READ_OWN_WRITES_SECONDS, True)
        for seconds, alias in ((settings.READ_OWN_WRITES_SECONDS, "default"), (1, "reader")):
            clock.shift(timedelta(seconds=seconds))
            with asked() as found:
                client.get(page(district))
            assert "reports_unitcount" in tables(found[alias])


@pytest.mark.parametrize("sent", ["", "x", "-1", "9" * 11, "9" * 40])
def test_a_cookie_that_says_nothing_is_none(district, sent):
    client = browser(district.board)
    client.cookies["wrote"] = sent
    with asked() as found:
        assert client.get(page(district)).status_code == 200
    assert tables(found["default"]) == set()


def test_a_form_reads_and_writes_on_default(district):
    with asked() as found:
        address = reverse("reports:closing_working", args=[district.campaign.code])
        assert browser(district.board).post(address).status_code in (200, 302)
    assert found["reader"] == []
    assert tables(found["default"]) >= {"pledges_campaign"}


def test_what_reader_gave_is_written_on_default(district):
    def view(request):
        unit = Unit.objects.get(pk=district.host.pk)
        assert unit._state.db == READER
        unit.name = "Đảng bộ phường Tây Hồ"
        locked = Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk)
        with transaction.atomic():
            assert locked.get()._state.db == "default"
        unit.save()
        note_changes([unit.pk])
        return HttpResponse()

    answer(view)
    assert Unit.objects.filter(name="Đảng bộ phường Tây Hồ").exists()


def test_reader_cannot_write(district):
    with pytest.raises(DatabaseError), transaction.atomic(using=READER):
        Unit.objects.using(READER).update(name="x")


def test_outside_of_a_request_default_is_read(district):
    with asked() as found:
        assert Unit.objects.exists()
    assert found["reader"] == []


def test_a_view_may_ask_for_default(district):
    @reads_default
    def view(request):
        assert Unit.objects.exists()
        return HttpResponse()

    with asked() as found:
        answer(view)
    assert found["reader"] == []


@pytest.mark.postgres
def test_a_page_is_one_snapshot_and_the_next_is_another(district):
    def view(request):
        before = Unit.objects.count()
        Unit.objects.using("default").filter(pk=district.cells[1].pk).update(name="Chi bộ số 9")
        assert not Unit.objects.filter(name="Chi bộ số 9").exists()
        assert Unit.objects.count() == before
        return HttpResponse()

    answer(view)
    answer(lambda request: HttpResponse(Unit.objects.get(name="Chi bộ số 9")))
    assert connections[READER].connection is not None
    assert not connections[READER].in_atomic_block


def answer(view):
    """Let the view answer a safe request, as the handler does."""

    def handle(request):
        middleware.process_view(request, view, (), {})
        return view(request)

    middleware = ReadingMiddleware(handle)
    return middleware(RequestFactory().get("/"))
