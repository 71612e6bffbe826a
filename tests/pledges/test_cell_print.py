"""The cell's list on paper: what it says once, and who signs it."""

from datetime import date

import pytest
from django.utils.html import strip_tags

from cadres.models import Office, OfficeKind
from pledges.states import PledgeStatus
from tests.factories import MemberFactory
from tests.pledges.factories import cell_of, pledge_in, secretary_of
from tests.pledges.pages import of_cell, text


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def by(cell):
    return secretary_of(cell)


def to_sign(tier, cell):
    return of_cell("cell_print", tier, cell) + "?for=signing"


def words(response):
    return " ".join(strip_tags(text(response)).split())


def test_paper_says_a_status_once_when_all_tasks_share_it(visit, tier, cell, by):
    client, url = visit(by), to_sign(tier, cell)
    for _ in range(2):
        pledge_in(PledgeStatus.SUBMITTED, MemberFactory(unit=cell), tier, by)
    page = words(client.get(url))
    assert page.count("Registered, awaiting the cell") == 1
    assert "unless the line says otherwise" not in page
    pledge_in(PledgeStatus.RETURNED, MemberFactory(unit=cell), tier, by)
    assert "Registered, awaiting the cell, unless the line says otherwise" in words(client.get(url))
    pledge_in(PledgeStatus.APPROVED, MemberFactory(unit=cell), tier, by)
    page = words(client.get(url))
    assert page.count("Registered, awaiting the cell") == 2
    assert "Status:" not in page


def test_paper_ends_with_the_name_of_the_secretary(visit, tier, cell, by):
    client, url = visit(by), to_sign(tier, cell)
    assert words(client.get(url)).endswith(" Secretary")
    member = MemberFactory(unit=cell)
    Office.objects.create(member=member, unit=cell, kind=OfficeKind.SECRETARY, start=date(2024, 1, 1))
    assert words(client.get(url)).endswith(f" Secretary {member.name}")
