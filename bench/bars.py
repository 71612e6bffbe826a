"""Main pages and acts of two sizes against bare ones, in one run, interleaved; each bar with its answer.

    DATABASE_URL=postgres://… REDIS_URL=redis://… .venv/bin/python bench/bars.py \\
        --databases bench_7560 bench_5500000 [--rounds 300] [--rebuild] [--freshness] [--plans FOLDER]

The first database is the small one. `--rebuild` measures the rebuild of the large one as well, while
somebody registers; `--freshness` runs bench/freshness.py in the end. Both databases come from
`bench/generate.py`.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.visitor import Visitor

PAGES = ("bare", "dashboard", "pledges", "people", "missing", "number", "bare cell", "cell")
LISTS = ("pledges", "people", "missing", "number")
ACTS = ("write", "register")
WARM_UP = 15

Times = dict[tuple[str, str], float]


class Bars:
    """What was promised, and whether it holds."""

    def __init__(self) -> None:
        self.missed = 0

    def hold(self, what: str, value: float, most: float) -> None:
        """Print one bar."""
        holds = value <= most
        self.missed += not holds
        print(f"  {'holds ' if holds else 'MISSES'} {what}: {value:.2f}, at most {most}")


def main(databases: list[str], rounds: int, rebuild: bool, plans: Path | None) -> int:
    """Print medians, statements and buffers, bars; how many bars are missed."""
    visitors = [Visitor(database) for database in databases]
    try:
        return _measured(visitors, rounds, rebuild, plans)
    finally:
        for one in visitors:
            one.end()


def _measured(visitors: list[Visitor], rounds: int, rebuild: bool, plans: Path | None) -> int:
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {rounds} rounds interleaved, medians in ms"
    )
    pages = _medians(visitors, [("visit", {"page": page}) for page in PAGES], rounds)
    acts = _medians(visitors, [(act, {}) for act in ACTS], rounds)
    found = {one.database: {page: one.ask("plan", page=page) for page in PAGES} for one in visitors}
    _print_pages(visitors, pages, acts, found)
    for one in visitors:
        one.ask("tidy")
    if plans:
        _write_plans(plans, found)
    bars = Bars()
    _page_bars(bars, visitors, pages, acts, found)
    if rebuild:
        _rebuild_bars(bars, visitors[-1])
    for one in visitors:
        print(f"  {one.database}: {one.ask('memory'):.0f} MB at most in the process that served the pages")
    return bars.missed


def _medians(visitors: list[Visitor], orders: list[tuple[str, dict[str, str]]], rounds: int) -> Times:
    """The median of each order in each database, by database and name."""
    times: dict[tuple[str, str], list[float]] = {}
    for turn in range(rounds + WARM_UP):
        for order, told in orders:
            for one in visitors:
                seconds = one.ask(order, **told)
                if turn >= WARM_UP:
                    times.setdefault((one.database, told.get("page", order)), []).append(seconds)
    return {key: statistics.median(some) * 1000 for key, some in times.items()}


def _print_pages(visitors: list[Visitor], pages: Times, acts: Times, found: dict[str, Any]) -> None:
    names = "".join(f"{one.database:>32}" for one in visitors)
    print(f"{'':>10}{names}\n{'':>10}" + f"{'ms':>8}{'statements':>12}{'buffers':>12}" * len(visitors))
    for page in PAGES:
        cells = ""
        for one in visitors:
            told = found[one.database][page]
            cells += f"{pages[one.database, page]:>8.1f}{told['queries']:>12}{told['buffers']:>12}"
        print(f"{page:>10}{cells}")
    for act in ACTS:
        print(f"{act:>10}" + "".join(f"{acts[one.database, act]:>8.1f}{'':>24}" for one in visitors))


def _write_plans(folder: Path, found: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for database, pages in found.items():
        for page, told in pages.items():
            text = "\n\n".join(f"{one['sql']}\n  {one['plan']}" for one in told["statements"])
            (folder / f"{database}-{page.replace(' ', '-')}.txt").write_text(text, encoding="utf-8")


def _page_bars(bars: Bars, visitors: list[Visitor], pages: Times, acts: Times, found: dict[str, Any]) -> None:
    small, large = visitors[0].database, visitors[-1].database
    few, many = found[small]["dashboard"], found[large]["dashboard"]
    print("bars")
    bars.hold("more statements of the dashboard, large", many["queries"] - few["queries"], 0)
    bars.hold("its buffers, large of small", many["buffers"] / few["buffers"], 1.2)
    bars.hold("its median, large of small", pages[large, "dashboard"] / pages[small, "dashboard"], 1.5)
    for database in (small, large):
        bare = pages[database, "bare"]
        bars.hold(f"{database}: dashboard of the bare page", pages[database, "dashboard"] / bare, 3)
        for page in LISTS:
            bars.hold(f"{database}: list “{page}” of the bare page", pages[database, page] / bare, 2.5)
        bars.hold(
            f"{database}: registering of a bare act", acts[database, "register"] / acts[database, "write"], 6
        )


def _rebuild_bars(bars: Bars, visitor: Visitor) -> None:
    """The rebuild against its SELECTs; a second process registers all the while."""
    writer = Visitor(visitor.database)
    try:
        selects, _waits = _while_registering(visitor, "selects", None)
        seconds, waits = _while_registering(visitor, "rebuild", writer)
        quiet = [writer.ask("register") for _ in range(300)]
    finally:
        writer.end()
    print(f"  rebuild {seconds:.0f} s, its SELECTs {selects:.0f} s; {len(waits)} registrations meanwhile:")
    print(f"  median {statistics.median(waits) * 1000:.0f} ms, longest {max(waits) * 1000:.0f} ms; alone:")
    print(f"  median {statistics.median(quiet) * 1000:.0f} ms, longest {max(quiet) * 1000:.0f} ms")
    bars.hold("rebuild of its SELECTs", seconds / selects, 2)


def _while_registering(visitor: Visitor, order: str, writer: Visitor | None) -> tuple[float, list[float]]:
    waits: list[float] = []
    visitor.begin(order)
    while not visitor.is_done():
        if writer:
            waits.append(writer.ask("register"))
        time.sleep(0.05)
    return visitor.answer(), waits


def _read(arguments: Iterable[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure pages and acts of two sizes against bare ones.")
    parser.add_argument("--databases", nargs=2, required=True)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--freshness", action="store_true")
    parser.add_argument("--plans", type=Path)
    return parser.parse_args(list(arguments))


if __name__ == "__main__":
    asked = _read(sys.argv[1:])
    missed = main(asked.databases, asked.rounds, asked.rebuild, asked.plans)
    if asked.freshness:
        sys.stdout.flush()
        subprocess.run([sys.executable, Path(__file__).parent / "freshness.py"], check=True)
    sys.exit(1 if missed else 0)
