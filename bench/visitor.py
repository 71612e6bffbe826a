"""A process that visits the pages of one database as its people do, told what to do line by line.

`Visitor` is the end that another program holds; `python bench/visitor.py` is the other one.
"""

import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


class Visitor:
    """A visiting process; each order is answered by one value."""

    def __init__(self, database: str) -> None:
        server = urlsplit(os.environ["DATABASE_URL"])
        env = os.environ | {
            "DATABASE_URL": server._replace(path=f"/{database}").geturl(),
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "SITE_TODAY": "2024-03-26",
            "VAR_DIR": os.environ.get("VAR_DIR", tempfile.gettempdir() + "/bench_var"),
            "PYTHONPATH": str(ROOT),
        }
        self.database = database
        self._process: Any = subprocess.Popen(
            [sys.executable, "-m", "bench.visiting"],
            env=env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, order: str, **told: Any) -> Any:
        """Have an order done."""
        self.begin(order, **told)
        return self.answer()

    def begin(self, order: str, **told: Any) -> None:
        """Give an order without waiting for its answer."""
        print(json.dumps({"order": order, **told}), file=self._process.stdin, flush=True)

    def is_done(self) -> bool:
        """Whether the answer has come."""
        return bool(select.select([self._process.stdout], [], [], 0)[0])

    def answer(self) -> Any:
        """Wait for the answer."""
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the visitor of {self.database} has died")
        return json.loads(line)

    def end(self) -> None:
        """Let it go."""
        self._process.stdin.close()
        self._process.wait()
