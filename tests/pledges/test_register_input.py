"""What the short form refuses, and that nothing typed is lost; deadlines, text as it is kept."""

from datetime import date

import pytest
from django.urls import reverse

from pledges.forms.register import ShortForm, periods_left
from pledges.models import (
    Pledge,
)
from tests.pledges.factories import (
    draft_of,
)
from tests.pledges.pages import TITLE, answers, text


@pytest.fixture
def url(tier, lead):
    return reverse("pledges:register", args=[tier.campaign.code, lead.code])


WRONG = {
    "no task": ({"title": " "}, "title"),
    "a task that is invisible": ({"title": "\u200b\u00a0"}, "title"),
    "60,000 characters pasted": ({"title": "việc " * 12000}, "title"),
    "no kind": ({"novelty": ""}, "novelty"),
    "a kind that is none": ({"novelty": "easy"}, "novelty"),
    "no product": ({"product": ""}, "product"),
    "no deadline": ({"due": ""}, "due"),
    "a quarter that is over": ({"due": "q1"}, "due"),
    "an impossible day": ({"due": "day", "due_on": "31/02/2024"}, "due_on"),
    "a day of another year": ({"due": "day", "due_on": "30/06/2025"}, "due_on"),
    "a day that is over": ({"due": "day", "due_on": "25/03/2024"}, "due_on"),
    "no day where one is asked for": ({"due": "day", "due_on": ""}, "due_on"),
    "a quarter and a day": ({"due": "q2", "due_on": "30/09/2024"}, "due_on"),
    "a quarter and an impossible day": ({"due": "q2", "due_on": "31/02/2024"}, "due_on"),
    "a ref that is none": ({"ref": "1"}, "ref"),
}


@pytest.mark.parametrize(("wrong", "field"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_said_at_its_field_and_nothing_typed_is_lost(visit, url, own, wrong, field):
    response = visit(own).post(url, answers(**wrong))
    assert response.status_code == 200
    form = response.context["form"]
    assert list(form.errors) == [field]
    typed = answers(**wrong)
    for name in ("title", "product", "due_on"):
        assert form[name].value() == typed[name]
    assert not Pledge.objects.exists()


def test_sixty_thousand_characters_are_told_with_both_numbers(visit, url, own):
    response = visit(own).post(url, answers(title="x" * 60000))
    assert "At most 2,000 characters; 60,000 were typed" in text(response)
    assert "maxlength" not in str(response.context["form"]["title"])


def test_beside_a_quarter_any_day_is_one_too_many(visit, url, own):
    for day in ("30/09/2024", "31/02/2024"):
        response = visit(own).post(url, answers(due="q2", due_on=day))
        assert response.context["form"].errors["due_on"] == ["Either a quarter or a day, please, not both."]


def test_the_impossible_day_says_why(visit, url, own):
    response = visit(own).post(url, answers(due="day", due_on="30/02/2024"))
    assert "month 2/2024 has only 29 days" in text(response)


@pytest.mark.parametrize(
    ("due", "due_on", "kept"),
    [
        ("q2", "", ("quarter", date(2024, 6, 30))),
        ("q4", "", ("quarter", date(2024, 12, 31))),
        ("year", "", ("year", date(2024, 12, 31))),
        ("day", "15/8/2024", ("day", date(2024, 8, 15))),
        ("", "15.8.2024", ("day", date(2024, 8, 15))),
    ],
)
def test_deadlines(visit, url, own, due, due_on, kept):
    visit(own).post(url, answers(due=due, due_on=due_on))
    pledge = Pledge.objects.get()
    assert (pledge.due_kind, pledge.due_on) == kept


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2024, 3, 26), ["q2", "q3", "q4", "year"]),
        (date(2024, 6, 30), ["q2", "q3", "q4", "year"]),
        (date(2024, 7, 1), ["q3", "q4", "year"]),
        (date(2024, 10, 1), ["q4", "year"]),
    ],
)
def test_a_quarter_that_is_over_is_not_offered(day, left):
    assert periods_left(2024, day) == left


def test_a_deadline_stated_for_the_first_quarter_is_still_offered_while_it_lasts(tier, lead, own):
    content = {"due_on": date(2024, 3, 31)}
    pledge = draft_of(lead, tier, own, content=content)
    forms = [
        ShortForm(campaign=tier.campaign, day=day, pledge=pledge)
        for day in (date(2024, 3, 31), date(2024, 4, 1))
    ]
    assert ["q1" in form.offered for form in forms] == [True, False]


def test_text_is_cleaned_at_the_door(visit, url, own):
    visit(own).post(url, answers(title="  Vận  động\u00a0hộ \r\n\r\n\r\n\r\n ngõ 5 ", product="6\u200b  đèn"))
    pledge = Pledge.objects.get()
    assert (pledge.title, pledge.product) == ("Vận động hộ\n\nngõ 5", "6 đèn")


def test_the_read_back_says_what_will_be_sent(visit, url, own):
    response = visit(own).post(url, answers(ref="x"))
    assert response.context["read_back"] == {
        "title": TITLE,
        "novelty": "a difficult task",
        "product": "Xóa 1 điểm",
        "due": "quarter II/2024",
    }
