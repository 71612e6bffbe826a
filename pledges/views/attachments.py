"""Files with a pledge: the list with its form on other pages, bringing one, opening one, taking one off."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import User
from cadres.uploads import UploadError
from pledges.actions import attachments as actions
from pledges.actions.acts import Act, NotAllowedError
from pledges.forms.attachments import AttachmentForm
from pledges.models import Attachment, AttachmentKind, Pledge
from pledges.permissions import can_attach, can_edit, visible_pledges
from pledges.sent import were_sent


def files_of(user: User, pledge: Pledge, sent: dict[str, Any] | None = None) -> dict[str, Any]:
    """What `_files.html` shows: documents, scans of the signed slip apart, and a form for one more.

    Who reads only what was `sent`, a version's content, is shown the documents that it names.
    """
    rows = Attachment.objects.filter(pledge=pledge).exclude(file="").select_related("by__member")
    rows = rows.order_by("at", "pk")
    found = list(rows.filter(removed_at=None)) if sent is None else were_sent(list(rows), sent)
    kinds = [kind for kind in AttachmentKind if can_attach(user, pledge, kind)]
    for row in found:
        row.may_go = row.kind in kinds  # type: ignore[attr-defined]
    return {
        "ref": pledge.ref,
        "documents": [row for row in found if row.kind == AttachmentKind.DOCUMENT],
        "slips": [row for row in found if row.kind == AttachmentKind.SLIP],
        "form": AttachmentForm(kinds=kinds) if kinds and len(found) < actions.MOST else None,
    }


def _pledge(request: HttpRequest, ref: uuid.UUID) -> Pledge:
    rows = visible_pledges(person(request))
    return get_object_or_404(
        rows.select_related("tier__campaign__host", "campaign", "lead_member__unit"), ref=ref
    )


def _file(request: HttpRequest, ref: uuid.UUID) -> Attachment:
    """A file of a pledge the reader may see; what has been deleted is not found."""
    row = get_object_or_404(Attachment.objects.exclude(file=""), ref=ref)
    row.pledge = _pledge(request, row.pledge.ref)
    return row


@signed_in
@require_POST
def attach(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Bring a file to a pledge; what is wrong with it is told beside the form."""
    user, pledge = person(request), _pledge(request, ref)
    kinds = [kind for kind in AttachmentKind if can_attach(user, pledge, kind)]
    if not kinds:
        raise PermissionDenied(_("No files are added to this registration or taken off it here."))
    form = AttachmentForm(request.POST, request.FILES, kinds=kinds)
    if form.is_valid():
        kind, act = AttachmentKind(form.cleaned_data["kind"]), Act(by=user, on=clock.today())
        try:
            actions.attach(pledge, form.cleaned_data["file"], kind=kind, act=act)
        except (UploadError, NotAllowedError) as error:
            form.add_error("file", str(error))
        else:
            return _shown(request, pledge, _("The file has been added."))
    if request.htmx:  # type: ignore[attr-defined]
        return _part(request, pledge, form)
    context = {
        "pledge": pledge,
        "files": files_of(user, pledge) | {"form": form},
        "back": _back(user, pledge),
    }
    return TemplateResponse(request, "pledges/attach.html", context)


@signed_in
@require_POST
def take_off(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Take a file off a pledge."""
    row, user = _file(request, ref), person(request)
    if row.removed_at is None and not can_attach(user, row.pledge, row.kind):
        raise PermissionDenied(_("No files are added to this registration or taken off it here."))
    actions.take_off(row.ref, act=Act(by=user, on=clock.today()))
    return _shown(request, row.pledge, _("The file has been taken off."))


@signed_in
@require_safe
@cache_control(private=True, no_store=True)
def download(request: HttpRequest, ref: uuid.UUID) -> HttpResponseBase:
    """Save a file on the reader's machine; it is never shown inside the site."""
    row = _file(request, ref)
    try:
        content = row.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    actions.note_opened(row, act=Act(by=person(request), on=clock.today()))
    response = FileResponse(
        content, as_attachment=True, filename=row.name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _shown(request: HttpRequest, pledge: Pledge, told: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _part(request, pledge, told=told)
    messages.success(request, told)
    return redirect(f"{_back(person(request), pledge)}#files")


def _back(user: User, pledge: Pledge) -> str:
    """Where the person works: the form while it may be typed in, else the page of the pledge."""
    return reverse("pledges:edit" if can_edit(user, pledge) else "pledges:detail", args=[pledge.ref])


def _part(
    request: HttpRequest, pledge: Pledge, form: AttachmentForm | None = None, told: str = ""
) -> TemplateResponse:
    files = files_of(person(request), pledge)
    return TemplateResponse(
        request, "pledges/_files.html", {"files": files | ({"form": form} if form else {}), "told": told}
    )
