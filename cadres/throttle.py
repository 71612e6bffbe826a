"""Two limits of wrong sign-ins: five of a name from one address, thirty of a name from anywhere.

django-axes measures every set of lock-out parameters by one and the same limit, so a looser limit
cannot be told to it by settings. Here thirty wrong tries from anywhere weigh as much as five from
one address; locking, cool-off and the answer 429 stay its own. Of what was typed nothing is kept.
"""

from ipaddress import ip_address
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, QueryDict

LIMIT_FROM_ANYWHERE = 30


def client_address(request: HttpRequest) -> str:
    """Whose tries are counted together: the address of the connection.

    Behind TRUSTED_PROXIES proxies it is what the outermost of them wrote into X-Forwarded-For; what
    stands further left in it comes from the caller, who may write there what he likes.
    """
    direct: str = request.META["REMOTE_ADDR"]
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if not 0 < settings.TRUSTED_PROXIES <= len(hops):
        return direct
    try:
        return str(ip_address(hops[-settings.TRUSTED_PROXIES].strip()))
    except ValueError:
        return direct


class TwoLimits(AxesDatabaseHandler):
    """Counts wrong tries of (name, address) and, more loosely, of the name alone."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The larger of both counts, in tries from one address."""
        here: int = super().get_failures(request, credentials)
        tries = AccessAttempt.objects.filter(
            username=get_client_username(request, credentials),
            attempt_time__gte=get_cool_off_threshold(request),
        )
        anywhere = tries.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
        return max(here, anywhere * get_failure_limit(request, credentials) // LIMIT_FROM_ANYWHERE)

    def user_login_failed(
        self, sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """Count the try without its form, which may hold a password that is nearly right."""
        if request is None:
            return
        typed = request.POST
        request.POST = QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        finally:
            request.POST = typed
