"""Words of what is told about long jobs; what they were stands on their pages."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.notice_kinds import Data, Kind, Words


def _failed(_data: Data) -> Words:
    return Words(_("What you asked for could not be done."), _("The page says why."), _("Open the page"))


def _checked(_data: Data) -> Words:
    return Words(
        _("The list that you brought in has been checked."),
        _("Read what it changes, then confirm it."),
        _("Open the list"),
    )


def _written(_data: Data) -> Words:
    return Words(_("The list that you brought in has been written."), action=_("Open the list"))


KINDS = {
    "job_failed": Kind(_failed, gettext_lazy("something was not done")),
    "list_checked": Kind(_checked, gettext_lazy("a list was checked")),
    "list_written": Kind(_written, gettext_lazy("a list was written")),
}
