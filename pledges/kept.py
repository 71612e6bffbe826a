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


class Lists(NamedTuple):
    """Cells in force of a unit with its sub-tree, and those of them that have sent their list."""

    cells: int
    sent: int


class _Keeper(Protocol):
    def people(self, tier: Tier, units: list[int]) -> dict[int, Rate]: ...
    def themes(self, unit: Unit, tiers: list[int]) -> dict[tuple[int, int | None], int]: ...
    def lists(self, tier: Tier, units: list[int]) -> dict[int, Lists]: ...


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


def lists(tier: Tier, units: Iterable[Unit]) -> dict[int, Lists]:
    """By unit, how many cells it has with its sub-tree and how many have sent; absent: it was not counted."""
    return _keeper().lists(tier, [unit.pk for unit in units])
