"""The outbox of a demo: the letters that would have gone out, as they were written to files."""

import uuid
from email.message import EmailMessage

from csp.constants import SELF
from csp.decorators import csp_replace
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from cadres.access import person, signed_in
from cadres.demo_accounts import offered
from cadres.jobs import JobState
from cadres.mail_files import part_of, read_letter
from cadres.models import Mail
from cadres.permissions import scope_of
from cadres.roles import Role

PAGE = 30
# Shown in a frame of this site, without script, forms or navigation of the page around it.
POLICY = {"frame-ancestors": [SELF], "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"]}
HEAD = ("From", "To", "Subject", "Date", "Message-ID")


def may_see_outbox(request: HttpRequest) -> bool:
    """On a demo, on its own machine: the accounts of the demo and the administrator."""
    accounts = offered(request)
    user = person(request)
    demo = {account.username for account in accounts}
    return bool(accounts) and (user.username in demo or scope_of(user).has(Role.ADMINISTRATOR))


def _letters(request: HttpRequest) -> QuerySet[Mail]:
    if not may_see_outbox(request):
        raise Http404
    sent = Mail.objects.filter(state=JobState.DONE, sending_at__isnull=False)
    return sent.select_related("notification__user").order_by("-pk")


def _letter(request: HttpRequest, message_id: uuid.UUID) -> tuple[Mail, EmailMessage]:
    mail = _letters(request).filter(message_id=message_id).first()
    letter = read_letter(message_id) if mail else None
    if mail is None or letter is None:
        raise Http404
    return mail, letter


@signed_in
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Letters handed over, the last first."""
    page = Paginator(_letters(request), PAGE).get_page(request.GET.get("page"))
    rows: list[tuple[Mail, str]] = []
    for mail in page.object_list:
        letter = read_letter(mail.message_id)
        rows.append((mail, str(letter["Subject"]) if letter else ""))
    return TemplateResponse(request, "cadres/outbox.html", {"page": page, "rows": rows})


@signed_in
@require_safe
@csp_replace({"frame-src": [SELF]})  # type: ignore[arg-type]  # it knows views without arguments only
def letter(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """One letter: its head, the text, and the page of it in a frame that runs nothing."""
    mail, found = _letter(request, message_id)
    head = {name: str(found[name]) for name in HEAD}
    context = {"mail": mail, "head": head, "text": part_of(found, "plain")}
    return TemplateResponse(request, "cadres/outbox_letter.html", context)


@signed_in
@require_safe
@xframe_options_sameorigin
@csp_replace(POLICY)  # type: ignore[arg-type]
def letter_page(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """The HTML of a letter for that frame: no script, no style, nothing from outside."""
    _mail, found = _letter(request, message_id)
    return HttpResponse(part_of(found, "html"))
