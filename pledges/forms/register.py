"""What both registration forms share, and the short form of members (four questions)."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cadres.dates import due_label, parse_due
from pledges import rules
from pledges.content import CONTENT_FIELDS, Parts
from pledges.forms.fields import DayIfChosen, FormRef, Words
from pledges.models import Campaign, DueKind, Novelty, Pledge, Suggestion
from pledges.sources import backlog_of
from pledges.states import PledgeStatus
from pledges.words import NOVELTY_PHRASES

TITLE_LIMIT = 2000
ON_A_DAY = "day"
# What is true of a task that goes on, and not of another one like it.
OF_THE_TASK = ("backlog_since", "directive")
# Deadlines to choose from, each as `parse_due` reads it.
PERIODS = {"q1": "quý I", "q2": "quý II", "q3": "quý III", "q4": "quý IV", "year": "cả năm"}
OFFERED = ("q2", "q3", "q4", "year")
PERIOD_LABELS = {
    "q1": pgettext_lazy("deadline", "Quarter I"),
    "q2": pgettext_lazy("deadline", "Quarter II"),
    "q3": pgettext_lazy("deadline", "Quarter III"),
    "q4": pgettext_lazy("deadline", "Quarter IV"),
    "year": pgettext_lazy("deadline", "The whole year"),
    ON_A_DAY: pgettext_lazy("deadline", "On a certain day"),
}


def periods_left(year: int, day: date) -> list[str]:
    """Deadlines still ahead: never a quarter that is already over."""
    return [key for key in OFFERED if parse_due(PERIODS[key], year).due_on >= day]


def period_of(pledge: Pledge) -> str:
    """Which of the choices the stated deadline is; empty when none was stated."""
    if pledge.due_on is None:
        return ""
    if pledge.due_kind == DueKind.YEAR:
        return "year"
    return f"q{(pledge.due_on.month + 2) // 3}" if pledge.due_kind == DueKind.QUARTER else ON_A_DAY


class PledgeForm(forms.Form):
    """What both forms share: the form's own ref, the revision it was opened with, the deadline.

    `draft` asks only for what a draft needs. A pledge that was returned stays complete, so for it
    nothing is waived. `source` fills the answers in for the first time. `carries` is the earlier
    pledge that this one goes on with: a tick that can be taken off.
    """

    use_required_attribute = False
    newer: Pledge | None = None
    # What belongs to the year in which it was written and is not taken over into another.
    of_its_year: tuple[str, ...] = ("revision", "due_on", "start_on")

    ref = FormRef()
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    carry = forms.UUIDField(widget=forms.HiddenInput, required=False)
    carried_from = forms.BooleanField(required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        campaign: Campaign,
        day: date,
        pledge: Pledge | None = None,
        draft: bool = False,
        source: Pledge | Suggestion | None = None,
        carries: Pledge | None = None,
    ) -> None:
        self.campaign, self.day, self.pledge, self.carries = campaign, day, pledge, carries
        self.sends = not draft
        self.draft = draft and (pledge is None or pledge.status == PledgeStatus.DRAFT)
        if data is not None and data.get("due_on") and not data.get("due"):
            data = data.copy()
            data["due"] = ON_A_DAY
        super().__init__(data, initial=self._taken(source) if source else self._initial(pledge))
        self._offer_periods()
        self._offer_carrying()

    def _taken(self, source: Pledge | Suggestion) -> dict[str, Any]:
        """The first answers from an earlier pledge, or from a suggestion of the committee."""
        if isinstance(source, Suggestion):
            told = {"title": source.title, "product": source.product, "theme": source.theme_id}
            return told | {"ref": uuid.uuid4()}
        left = (*self.of_its_year, *(() if self.carries else OF_THE_TASK))
        values = {name: value for name, value in self._initial(source).items() if name not in left}
        if self.carries:
            values["backlog_since"] = backlog_of(self.carries)
        if values["due"] not in periods_left(self.campaign.year, self.day):
            values["due"] = ""
        if source.theme:  # each campaign has themes of its own
            same = self.campaign.themes.filter(title=source.theme.title)
            values["theme"] = same.values_list("pk", flat=True).first()
        return values | {"ref": uuid.uuid4()}

    def _offer_carrying(self) -> None:
        earlier = self.carries
        if earlier is None:
            del self.fields["carry"], self.fields["carried_from"]
            return
        words = {"title": Truncator(earlier.title).chars(120), "year": str(earlier.campaign.year)}
        self.fields["carried_from"].label = _("Carried over from %(year)s: “%(title)s”") % words
        self.initial.update(carry=earlier.ref, carried_from=True)

    def _initial(self, pledge: Pledge | None) -> dict[str, Any]:
        if pledge is None:
            return {"ref": uuid.uuid4()}
        values = {name: getattr(pledge, name) for name in CONTENT_FIELDS}
        values |= {"ref": pledge.ref, "revision": pledge.revision, "due": period_of(pledge)}
        if values["due"] != ON_A_DAY:
            values["due_on"] = None
        return values

    def _offer_periods(self) -> None:
        keys = periods_left(self.campaign.year, self.day)
        stated = self.initial.get("due", "")
        if stated == "q1" and parse_due(PERIODS[stated], self.campaign.year).due_on >= self.day:
            keys = [stated, *keys]
        due = self.fields["due"]
        assert isinstance(due, forms.ChoiceField)
        self.offered = [*keys, ON_A_DAY]
        due.choices = [(key, PERIOD_LABELS[key]) for key in self.offered]

    def full_clean(self) -> None:
        """Check the answers; those that are waived count as needed only for the eye."""
        waived = [field for name, field in self.fields.items() if field.required and self.waives(name)]
        for field in waived:
            field.required = False
        super().full_clean()
        for field in waived:
            field.required = True

    def waives(self, name: str) -> bool:
        """Whether an answer that is otherwise needed may stay open."""
        return self.draft and name not in ("ref", "title")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = data.get("due")
        data["due_kind"] = DueKind.DAY
        if chosen in PERIODS:
            if data.get("due_on") or "due_on" in self.errors:
                self.errors.pop("due_on", None)
                self.add_error("due_on", _("Either a quarter or a day, please, not both."))
            due = parse_due(PERIODS[chosen], self.campaign.year)
            data["due_kind"], data["due_on"] = due.kind, due.due_on
        elif chosen == ON_A_DAY:
            self._judge_day(data.get("due_on"))
        return data

    def _judge_day(self, due_on: date | None) -> None:
        if "due_on" in self.errors:
            return
        if due_on is None and not self.draft:
            self.add_error("due_on", _("Write the day, for example 30/09/2024."))
        elif problem := rules.due_problem(due_on, self.campaign.year):
            self.add_error("due_on", problem)
        elif due_on is not None and due_on < self.day:
            self.add_error("due_on", _("This day is already over."))

    def content(self) -> dict[str, Any]:
        """The columns of a pledge as typed."""
        names = [name for name in CONTENT_FIELDS if name in self.cleaned_data and name != "carried_from_id"]
        content = {name: self.cleaned_data[name] for name in names}
        if self.carries is not None:
            content["carried_from_id"] = self.carries.pk if self.cleaned_data["carried_from"] else None
        return content

    def parts(self) -> Parts | None:
        """What stands in rows of its own; a form that does not ask for it leaves it as it is: None."""
        return None

    def catch_up(self, newer: Pledge) -> None:
        """Keep what was typed, and let the next sending replace what somebody else saved."""
        self.newer = newer
        assert isinstance(self.data, dict)
        data = self.data.copy()
        data["revision"] = str(newer.revision)
        self.data = data

    def read_back(self) -> dict[str, str]:
        """Words of the sentence that is read before sending; empty until answered."""
        novelty, due = self["novelty"].value(), self["due"].value()
        return {
            "title": str(self["title"].value() or ""),
            "novelty": str(NOVELTY_PHRASES.get(novelty, "")),
            "product": str(self["product"].value() or ""),
            "due": self._due_phrase(due) if due else "",
        }

    def phrases(self) -> list[tuple[str, str, str]]:
        """The words of each choice, so that the sentence follows while somebody chooses."""
        words = [("novelty", str(key), str(phrase)) for key, phrase in NOVELTY_PHRASES.items()]
        return words + [("due", key, self._due_phrase(key)) for key in self.offered]

    def _due_phrase(self, key: str) -> str:
        if key not in PERIODS:
            return _("on the day written above")
        due = parse_due(PERIODS[key], self.campaign.year)
        return due_label(due.kind, due.due_on)


class ShortForm(PledgeForm):
    """The four questions of a member, on two screens of a phone."""

    title = Words(
        limit=TITLE_LIMIT,
        rows=3,
        label=gettext_lazy("1. What do you register to carry out?"),
        error_messages={"required": gettext_lazy("Write the task you register.")},
    )
    novelty = forms.ChoiceField(
        choices=Novelty,
        widget=forms.RadioSelect,
        label=gettext_lazy("2. Is it new or difficult?"),
        error_messages={"required": gettext_lazy("Choose new, difficult or both.")},
    )
    product = Words(
        limit=TITLE_LIMIT,
        rows=2,
        label=gettext_lazy("3. Which result, which product exactly?"),
        error_messages={
            "required": gettext_lazy("Write what will be there in the end, with a number where there is one.")
        },
    )
    due = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=gettext_lazy("4. By when will it be completed?"),
        error_messages={"required": gettext_lazy("Choose a quarter, the whole year or a day.")},
    )
    due_on = DayIfChosen(label=gettext_lazy("The day: day/month/year"))
    # Not asked: it comes with a suggested task, or with the pledge that is taken over.
    theme = forms.CharField(widget=forms.HiddenInput, required=False)

    def _initial(self, pledge: Pledge | None) -> dict[str, Any]:
        return super()._initial(pledge) | ({"theme": pledge.theme_id} if pledge else {})

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "theme" in self.data:
            data["theme_id"] = self._theme(data.get("theme", ""))
        return data

    def _theme(self, key: str) -> int | None:
        """A theme of the campaign; what is none is left out, as nobody has typed it."""
        keys = self.campaign.themes.values_list("pk", flat=True) if key else ()
        return next((pk for pk in keys if str(pk) == key), None)
