"""A unit whose list a committee awaits, as its page shows it."""

import re
from dataclasses import dataclass

from cadres.models import Office, Unit
from cadres.rates import Rate
from pledges.amendments import Amendment
from pledges.committee_figures import Below
from pledges.models import Docket, SentList


@dataclass(frozen=True)
class ListRow:
    """A unit whose list is awaited: how far it has come, whom to call, what was asked to be amended."""

    unit: Unit
    sent: SentList | None
    secretary: Office | None
    docket: Docket | None
    amendment: Amendment | None
    below: Below | None
    people: Rate | None

    @property
    def phone(self) -> str:
        """The secretary's telephone, or the organisation's own."""
        return (self.secretary.member.phone if self.secretary else "") or self.unit.phone

    @property
    def dial(self) -> str:
        """What a telephone dials: nothing but digits and the sign of a country."""
        return re.sub(r"[^0-9+]", "", self.phone)

    @property
    def state(self) -> str:
        """One word for the pill: to amend, not sent, on a docket, sent, endorsed."""
        if self.sent is None:
            return "returned" if self.amendment else "not_sent"
        if self.sent.endorsed_by_id:
            return "approved"
        return "pending" if self.docket else "sent"
