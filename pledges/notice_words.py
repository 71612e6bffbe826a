"""Words of what is told about pledges, lists and dockets; names, titles and reasons stand on the page."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from cadres.notice_kinds import Data, Kind, Words
from cadres.templatetags.display import number
from pledges import outstanding
from pledges.states import Outcome

CAN_BE_AMENDED = gettext_lazy("The page says what is to be amended. Amend it and send it again.")


def _amend_asked(data: Data) -> Words:
    n = int(data["n"])
    title = ngettext(
        "An amendment is asked for to %(n)s registration.",
        "An amendment is asked for to %(n)s registrations.",
        n,
    )
    return Words(title % {"n": number(n)}, str(CAN_BE_AMENDED), _open_of(n))


def _open_of(n: int) -> str:
    return _("Open the registration") if n == 1 else _("Open the registrations")


def _decided(data: Data) -> Words:
    """How many of the account's registrations got which outcome."""
    n = sum(int(count) for count in data["outcomes"].values())
    title = ngettext(
        "A meeting has decided on %(n)s registration.", "A meeting has decided on %(n)s registrations.", n
    )
    words = _cell_outcomes() if data.get("cell") else _outcomes()
    parts = [f"{words.get(code, code)}: {number(int(count))}" for code, count in data["outcomes"].items()]
    detail = ", ".join(parts).capitalize() + "."
    if data["outcomes"].get(Outcome.RETURN):
        detail = f"{detail} {CAN_BE_AMENDED}"
    return Words(title % {"n": number(n)}, detail, _open_of(n))


def _outcomes() -> dict[str, str]:
    return {
        Outcome.APPROVE: _("approved"),
        Outcome.RETURN: _("amendment asked for"),
        Outcome.REJECT: _("not approved"),
        Outcome.HOLD: _("held over"),
    }


def _cell_outcomes() -> dict[str, str]:
    return _outcomes() | {
        Outcome.APPROVE: str(pgettext_lazy("outcome in the cell", "adopted")),
        Outcome.REJECT: str(pgettext_lazy("outcome in the cell", "not adopted")),
    }


def _corrected(data: Data) -> Words:
    words = _decided(data)
    return Words(
        _("A new act corrects an earlier decision on your registration."), words.detail, words.action
    )


def _issued(data: Data) -> Words:
    n = int(data["n"])
    title = ngettext(
        "The document with the decision on %(n)s registration has been issued.",
        "The document with the decision on %(n)s registrations has been issued.",
        n,
    )
    detail = _("Number %(number)s of %(day)s.") % {"number": data["number"], "day": data["on"]}
    return Words(title % {"n": number(n)}, detail, _open_of(n))


def _list_amend(_data: Data) -> Words:
    return Words(
        _("The level above asks for an amendment of your list."),
        _("The page says what is to be amended. The list counts as sent once you send it again."),
        _("Open the list"),
    )


def _list_sent(_data: Data) -> Words:
    return Words(_("A list has been sent to you."), _("It awaits the endorsement."), _("Open the lists"))


def _docket_opened(data: Data) -> Words:
    return Words(_("A docket asks for your opinion."), _lines(int(data["lines"])), _("Open the docket"))


def _lines(n: int) -> str:
    return ngettext("%(n)s line to read.", "%(n)s lines to read.", n) % {"n": number(n)}


def _awaits_number(data: Data) -> Words:
    return Words(
        _("A meeting has been recorded; its document awaits a number."),
        _("Number and date are entered once the document is signed."),
        _("Open the docket"),
    )


def _desk_done(_data: Data) -> Words:
    return Words(
        _("What you asked for at the desk is done."),
        _("The page says what was left out, and why."),
        _("Open the page"),
    )


def _remind_register(data: Data) -> Words:
    return Words(
        _("You have not registered a task yet."),
        _until(data),
        _("Register now"),
    )


def _until(data: Data) -> str:
    return _("Registration is open until %(day)s.") % {"day": data["until"]}


def _remind_cell(data: Data) -> Words:
    n = int(data["missing"])
    if not n:
        title = _("The list of your cell has not been sent yet.")
    else:
        title = ngettext(
            "%(n)s member of your cell has not registered yet.",
            "%(n)s members of your cell have not registered yet.",
            n,
        ) % {"n": number(n)}
    return Words(title, _until(data), _("Open the list"))


def _remind_opinion(data: Data) -> Words:
    return Words(
        _("A docket still awaits your opinion."),
        _("It was opened on %(day)s.") % {"day": data["since"]},
        _("Open the docket"),
    )


def _remind_number(data: Data) -> Words:
    return Words(
        _("A document still awaits its number."),
        _("The meeting was recorded on %(day)s.") % {"day": data["since"]},
        _("Open the docket"),
    )


def _obstacle(data: Data) -> Words:
    return Words(
        _("Your organisation is asked to remove an obstacle."),
        _("It has stood in the way of a task since %(day)s.") % {"day": data["since"]},
        _("Open the obstacle"),
    )


def _obstacle_again(data: Data) -> Words:
    times = int(data["times"])
    title = ngettext(
        "Your organisation has been asked %(n)s time to remove an obstacle.",
        "Your organisation has been asked %(n)s times to remove an obstacle.",
        times,
    )
    words = _obstacle(data)
    return Words(title % {"n": number(times)}, words.detail, words.action)


def _unblocked(data: Data) -> Words:
    n = int(data["n"])
    title = ngettext(
        "An obstacle to %(n)s of your tasks has been removed.",
        "Obstacles to %(n)s of your tasks have been removed.",
        n,
    )
    return Words(title % {"n": number(n)}, _("The page says how."), _open_of(n))


KINDS = {
    "amend_asked": Kind(_amend_asked, gettext_lazy("amendment asked for")),
    "decided": Kind(_decided, gettext_lazy("a meeting has decided")),
    "corrected": Kind(_corrected, gettext_lazy("a decision was corrected")),
    "issued": Kind(_issued, gettext_lazy("a document was issued")),
    "list_amend": Kind(_list_amend, gettext_lazy("a list is to be amended")),
    "list_sent": Kind(_list_sent, gettext_lazy("a list was sent")),
    "docket_opened": Kind(_docket_opened, gettext_lazy("an opinion is asked for"), outstanding.opinions),
    "awaits_number": Kind(_awaits_number, gettext_lazy("a document awaits its number"), outstanding.numbers),
    "obstacle": Kind(_obstacle, gettext_lazy("an obstacle is to be removed"), outstanding.obstacles),
    "obstacle_again": Kind(
        _obstacle_again, gettext_lazy("an obstacle is still to be removed"), outstanding.obstacles
    ),
    "unblocked": Kind(_unblocked, gettext_lazy("an obstacle was removed")),
    "desk_done": Kind(_desk_done, gettext_lazy("done at the desk")),
    "remind_register": Kind(_remind_register, gettext_lazy("reminder"), outstanding.registrations),
    "remind_cell": Kind(_remind_cell, gettext_lazy("reminder"), outstanding.cells),
    "remind_opinion": Kind(_remind_opinion, gettext_lazy("reminder"), outstanding.opinions),
    "remind_number": Kind(_remind_number, gettext_lazy("reminder"), outstanding.numbers),
}
