"""Makes the secrets of a Compose site once: `python -m config.first_secrets FOLDER`.

Standard library only. What is there is never replaced: a new database password would lock the site
out of its own database.
"""

import os
import secrets
import sys
from pathlib import Path

# The database's container reads its password under another user than ours.
_OURS, _EVERYBODYS = 0o400, 0o444


def _write_once(file: Path, text: str, mode: int) -> str:
    """The content of `file`, which is written first if it is not there yet."""
    if not file.exists():
        # Written aside and then renamed: a start that is cut off leaves no half secret behind.
        aside = file.with_suffix(".new")
        aside.unlink(missing_ok=True)
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as new:
            new.write(text)
        aside.chmod(mode)
        aside.rename(file)
    return file.read_text(encoding="ascii")


def main(argv: list[str]) -> None:
    """Make what is missing: the site's key, the password of the database and the address with it."""
    folder = Path(argv[1])
    _write_once(folder / "secret_key", secrets.token_urlsafe(60), _OURS)
    password = _write_once(folder / "db_password", secrets.token_urlsafe(32), _EVERYBODYS)
    _write_once(folder / "database_url", f"postgres://site:{password}@db:5432/site", _OURS)


if __name__ == "__main__":
    main(sys.argv)
