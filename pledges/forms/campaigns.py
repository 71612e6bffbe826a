"""Forms of a campaign: begin one, copy one, its name and days, its guidance, the lists in force."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.dates import ROMAN
from cadres.models import Unit
from cadres.text import clean
from pledges.actions.campaign_edits import PROLONGED, Basics
from pledges.actions.campaigns import guidance_list
from pledges.completeness import date_problems
from pledges.forms.fields import Day, Lines, Words
from pledges.models import Campaign, GuidanceList, ListKind, TierKind
from pledges.ready_lists import READY_LISTS
from pledges.states import CampaignState

FIRST_YEAR, LAST_YEAR = 2000, 2100
QUARTERS = (1, 2, 3, 4)
TITLE_LIMIT, GUIDANCE_LIMIT, THEME_LIMIT = 200, 5000, 300
# Who is asked; the tier of organisations comes with the reports on them.
ASKED = (TierKind.MEMBERS, TierKind.KEY_CADRES, TierKind.GRASSROOTS_CADRES)


class Year(forms.CharField):
    """A year of four figures."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "number", "inputmode": "numeric"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:
        text = clean(super().clean(value) or "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text[:9]) <= LAST_YEAR):
            raise ValidationError(_("Write the year with four figures, for example 2025."))
        return int(text)


def _year() -> Year:
    return Year(label=gettext_lazy("Year"), error_messages={"required": gettext_lazy("Enter the year.")})


def _title() -> Words:
    return Words(
        label=gettext_lazy("Name of the campaign"),
        limit=TITLE_LIMIT,
        help_text=gettext_lazy("As it stands in the plan of the standing committee"),
        error_messages={"required": gettext_lazy("Enter the name of the campaign.")},
    )


class _OfHost(forms.Form):
    """A form that asks for the host only where the person runs campaigns of several."""

    use_required_attribute = False
    host = forms.ChoiceField(label=gettext_lazy("Organisation"))

    def __init__(self, *args: Any, hosts: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hosts = {unit.code: unit for unit in hosts}
        if len(hosts) == 1:
            del self.fields["host"]
        else:
            self.fields["host"].choices = [(unit.code, unit.name) for unit in hosts]  # type: ignore[attr-defined]

    @property
    def chosen_host(self) -> Unit:
        """The host named, or the only one."""
        return self.hosts[self.cleaned_data.get("host") or next(iter(self.hosts))]


class BeginForm(_OfHost):
    """Name, year and whom the campaign asks; everything else is set on its page."""

    title = _title()
    year = _year()
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Who is asked to register"),
        choices=[(kind.value, kind.label) for kind in ASKED],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    field_order = ("host", "title", "year", "kinds")


class CopyForm(forms.Form):
    """Which campaign is copied, and into which year."""

    use_required_attribute = False
    source: "forms.ModelChoiceField[Campaign]" = forms.ModelChoiceField(
        label=gettext_lazy("Copy from"),
        queryset=None,
        to_field_name="code",
        empty_label=gettext_lazy("Choose a campaign"),
        error_messages={
            "required": gettext_lazy("Choose a campaign."),
            "invalid_choice": gettext_lazy("Choose a campaign from the list."),
        },
    )
    year = Year(
        label=gettext_lazy("Into the year"), error_messages={"required": gettext_lazy("Enter the year.")}
    )

    def __init__(self, *args: Any, campaigns: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = campaigns  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Only into a later year."""
        data = super().clean() or self.cleaned_data
        source, year = data.get("source"), data.get("year")
        if source and year and year <= source.year:
            text = _("The campaign chosen is of %(year)s: copy it into a later year.")
            self.add_error("year", text % {"year": str(source.year)})
        return data


class BasicsForm(forms.Form):
    """Name, year, window and quarter dates; after the opening only what may still change."""

    use_required_attribute = False
    title = _title()
    year = _year()
    opens_on = Day(
        label=gettext_lazy("First day of the window"),
        required=False,
        help_text=gettext_lazy("For example 15/01/2025"),
    )
    closes_on = Day(
        label=gettext_lazy("Last day of the window"),
        required=False,
        help_text=gettext_lazy("This day still counts"),
    )

    def __init__(self, data: Any = None, *, campaign: Campaign, **kwargs: Any) -> None:
        self.campaign, self.known = campaign, dict(campaign.quarters.values_list("quarter", "report_by"))
        initial = {name: getattr(campaign, name) for name in ("title", "year", "opens_on", "closes_on")}
        initial |= {f"quarter_{quarter}": on for quarter, on in self.known.items()}
        super().__init__(data, initial=initial, **kwargs)
        for quarter in QUARTERS:
            label = _("Quarter %(quarter)s is reported by") % {"quarter": ROMAN[quarter - 1]}
            self.fields[f"quarter_{quarter}"] = Day(label=label, required=False)
        if campaign.state != CampaignState.DRAFT:
            del self.fields["year"], self.fields["opens_on"]
            if campaign.state not in PROLONGED:
                del self.fields["closes_on"]

    def clean(self) -> dict[str, Any]:
        """The rules of the days, each told beside its field."""
        data = super().clean() or self.cleaned_data
        if not self.errors:
            given = self.basics()
            problems = date_problems(given.year, given.opens_on, given.closes_on, given.quarters)
            for name, text in problems.items():
                self.add_error(name if name in self.fields else None, text)
        return data

    def basics(self) -> Basics:
        """What the action takes; what is no longer asked stays as it is."""
        data = self.cleaned_data
        quarters = {quarter: data.get(f"quarter_{quarter}") for quarter in QUARTERS}
        return Basics(
            title=data["title"],
            year=data.get("year", self.campaign.year),
            opens_on=data.get("opens_on", self.campaign.opens_on),
            closes_on=data.get("closes_on", self.campaign.closes_on),
            quarters={quarter: on for quarter, on in quarters.items() if on is not None},
        )

    @property
    def window(self) -> list[Any]:
        """The first and the last day, as far as they are asked for."""
        return [self[name] for name in ("opens_on", "closes_on") if name in self.fields]

    @property
    def quarters(self) -> list[Any]:
        """The days by which the quarters are reported."""
        return [self[f"quarter_{quarter}"] for quarter in QUARTERS]


class GuidanceForm(forms.Form):
    """The guidance and its themes, one a line; once the campaign is open further themes only."""

    use_required_attribute = False
    guidance = Words(
        label=gettext_lazy("Guidance of the standing committee"), limit=GUIDANCE_LIMIT, rows=4, required=False
    )
    themes = Lines(
        label=gettext_lazy("Themes, one a line"),
        longest=THEME_LIMIT,
        limit=20 * THEME_LIMIT,
        rows=5,
        required=False,
    )

    def __init__(self, data: Any = None, *, campaign: Campaign, **kwargs: Any) -> None:
        self.fixed = campaign.state != CampaignState.DRAFT
        self.known = [theme.title for theme in campaign.themes.all()]
        initial = {"guidance": campaign.guidance, "themes": [] if self.fixed else self.known}
        super().__init__(data, initial=initial, **kwargs)
        if self.fixed:
            self.fields["themes"].label = _("Further themes, one a line")

    @property
    def all_themes(self) -> list[str]:
        """The themes as they are to stand."""
        typed: list[str] = self.cleaned_data["themes"]
        return [*self.known, *(one for one in typed if one not in self.known)] if self.fixed else typed


class ListsForm(forms.Form):
    """One list of each kind, or none: those kept already, and those published."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        kept = list(GuidanceList.objects.prefetch_related("items").order_by("kind", "name", "pk"))
        chosen = {one.kind: str(one.pk) for one in campaign.lists.all()}
        self.kept = {str(one.pk): one for one in kept}
        for kind in ListKind:
            self.fields[kind.value] = forms.ChoiceField(
                label=LIST_LABELS[kind],
                required=False,
                widget=forms.RadioSelect,
                choices=[*_choices(kind, kept), ("", _("None"))],
                initial=chosen.get(kind, ""),
            )

    def lists(self) -> list[GuidanceList]:
        """The lists chosen; a published one is kept from now on."""
        found = []
        for kind in ListKind:
            value = self.cleaned_data[kind.value]
            if value in self.kept:
                found.append(self.kept[value])
            elif value:
                ready = next(one for one in READY_LISTS if one.kind == kind and one.name == value)
                found.append(guidance_list(kind, ready.name, ready.entries, ready.source))
        return found


LIST_LABELS = {
    ListKind.CLARITY: gettext_lazy("Clarity list: what the full form demands"),
    ListKind.DARE: gettext_lazy("Seven dares: printed with the guidance"),
    ListKind.FOUR_GOOD: gettext_lazy("Four goods: for the assessment"),
}


def _choices(kind: ListKind, kept: Iterable[GuidanceList]) -> list[tuple[str, str]]:
    found = []
    names = set()
    for one in kept:
        if one.kind == kind:
            names.add(one.name)
            found.append(
                (str(one.pk), _words(one.name, [item.label for item in one.items.all()], one.source))
            )
    for ready in READY_LISTS:
        if ready.kind == kind and ready.name not in names:
            found.append(
                (ready.name, _words(ready.name, [label for label, _f in ready.entries], ready.source))
            )
    return found


def _words(name: str, labels: Sequence[str], source: str) -> str:
    return f"{name}: {', '.join(labels)}" + (f" ({source})" if source else "")


def next_year(day: date) -> int:
    """The year for which a campaign is begun on a day: from October on, the coming one."""
    return day.year + (day.month >= 10)
