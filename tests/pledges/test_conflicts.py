"""Two windows or two people on one draft: both texts stand side by side, and nobody is overwritten."""

import pytest

from pledges.states import PledgeStatus
from pledges.views.conflicts import compared
from tests.factories import UserFactory
from tests.pledges.factories import draft_of, pledge_in, secretary_of
from tests.pledges.pages import at, of_pledge, text


def labels(response):
    return [one.label for one in response.context["conflict"].differences]


def test_only_the_fields_that_differ_are_compared(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    opened = of_pledge(pledge, title="Chung", draft="1")
    visit(secretary_of(lead.unit)).post(at("edit", pledge), opened | {"product": "Của bí thư", "due": "q3"})
    response = visit(own).post(at("edit", pledge), opened | {"product": "Của tôi", "due": "q2"})
    assert labels(response) == ["Result, product", "Deadline"]
    page = text(response)
    assert "Quarter III" in page
    assert "data-autosave=" not in page


def test_who_saved_is_named_and_oneself_in_another_window_too(visit, tier, lead, own):
    pledge, by = draft_of(lead, tier, own), secretary_of(lead.unit)
    opened = of_pledge(pledge, draft="1")
    visit(by).post(at("edit", pledge), opened | {"title": "Khác"})
    response = visit(own).post(at("edit", pledge), opened)
    assert response.context["conflict"].who.startswith(by.display_name)
    again = visit(by).post(at("edit", pledge), opened)
    assert again.context["conflict"].who.startswith("You yourself")


def test_mine_replaces_the_other_only_when_chosen(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    opened = of_pledge(pledge, title="Của tôi", draft="1")
    visit(secretary_of(lead.unit)).post(at("edit", pledge), opened | {"title": "Của bí thư"})
    for _ in range(2):
        shown = visit(own).post(at("edit", pledge), opened)
        assert shown.status_code == 200
    pledge.refresh_from_db()
    assert pledge.title == "Của bí thư"
    chosen = opened | {"revision": shown.context["conflict"].revision}
    assert visit(own).post(at("edit", pledge), chosen)["Location"] == at("edit", pledge)
    pledge.refresh_from_db()
    assert pledge.title == "Của tôi"


def test_somebody_who_saves_between_the_choice_and_the_sending_is_shown_again(visit, tier, lead, own):
    pledge, by = draft_of(lead, tier, own), secretary_of(lead.unit)
    opened = of_pledge(pledge, title="Của tôi", draft="1")
    visit(by).post(at("edit", pledge), opened | {"title": "Một"})
    shown = visit(own).post(at("edit", pledge), opened)
    pledge.refresh_from_db()
    visit(by).post(at("edit", pledge), of_pledge(pledge, title="Hai", draft="1"))
    again = visit(own).post(
        at("edit", pledge), opened | {"revision": shown.context["form"]["revision"].value()}
    )
    assert "Hai" in text(again)
    pledge.refresh_from_db()
    assert pledge.title == "Hai"


def test_what_was_sent_meanwhile_cannot_be_replaced(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    opened = of_pledge(pledge, title="Của tôi")
    visit(secretary_of(lead.unit)).post(at("edit", pledge), opened | {"title": "Của bí thư"})
    response = visit(own).post(at("edit", pledge), opened)
    assert response.context["conflict"].may_replace is False
    assert "data-take-mine" not in text(response)
    pledge.refresh_from_db()
    assert (pledge.title, pledge.status) == ("Của bí thư", PledgeStatus.SUBMITTED)


def test_the_same_words_in_two_windows_are_no_conflict(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own)
    opened = of_pledge(pledge, title="Như nhau", draft="1")
    for user in (own, secretary_of(lead.unit)):
        assert visit(user).post(at("edit", pledge), opened).status_code == 302


def test_a_returned_pledge_is_compared_too(visit, tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    opened = of_pledge(pledge, draft="1")
    visit(secretary_of(lead.unit)).post(at("edit", pledge), opened | {"product": "Xóa 2 điểm"})
    response = visit(own).post(at("edit", pledge), opened | {"product": "Xóa 3 điểm"})
    assert labels(response) == ["Result, product"]


def test_a_stranger_gets_nothing_of_it(visit, tier, lead, own):
    pledge = draft_of(lead, tier, own, content={"title": "Việc riêng"})
    response = visit(UserFactory()).post(at("edit", pledge), of_pledge(pledge))
    assert response.status_code == 404
    assert "Việc riêng" not in text(response)


@pytest.mark.parametrize(
    ("mine", "theirs", "marked"),
    [
        ("xóa 1 điểm", "xóa 2 điểm", (["1"], ["2"])),
        ("xóa 1 điểm", "xóa 1 điểm rác", ([], ["rác"])),
        ("", "xóa", ([], ["xóa"])),
        ("một\nhai", "một hai", ([], [])),
    ],
)
def test_words_are_marked_where_the_other_lacks_them(mine, theirs, marked):
    sides = compared(mine, theirs)
    assert tuple([piece.text for piece in side if piece.differs] for side in sides) == marked
    assert "".join(piece.text for piece in sides[0]) == mine
