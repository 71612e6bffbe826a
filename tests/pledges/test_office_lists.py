"""The office keeps its own reasons and signs: ready at first, added to, ended, never deleted in use."""

import pytest
from django.urls import reverse

from pledges.models import ReturnPoint, ReturnReason, RoutinePhrase
from pledges.office_lists import phrases_of, reasons_offered
from pledges.ready_lists import RETURN_REASONS, ROUTINE_PHRASES
from pledges.version_words import ABOUT, FIELD_LABELS
from tests.pledges.desk_scene import PRODUCT, ask
from tests.pledges.docket_scene import scene
from tests.pledges.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    return scene()


@pytest.fixture
def url(place):
    return reverse("pledges:office_lists", args=[place.host.code])


def test_every_ready_reason_is_about_a_field_of_a_pledge():
    assert 8 <= len(RETURN_REASONS) <= 10
    assert {field for _label, field in RETURN_REASONS} <= set(ABOUT)
    assert set(ABOUT) <= set(FIELD_LABELS)
    assert "thường xuyên" in ROUTINE_PHRASES


def test_the_ready_lists_are_offered_and_nothing_is_written_by_looking(visit, place, url):
    page = text(visit(place.board).get(url))
    assert "The ready list" in page
    assert PRODUCT in page
    assert reasons_offered(place.host) == list(RETURN_REASONS)
    assert not ReturnReason.objects.exists()


def test_a_reason_is_added_once_and_the_ready_ones_stay(visit, place, url):
    for label in ("Chưa rõ kinh phí", "CHƯA RÕ KINH PHÍ"):
        visit(place.board).post(url, {"act": "add_reason", "label": label, "field": "solutions"})
    assert reasons_offered(place.host) == [*RETURN_REASONS, ("Chưa rõ kinh phí", "solutions")]
    assert "The ready list" not in text(visit(place.board).get(url))


def test_a_reason_is_ended_and_stays_where_it_was_given(visit, place, url):
    ask(place, place.pledge(), PRODUCT)
    for _ in range(2):
        visit(place.board).post(url, {"act": "end_reason", "named": PRODUCT})
    assert PRODUCT not in dict(reasons_offered(place.host))
    point = ReturnPoint.objects.get()
    assert (point.label, point.reason.label) == (PRODUCT, PRODUCT)
    assert "No longer offered" in text(visit(place.board).get(url))


def test_ending_all_offers_none_instead_of_the_ready_list(place, visit, url):
    for label, _field in RETURN_REASONS:
        visit(place.board).post(url, {"act": "end_reason", "named": label})
    assert reasons_offered(place.host) == []


def test_signs_are_added_and_taken_off(visit, place, url):
    for words in ("quét dọn", "quet don"):
        visit(place.board).post(url, {"act": "add_phrase", "text": words})
    assert sorted(phrases_of(place.host)) == sorted([*ROUTINE_PHRASES, "quét dọn"])
    visit(place.board).post(url, {"act": "drop_phrase", "named": "quét dọn"})
    assert sorted(phrases_of(place.host)) == sorted(ROUTINE_PHRASES)
    assert RoutinePhrase.objects.count() == len(ROUTINE_PHRASES)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "burn"},
        {"act": "add_reason", "label": ""},
        {"act": "add_reason", "label": "x" * 201},
        {"act": "add_reason", "label": "Chưa rõ", "field": "digest"},
        {"act": "add_phrase", "text": "  "},
        {"act": "end_reason"},
    ],
)
def test_what_does_not_hold_is_told(visit, place, url, data):
    assert visit(place.board).post(url, data).status_code == 422
    assert not ReturnReason.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_keeps_the_lists(visit, client, place, url, method):
    data = {"act": "add_phrase", "text": "quét dọn"}
    assert getattr(client, method)(url, data).status_code == 302
    assert getattr(visit(place.stranger), method)(url, data).status_code == 404
    for user in (place.recorder, place.inspector, place.cadre().user):
        assert getattr(visit(user), method)(url, data).status_code == 403
    assert visit(place.board).put(url).status_code == 405
    assert not RoutinePhrase.objects.exists()


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(
    visit, page_alone, place, url, n, django_assert_num_queries
):
    for no in range(n):
        visit(place.board).post(url, {"act": "add_reason", "label": f"Lý do {no}", "field": ""})
    client = visit(place.board)
    client.get(url)
    with django_assert_num_queries(8):
        client.get(url)
