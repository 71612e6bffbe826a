"""One process of the site, run for its supervisor: `python -m config.child PARENT MODULE [ARGUMENT …]`.

Whatever happens to the parent, kill -9 included, the child ends: nothing is left that would go on
serving or sending messages for a site that was stopped.
"""

import os
import runpy
import signal
import sys
import threading
import time

# How often the parent is looked for, and how long the child may take to end by itself.
_EVERY = 0.5
_GRACE = 4.0


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    if os.getpgid(0) == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def main(argv: list[str]) -> None:
    """Run the module of the command line as if by `python -m`, as long as its parent lives."""
    parent, module = int(argv[1]), argv[2]
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    sys.argv = [module, *argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv)
