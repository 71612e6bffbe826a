"""Forms of a tier: how much is asked and who is counted; and its route, step by step."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadres.models import BodyKind, CadreList, Standing
from cadres.templatetags.display import number
from pledges.actions.campaign_copy import LIST_KINDS
from pledges.actions.campaign_tiers import MOST_STEPS, Asked, counted_by, step_problem
from pledges.actions.campaigns import Step, steps_of
from pledges.forms.fields import Count, Problem, blank_choice, problems_of_rows
from pledges.models import Authority, Counted, StepLevel, StepMode, Tier, TierKind
from pledges.states import CampaignState

LARGEST_QUOTA = 99
COUNTED = {
    Counted.STANDINGS: gettext_lazy("Members by their standing: the page shows a rate"),
    Counted.CADRE_LIST: gettext_lazy("The comrades on the list: the page shows a rate"),
    Counted.NOBODY: gettext_lazy("Nobody: people are a count, there is no rate"),
}


class ListChoice(forms.ModelChoiceField):
    """Lists of cadres by title and number of people."""

    def label_from_instance(self, obj: CadreList) -> str:
        n: int = obj.n_people  # type: ignore[attr-defined]
        people = ngettext("%(n)s comrade", "%(n)s comrades", n) % {"n": number(n)}
        return f"{obj.title} ({people})"


class TierForm(forms.Form):
    """Quota, who is counted and by which list; once the campaign is open the upper quota only."""

    use_required_attribute = False
    quota_min = Count(
        label=gettext_lazy("Each at least"), error_messages={"required": gettext_lazy("Enter how many.")}
    )
    quota_max = Count(
        label=gettext_lazy("At most"), required=False, help_text=gettext_lazy("More only warns")
    )
    cadre_list = ListChoice(
        label=gettext_lazy("List of cadres"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Not chosen"),
    )
    counted = forms.ChoiceField(label=gettext_lazy("Who is counted"), widget=forms.RadioSelect)
    standings = forms.MultipleChoiceField(
        label=gettext_lazy("Standings that count"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, one.label) for one in Standing],
    )

    def __init__(self, data: Any = None, *, tier: Tier, **kwargs: Any) -> None:
        self.tier = tier
        super().__init__(data, initial=_initial(tier), prefix=tier.kind, **kwargs)
        if tier.campaign.state != CampaignState.DRAFT:
            for name in [name for name in self.fields if name != "quota_max"]:
                del self.fields[name]
            return
        self.fields["counted"].choices = [(one.value, COUNTED[one]) for one in counted_by(tier)]  # type: ignore[attr-defined]
        if tier.is_listed:
            del self.fields["standings"]
            self.fields["cadre_list"].queryset = _lists_for(tier)  # type: ignore[attr-defined]
        else:
            del self.fields["cadre_list"]

    def clean(self) -> dict[str, Any]:
        """The rules of the action, each told beside its field."""
        data = super().clean() or self.cleaned_data
        for name in ("quota_min", "quota_max"):
            value = data.get(name)
            if value is not None and not 1 <= value <= LARGEST_QUOTA:
                text = _("A number from 1 to %(most)s, please.")
                self.add_error(name, text % {"most": LARGEST_QUOTA})
        least, most = data.get("quota_min", self.tier.quota_min), data.get("quota_max")
        if least is not None and most is not None and most < least:
            self.add_error("quota_max", _("The most must not be less than the least."))
        counted = data.get("counted")
        if counted == Counted.CADRE_LIST and "cadre_list" in data and data["cadre_list"] is None:
            self.add_error("cadre_list", _("Choose the list of cadres that is counted."))
        if counted == Counted.STANDINGS and not data.get("standings"):
            self.add_error("standings", _("Choose at least one standing that counts."))
        return data

    def asked(self) -> Asked:
        """What the action takes; what is no longer asked stays as it is."""
        data, tier = self.cleaned_data, self.tier
        return Asked(
            quota_min=data.get("quota_min", tier.quota_min),
            quota_max=data["quota_max"],
            counted=data.get("counted", tier.counted),
            standings=data.get("standings", tier.counted_standings),
            cadre_list=data.get("cadre_list", tier.cadre_list),
        )


def _initial(tier: Tier) -> dict[str, Any]:
    return {
        "quota_min": tier.quota_min,
        "quota_max": tier.quota_max,
        "cadre_list": tier.cadre_list_id,
        "counted": tier.counted,
        "standings": tier.counted_standings,
    }


def _lists_for(tier: Tier) -> Any:
    kind = LIST_KINDS[TierKind(tier.kind)]
    lists = CadreList.objects.filter(unit=tier.campaign.host_id, kind=kind)
    return lists.annotate(n_people=models.Count("entries")).order_by("-year")


class StepForm(forms.Form):
    """One step: on which level which body does what, and for matters of whose authority."""

    use_required_attribute = False
    level = forms.ChoiceField(
        label=gettext_lazy("Level"),
        required=False,
        choices=blank_choice(gettext_lazy("Choose"), StepLevel.choices),
    )
    body_kind = forms.ChoiceField(
        label=gettext_lazy("Body"),
        required=False,
        choices=blank_choice(gettext_lazy("Choose"), BodyKind.choices),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("What it does"),
        required=False,
        choices=blank_choice(gettext_lazy("Choose"), StepMode.choices),
    )
    authority = forms.ChoiceField(
        label=gettext_lazy("Within the authority of"),
        required=False,
        choices=blank_choice(gettext_lazy("All matters"), Authority.choices),
    )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was chosen: a row that is not meant."""
        return not any(self.cleaned_data.values())

    def clean(self) -> dict[str, Any]:
        """A step names level, body and what it does, and these fit."""
        data = super().clean() or self.cleaned_data
        if self.errors or not any(data.values()):
            return data
        for name in ("level", "body_kind", "mode"):
            if not data[name]:
                self.add_error(name, _("Choose one, or leave the whole step open."))
        if not self.errors and (problem := step_problem(self.step())):
            self.add_error("body_kind", problem)
        return data

    def step(self) -> Step:
        """What the action takes."""
        data = self.cleaned_data
        return Step(
            StepLevel(data["level"]), BodyKind(data["body_kind"]), StepMode(data["mode"]), data["authority"]
        )


