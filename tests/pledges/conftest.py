"""What tests of pages share: the day of the campaign, and pages in English, whose words are in the code."""

import pytest

from tests.pledges.factories import DAY


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
