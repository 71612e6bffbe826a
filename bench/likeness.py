"""How long near-duplicates take: one pledge against 10.000, a page of 50 rows, reading the tier.

Run it on a database that holds the demo, for example

    VAR_DIR=var .venv/bin/python bench/likeness.py

It reads only. The demo's members' tasks are taken as often as it needs to make 10.000.
"""

import os
import statistics
import sys
from pathlib import Path
from time import perf_counter

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from pledges import likeness  # noqa: E402  (settings first)
from pledges.models import Pledge, Tier  # noqa: E402

WANTED, PAGE = 10_000, 50


def main() -> None:
    """Print the figures."""
    tier = Tier.objects.select_related("campaign__host").get(campaign__code="DV-2024")
    keys = list(Pledge.objects.filter(tier=tier).order_by("pk").values_list("pk", flat=True)[:PAGE])
    began = perf_counter()
    looked_at = list(likeness.subjects(keys, tier).values())
    pool = likeness.pool_for(looked_at, tier)
    print(f"read and fold {len(pool.others)} candidates: {perf_counter() - began:.3f} s")

    rows = [one._replace(pk=-no) for no, one in enumerate(pool.others * 2)][:WANTED]
    began = perf_counter()
    large = likeness.Pool(rows, root=pool.root)
    print(f"make a pool of {len(rows)}: {perf_counter() - began:.3f} s")
    began = perf_counter()
    large.find(looked_at[0])
    print(f"first one against {len(rows)}, places not read yet: {perf_counter() - began:.3f} s")
    times = []
    for one in looked_at:
        began = perf_counter()
        large.find(one)
        times.append(perf_counter() - began)
    print(f"one against {len(rows)}: median {statistics.median(times):.4f} s, most {max(times):.4f} s")
    print(f"a page of {len(looked_at)} rows against {len(rows)}: {sum(times):.3f} s")


if __name__ == "__main__":
    main()
