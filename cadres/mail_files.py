"""The post of a site that sends none: every letter is a file of its own below EMAIL_FILE_PATH."""

from collections.abc import Sequence
from email.message import EmailMessage as Parsed
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FileBackend(BaseEmailBackend):
    """Writes `<message id>.eml`. The same letter a second time is an error, not a second file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each letter; returns how many."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            content = message.message()
            name = str(content["Message-ID"]).strip("<>").partition("@")[0]
            with (folder / f"{UUID(name)}.eml").open("xb") as file:
                file.write(content.as_bytes())
        return len(email_messages)


def read_letter(message_id: UUID) -> Parsed | None:
    """The letter as it was written, or None where there is no such file."""
    try:
        with (Path(settings.EMAIL_FILE_PATH) / f"{message_id}.eml").open("rb") as file:
            return BytesParser(_class=Parsed, policy=default).parse(file)
    except FileNotFoundError:
        return None


def part_of(letter: Parsed, kind: str) -> str:
    """The text ("plain") or the page ("html") of a letter."""
    body = letter.get_body((kind,))
    return str(body.get_content()) if body else ""
