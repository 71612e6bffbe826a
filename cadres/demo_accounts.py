"""The accounts that a demo offers on its sign-in page, and who may take one without a password.

Loading the demo leaves their list below var/ (`offer`); without it, off the loopback, or when DEMO
is not set, there is nothing to offer.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from cadres.models import User

LIST = "demo_accounts.json"
LOOPBACK = ("127.0.0.1", "::1")
OWN_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class DemoAccount:
    """A button: whose account, the role in words, and what waits there."""

    username: str
    label: str
    hint: str


def offer(accounts: Iterable[DemoAccount]) -> None:
    """Leave the list for the sign-in page, in the order of its buttons."""
    rows = [asdict(account) for account in accounts]
    _list().write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def offered(request: HttpRequest) -> list[DemoAccount]:
    """What this request may choose from; empty anywhere but on the machine of the demo itself."""
    host = urlsplit(f"//{request.get_host()}").hostname
    # A proxy on the same machine has the loopback's address too, and says whom it speaks for.
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META or settings.TRUSTED_PROXIES:
        return []
    at_home = request.META.get("REMOTE_ADDR") in LOOPBACK and host in OWN_HOSTS
    return _listed() if settings.DEMO and at_home else []


def account_offered(request: HttpRequest, username: str) -> User | None:
    """The account behind a button of the demo, or None when it is not offered here."""
    if username not in {account.username for account in offered(request)}:
        return None
    return User.objects.filter(username=username, is_active=True).first()


def _list() -> Path:
    return Path(settings.VAR) / LIST


def _listed() -> list[DemoAccount]:
    try:
        rows = json.loads(_list().read_text(encoding="utf-8"))
        return [DemoAccount(**row) for row in rows]
    except (OSError, ValueError, TypeError):
        return []
