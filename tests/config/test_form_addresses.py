"""An address that only takes forms, opened as a page: told in words, still refused."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "a stranger"])
def test_an_address_of_forms_answers_with_a_page(client, signed_in):
    if signed_in:
        client.force_login(UserFactory())
    response = client.get(reverse("set_language"))
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "data-error-page" in response.content.decode()


def test_what_is_not_asked_for_as_a_page_stays_short(client):
    assert client.put(reverse("health")).content == b""
