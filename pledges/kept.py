"""Numbers as the app that counts keeps them: no page adds up a nation while somebody waits.

It names the module of its answers in its AppConfig (`kept_numbers`).
"""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from django.apps import apps

from cadres.models import Unit
from cadres.rates import Rate
from pledges.models import Tier


class Kept(NamedTuple):
    """Of a unit with its sub-tree: people registered of those counted, cells in force, sent, endorsed."""

    people: Rate
    cells: int
    sent: int
    endorsed: int


class _Keeper(Protocol):
    def people(self, tier: Tier, units: list[int]) -> dict[int, Rate]: ...
    def themes(self, unit: Unit, tiers: list[int]) -> dict[tuple[int, int | None], int]: ...
    def of(self, tier: Tier, unit: Unit) -> Kept | None: ...
    def of_those_below(self, tier: Tier, unit: Unit) -> dict[int, Kept]: ...
    def not_sent(self, tier: Tier, unit: Unit) -> list[int]: ...


@cache
def _keeper() -> _Keeper:
    [module] = filter(None, (getattr(app, "kept_numbers", "") for app in apps.get_app_configs()))
    return cast("_Keeper", import_module(module))


def people(tier: Tier, units: Iterable[Unit]) -> dict[int, Rate]:
    """By unit with its sub-tree, the people who have registered of those counted there; absent: nobody is."""
    return _keeper().people(tier, [unit.pk for unit in units])


def themes(unit: Unit, tiers: Iterable[Tier]) -> dict[tuple[int, int | None], int]:
    """By tier and theme (None: they name none), the registered pledges of a unit with its sub-tree."""
    return _keeper().themes(unit, [tier.pk for tier in tiers])


def of(tier: Tier, unit: Unit) -> Kept | None:
    """The numbers of a unit; None: it was not counted yet."""
    return _keeper().of(tier, unit)


def of_those_below(tier: Tier, unit: Unit) -> dict[int, Kept]:
    """The same of the unit and of each directly below it, by their keys."""
    return _keeper().of_those_below(tier, unit)


def not_sent(tier: Tier, unit: Unit) -> list[int]:
    """Keys of the cells below a unit that had not sent their list when they were counted last."""
    return _keeper().not_sent(tier, unit)
