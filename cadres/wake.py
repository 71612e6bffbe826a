"""Wake a worker. The row it will find is the truth; the message may be lost, the sweep sends again."""

import logging

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def wake(name: str, *ids: int) -> None:
    """Send the task `name` once the transaction has committed; never raises."""

    def send() -> None:
        try:
            current_app.send_task(name, args=ids, retry=False)
        except Exception as error:  # a broker that is down must not break a request
            logger.warning("no worker woken for %s: %s", name, type(error).__name__)

    transaction.on_commit(send, robust=True)
