"""What every act on a set of pledges takes and answers."""

from dataclasses import dataclass, field
from datetime import date, datetime

from cadres import clock
from cadres.models import User
from pledges.models import Channel, Docket, Pledge

CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class Act:
    """Who did it, on which day it happened (None: the paper does not say), and how it came here."""

    by: User | None
    on: date | None
    channel: Channel = Channel.WEB
    docket: Docket | None = None
    at: datetime = field(default_factory=clock.now)


@dataclass(frozen=True)
class Refused:
    """A pledge that was not touched, and why, in the reader's language."""

    pledge_id: int
    reason: str


@dataclass
class Acted:
    """What came of an act: pledges changed, pledges already so, pledges refused with the reason."""

    done: list[Pledge] = field(default_factory=list)
    unchanged: list[Pledge] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


class StaleError(ValueError):
    """The form was opened before somebody else saved: nothing is overwritten."""


class NotAllowedError(ValueError):
    """The rule that forbids it, told to the person."""