class RouteForm:
    """The steps of a tier's route in order, with one open row at the end for the next.

    Moving and taking away is part of saving, so that nothing typed in the other rows is lost.
    """

    def __init__(self, tier: Tier, data: Mapping[str, str] | None = None) -> None:
        self.tier, self.data, self.refusal = tier, data, ""
        steps = steps_of(tier)
        n = min(_rows(data, tier.kind), MOST_STEPS) if data is not None else len(steps)
        self.rows = [self._row(index, steps) for index in range(n + 1)]

    def _row(self, index: int, steps: list[Step]) -> StepForm:
        prefix = f"{self.tier.kind}-{index}"
        if self.data is not None:
            return StepForm(self.data, prefix=prefix)
        initial = asdict(steps[index]) if index < len(steps) else {}
        return StepForm(initial=initial, prefix=prefix)

    @property
    def count(self) -> int:
        """How many rows hold a step already."""
        return len(self.rows) - 1

    def is_valid(self, do: str) -> bool:
        """Whether every row that stays holds a step or nothing."""
        verb, index = _row_meant(do)
        gone = index if verb == "remove" else -1
        return all([row.is_valid() for place, row in enumerate(self.rows) if place != gone])

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, row by row."""
        return problems_of_rows(self.rows)

    def steps(self, do: str) -> list[Step]:
        """The steps as they are to stand after `do`: save, up-2, down-2, remove-2 (rows from nought)."""
        rows = list(self.rows)
        verb, index = _row_meant(do)
        if verb in (*MOVES, "remove") and 0 <= index < len(rows):
            row = rows.pop(index)
            if verb in MOVES:
                rows.insert(max(index + MOVES[verb], 0), row)
        return [row.step() for row in rows if not row.is_blank]


MOVES = {"up": -1, "down": 1}


def _row_meant(do: str) -> tuple[str, int]:
    verb, _dash, place = do.partition("-")
    return verb, int(place) if place.isascii() and place.isdigit() else -1


def _rows(data: Mapping[str, str], kind: str) -> int:
    """How many rows with a step the page showed."""
    told = data.get(f"{kind}-rows", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 4 else 0
