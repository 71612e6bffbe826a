"""What a page shows of a plan before anything is written: a few people of each kind, in words."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from cadres.actions.roster_plan import Change, Entry, Plan
from cadres.models import Rank, Standing
from cadres.queries.roster import Known

EXAMPLES = 20


def examples(plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """At most twenty people of each kind and twenty new organisations, for JSON."""
    people = {
        change.value: [_entry(entry) for entry in plan.entries(change)[:EXAMPLES]]
        for change in (Change.CREATED, Change.MOVED, Change.CHANGED)
    }
    return people | {
        "missing": [_missing(known) for known in plan.missing[:EXAMPLES]],
        "units": [{"name": _path(names)} for names, _kind in plan.new_units[:EXAMPLES]],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    line = entry.line
    return {
        "row": line.row,
        "name": line.name,
        "year": line.birth_year,
        "cell": _path(line.unit_path),
        "from": entry.known.cell if entry.known and "unit" in entry.differs else "",
        "what": list(_differences(entry)),
    }


def _missing(known: Known) -> dict[str, Any]:
    return {"name": known.name, "year": known.birth_year, "cell": known.cell}


def _path(names: Sequence[str]) -> str:
    """The organisation as group lines of lists write it."""
    return " - ".join(names)


def _differences(entry: Entry) -> Iterable[str]:
    """What is corrected or changed, each with what it was and what it becomes."""
    line, known = entry.line, entry.known
    if known is None:
        return
    words = {
        "name": (_("name"), known.name, line.name),
        "birth_year": (_("year of birth"), known.birth_year, line.birth_year),
        "card_number": (_("card number"), known.card_number, line.card_number),
        "rank": (_("rank"), _label(Rank, known.rank), _label(Rank, line.rank)),
        "standing": (_("standing"), _label(Standing, known.standing), _label(Standing, line.standing)),
    }
    for field, (label, before, after) in words.items():
        if field in entry.differs:
            yield f"{label}: {before or '–'} → {after}"


def _label(choices: type[Rank] | type[Standing], value: str) -> str:
    return str(choices(value).label)
