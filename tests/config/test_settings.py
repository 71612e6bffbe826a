"""A production site starts only with safe settings, any site only with settings that make sense."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.env import env_bool, env_list, env_text, postgres, smtp

SAFE = {"PRODUCTION": "True", "SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "pledges.example.org"}
NAMES = (
    "DEBUG",
    "ALLOWED_HOSTS",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "CELERY_BROKER_URL",
)


def load(var, **env):
    """Load the settings in a new process; its result, with the values of NAMES on the last line."""
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    code = (
        "import json, django; from config import settings as s; from django.conf import settings;"
        f"print(json.dumps({{n: getattr(settings, n) for n in {NAMES}}}))"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env=clean | {"VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings"} | env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("env", "complaint"),
    [
        ({"DEBUG": "True"}, "DEBUG and DEMO must be False in production"),
        ({"DEMO": "True"}, "DEBUG and DEMO must be False in production"),
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set"),
        ({"SECRET_KEY": "k" * 39}, "at least 40 characters"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name the hosts"),
        ({"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS must name the hosts"),
        ({"ALLOWED_HOSTS": "pledges.example.org,*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"PRODUCTION": "yes"}, "PRODUCTION must be True or False"),
        ({"DATABASE_URL": "mysql://site@localhost/site"}, "DATABASE_URL must begin with postgres://"),
        ({"EMAIL_URL": "http://mail.example.org"}, "EMAIL_URL must begin with smtp:// or smtps://"),
    ],
)
def test_unsafe_production_refuses_to_start(tmp_path, env, complaint):
    result = load(tmp_path, **SAFE | env)
    assert result.returncode == 1
    assert complaint in result.stderr.splitlines()[-1]


def test_safe_production_starts_with_everything_closed(tmp_path):
    result = load(tmp_path, **SAFE, REDIS_URL="redis://redis:6379/0")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["pledges.example.org"],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "CELERY_BROKER_URL": "redis://redis:6379/0",
    }
    # Nothing that production must be given is made up on the way.
    assert not (tmp_path / "secret_key").exists()


def test_embedded_site_starts_with_nothing_set_and_keeps_its_secret(tmp_path):
    assert load(tmp_path).returncode == 0
    secret = (tmp_path / "secret_key").read_text()
    assert len(secret) >= 40
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert load(tmp_path).returncode == 0
    assert (tmp_path / "secret_key").read_text() == secret


def test_value_of_a_file_wins_over_the_variable(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("SITE_SECRET", "from the variable")
    assert env_text("SITE_SECRET") == "from the variable"
    monkeypatch.setenv("SITE_SECRET_FILE", str(tmp_path / "secret"))
    assert env_text("SITE_SECRET") == "from the file"


@pytest.mark.parametrize("text", ["1", "true", "no", ""])
def test_only_the_words_true_and_false_are_understood(monkeypatch, text):
    monkeypatch.setenv("SITE_FLAG", text)
    with pytest.raises(ImproperlyConfigured, match="SITE_FLAG must be True or False"):
        env_bool("SITE_FLAG", default=False)


def test_list_drops_blanks(monkeypatch):
    monkeypatch.setenv("SITE_LIST", " a.example.org, ,b.example.org,")
    assert env_list("SITE_LIST") == ["a.example.org", "b.example.org"]


def test_parts_of_a_database_address_are_unquoted():
    database = postgres("postgres://si%40te:p%2Fw%3A@db.example.org:5433/pledges?sslmode=require")
    assert (database["USER"], database["PASSWORD"]) == ("si@te", "p/w:")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example.org", "5433", "pledges")
    assert database["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://mail.example.org", (587, True, False)),
        ("smtp://mail.example.org:25?tls=none", (25, False, False)),
        ("smtps://mail.example.org", (465, False, True)),
        ("smtps://mail.example.org:4650", (4650, False, True)),
    ],
)
def test_a_mail_server_is_spoken_to_in_secret_unless_told_otherwise(url, wanted):
    mail = smtp(url)
    assert (mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == wanted
    assert mail["EMAIL_HOST"] == "mail.example.org"


def test_parts_of_a_mail_address_are_unquoted():
    mail = smtp("smtp://no-reply%40example.org:p%2Fw%3A@mail.example.org")
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]) == ("no-reply@example.org", "p/w:")


@pytest.mark.parametrize("url", ["smtp://", "smtp://m?tls=no", "smtp://m?ssl=1", "smtps://m?tls=maybe", "m"])
def test_a_mail_address_that_is_not_understood_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        smtp(url)


MAIL = ("EMAIL_BACKEND", "SENDS_MAIL", "SITE_URL", "DEFAULT_FROM_EMAIL")


@pytest.mark.parametrize(
    ("env", "wanted"),
    [
        ({}, ("cadres.mail_files.FileBackend", True, "http://127.0.0.1:8000/", "no-reply@127.0.0.1")),
        (SAFE, ("cadres.mail_files.FileBackend", False, "https://pledges.example.org/", None)),
        (
            SAFE | {"EMAIL_URL": "smtp://m.example.org", "MAIL_FROM": "vmvk@example.org"},
            ("django.core.mail.backends.smtp.EmailBackend", True, None, "vmvk@example.org"),
        ),
    ],
    ids=["embedded", "production without a server", "production"],
)
def test_letters_go_where_the_place_says(tmp_path, monkeypatch, env, wanted):
    monkeypatch.setattr(sys.modules[__name__], "NAMES", MAIL)
    result = load(tmp_path, **env)
    assert result.returncode == 0, result.stderr
    found = tuple(json.loads(result.stdout).values())
    assert [one for one, other in zip(found, wanted, strict=True) if other is not None and one != other] == []
