"""Words of what is told about figures."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadres.models import Notification, User
from cadres.notice_kinds import Data, Kind, Words
from cadres.templatetags.display import number
from reports.models import FigureCheck


def _differ(data: Data) -> Words:
    n = int(data["n"])
    title = ngettext(
        "The nightly check found %(n)s figure that differs.",
        "The nightly check found %(n)s figures that differ.",
        n,
    )
    detail = _("Do not sign figures before they are repaired; the page says how.")
    return Words(title % {"n": number(n)}, detail, _("Open the check"))


def _last_differs(_user: User, notices: Sequence[Notification], _day: date) -> set[int]:
    """The cause holds until a check finds nothing."""
    last = FigureCheck.objects.first()
    return {notice.pk for notice in notices} if last and last.differences else set()


def _ready(_data: Data) -> Words:
    detail = _("It is kept for some days and can be fetched by you only.")
    return Words(_("The list that you asked for is ready."), detail, _("Open the list"))


def _closed(_data: Data) -> Words:
    return Words(_("The closing that you asked for is made."), action=_("Open the closing"))


KINDS = {
    "figures_differ": Kind(_differ, gettext_lazy("figures differ"), _last_differs),
    "export_ready": Kind(_ready, gettext_lazy("a list is ready")),
    "closing_made": Kind(_closed, gettext_lazy("a closing is made")),
}
