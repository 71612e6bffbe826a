"""Letters: written in the reader's language and handed over once, whatever becomes of the worker."""

from contextlib import suppress
from email.utils import formatdate
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from cadres import clock
from cadres.models import Mail
from cadres.notice_kinds import kind_of, settled, words_of


def deliver(pk: int) -> None:
    """Send one letter if it is still wanted.

    What the server refused for now is tried again later. When the line breaks after the letter was
    handed over nobody knows whether it went: it is failed and never sent again.
    """
    mail = Mail.objects.select_related("notification__user").filter(pk=pk).first()
    if mail is None or not mail.claim():
        return
    with override(mail.notification.user.language):
        try:
            if _is_wanted(mail):
                _hand_over(mail, compose(mail))
            else:
                mail.finish()
        except Exception:
            mail.fail(str(_("An unexpected error; the administrator has been told.")))
            raise


def _is_wanted(mail: Mail) -> bool:
    """Judged when it goes: the account may have closed or declined letters, the cause may be gone."""
    user = mail.notification.user
    if not (user.is_active and user.wants_mail and user.email):
        return False
    return not settled(user, [mail.notification], clock.today())


def compose(mail: Mail) -> EmailMultiAlternatives:
    """The letter as text and HTML, in the language in force; in the subject nothing about anybody."""
    notice = mail.notification
    kind, words = kind_of(notice.kind), words_of(notice)
    context = {
        "words": words,
        "name": notice.user.display_name,
        "link": urljoin(settings.SITE_URL, notice.path),
        "account": urljoin(settings.SITE_URL, "/account/"),
        "site": settings.SITE_URL,
        "language": notice.user.language,
    }
    subject = _("You have a new notice on New tasks, difficult tasks: %(kind)s") % {"kind": kind.subject}
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("mail/notice.txt", context),
        to=[notice.user.email],
        headers={
            "Message-ID": f"<{mail.message_id}@{urlsplit(settings.SITE_URL).hostname}>",
            "Date": formatdate(mail.created_at.timestamp(), localtime=True),
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
    return message


def _hand_over(mail: Mail, message: EmailMultiAlternatives) -> None:
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        mail.put_off(_("The mail server cannot be reached (%(error)s).") % {"error": type(error).__name__})
        return
    try:
        if mail.begin_sending(message.to[0]):
            _send(mail, message, connection)
    finally:
        # The answer has come by now; a farewell that fails changes nothing.
        with suppress(OSError, SMTPException):
            connection.close()


def _send(mail: Mail, message: EmailMultiAlternatives, connection: BaseEmailBackend) -> None:
    try:
        connection.send_messages([message])
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        _refused(mail, _code(error))
    except (OSError, SMTPException):
        mail.fail(str(_("It is not known whether the letter went.")))
    else:
        mail.finish()


def _refused(mail: Mail, code: int) -> None:
    """The server answered that it took nothing: for now (4xx), or for good."""
    reason = _("The mail server refused the letter (%(code)s).") % {"code": code}
    if 400 <= code < 500:
        mail.put_off(reason)
    else:
        mail.fail(reason)


def _code(error: SMTPRecipientsRefused | SMTPResponseException) -> int:
    if isinstance(error, SMTPRecipientsRefused):
        return max((int(code) for code, _text in error.recipients.values()), default=550)
    return int(error.smtp_code)
