"""The reminder for the chat: how many and until when, and nothing about anybody."""

from datetime import date

import pytest

from cadres.roles import Role
from pledges.states import PledgeStatus
from pledges.views.cell_reminder import reminder
from pledges.views.cell_rows import read_list
from tests.factories import MemberFactory, user_with
from tests.pledges.factories import DAY, cell_of, pledge_in, pledge_of, secretary_of
from tests.pledges.pages import of_cell, text


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def by(cell):
    return secretary_of(cell)


@pytest.fixture
def told(tier, cell, by, settings):
    """The text on a day, in English as the code has it."""
    settings.LANGUAGE_CODE = "en"

    def read(day=DAY):
        return reminder(cell, tier.campaign, read_list(by, cell, tier, day), day)

    return read


def test_it_counts_who_is_awaited_and_names_nobody(tier, cell, by, told):
    people = [MemberFactory(unit=cell, card_number=f"0123456{no}") for no in range(3)]
    pledge_of(MemberFactory(unit=cell), tier, by)
    returned = pledge_in(PledgeStatus.RETURNED, MemberFactory(unit=cell), tier, by)
    words = told()
    assert f"{cell.name}: 3 comrades have not registered" in words
    assert f"{cell.name}: 1 registration is to be amended." in words
    assert "before 31/03/2024 (5 days left)" in words
    for member in (*people, returned.lead_member):
        for secret in (
            member.name,
            member.given_name,
            member.card_number,
            member.code,
            str(member.birth_year),
        ):
            assert not secret or secret not in words.replace(cell.name, "")
    assert returned.title not in words


def test_the_last_day_is_said_as_today(cell, told):
    MemberFactory(unit=cell)
    assert "today: it is the last day" in told(date(2024, 3, 31))


def test_nobody_is_reminded_when_nobody_is_awaited_or_the_window_is_over(tier, cell, by, told):
    member = MemberFactory(unit=cell)
    assert told(date(2024, 4, 1)) == ""
    pledge_of(member, tier, by)
    assert told() == ""


def test_the_page_of_the_cell_offers_it_to_the_secretary_alone(visit, tier, cell, by):
    MemberFactory(unit=cell)
    assert "has not registered a new task" in text(visit(by).get(of_cell("cell", tier, cell)))
    officer = user_with(Role.GRASSROOTS_OFFICER, unit=cell.parent)
    assert "has not registered a new task" not in text(visit(officer).get(of_cell("cell", tier, cell)))
