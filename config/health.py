"""Asks a process of this site whether it works: `python -m config.health web|heartbeat`.

Standard library only, so that a health check every few seconds costs next to nothing.
"""

import http.client
import os
import sys
import time
from pathlib import Path

PATH = "/healthz"
# A heartbeat comes every 10 seconds; three missed ones are a process that hangs.
OLDEST = 35.0


def web_answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether the site answers 200 on its health address, asked as the reverse proxy would ask."""
    site = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".") or "localhost"
    connection = http.client.HTTPConnection(host, port, timeout=3)
    try:
        connection.request("GET", PATH, headers={"Host": site, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def heart_beats(file: Path) -> bool:
    """Whether a worker or beat has touched its heartbeat file lately."""
    try:
        return time.time() - file.stat().st_mtime < OLDEST
    except FileNotFoundError:
        return False


def main(argv: list[str]) -> int:
    """0 for a healthy process, 1 for any other, as Docker wants it."""
    if argv[1] == "web":
        return int(not web_answers(int(os.environ.get("PORT", "8000"))))
    return int(not heart_beats(Path(os.environ["HEARTBEAT_FILE"])))


if __name__ == "__main__":
    sys.exit(main(sys.argv))
