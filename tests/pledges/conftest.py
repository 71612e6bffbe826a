"""What tests share: a member in a cell, the day of the campaign, pages in English as the code has them."""

import pytest

from tests.factories import MemberFactory, UserFactory
from tests.pledges.factories import DAY, CampaignFactory, cell_of, members_tier


@pytest.fixture
def on_the_day(settings):
    """The site lives on 26/03/2024, inside the window of the factories' campaigns."""
    settings.SITE_TODAY = DAY
    return DAY


@pytest.fixture
def visit(client, on_the_day, settings):
    """Sign somebody in; returns the client that reads English."""

    def sign_in(user):
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in


@pytest.fixture
def tier(db):
    """The members' tier of a campaign that is open."""
    return members_tier(CampaignFactory())


@pytest.fixture
def lead(tier):
    """A member of a cell of the campaign's host."""
    return MemberFactory(unit=cell_of(tier.campaign))


@pytest.fixture
def own(lead):
    """The account of that member."""
    return UserFactory(member=lead)


@pytest.fixture
def page_alone(monkeypatch):
    """Pages without the navigation, which is counted in its own test: what is left is the page's own cost."""
    monkeypatch.setattr("config.context.navigation", lambda request: None)
