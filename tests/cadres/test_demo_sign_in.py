"""The demo's sign-in buttons: one a role, on the machine of the demo itself and nowhere else."""

import pytest

from cadres.demo_accounts import LIST, DemoAccount, offer
from tests.cadres.offices import browser
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"
DEMO = DemoAccount("nguyenvanan", "Bí thư chi bộ", "5 đồng chí chưa đăng ký")


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO, settings.VAR = True, tmp_path
    settings.ALLOWED_HOSTS = ["localhost", "viecmoi.example.org"]
    offer([DEMO])
    for username in (DEMO.username, "khongco"):
        UserFactory(username=username)


def test_the_demo_shows_one_button_a_role_and_signs_in_with_it(demo):
    client = browser()
    page = client.get(SIGN_IN, SERVER_NAME="localhost")
    assert page.context["offered"] == [DEMO]
    assert "5 đồng chí chưa đăng ký" in page.content.decode()
    response = client.post("/sign-in/demo/", {"username": DEMO.username}, SERVER_NAME="localhost")
    assert response.url == "/"
    assert is_in(client)


@pytest.mark.parametrize(
    ("on", "host", "address", "username"),
    [
        (False, "localhost", "127.0.0.1", "nguyenvanan"),
        (True, "viecmoi.example.org", "127.0.0.1", "nguyenvanan"),
        (True, "localhost", "10.0.0.7", "nguyenvanan"),
        (True, "localhost", "127.0.0.1", "khongco"),
        (True, "localhost", "127.0.0.1", ""),
    ],
    ids=["no demo", "other host", "other address", "not on the list", "nobody"],
)
def test_elsewhere_the_demo_offers_nothing(demo, settings, on, host, address, username):
    settings.DEMO = on
    client = browser()
    data = {"username": username}
    response = client.post("/sign-in/demo/", data, SERVER_NAME=host, REMOTE_ADDR=address)
    assert response.status_code == 404
    assert not is_in(client)
    if username == DEMO.username:
        assert client.get(SIGN_IN, SERVER_NAME=host, REMOTE_ADDR=address).context["offered"] == []


@pytest.mark.parametrize("text", [None, "", "sqlite :: db", '{"a": 1}', '[{"username": "x"}]', "[1]"])
def test_a_missing_or_strange_list_of_demo_accounts_offers_nothing(demo, tmp_path, text):
    (tmp_path / LIST).unlink()
    if text is not None:
        (tmp_path / LIST).write_text(text)
    page = browser().get(SIGN_IN, SERVER_NAME="localhost")
    assert page.context["offered"] == []
