"""Lý do và dấu hiệu: the lists the host's office keeps for its desk."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres import clock
from cadres.access import person, role_required
from cadres.models import Unit
from cadres.permissions import can_read_unit
from cadres.roles import Role
from pledges.actions import office_lists as actions
from pledges.forms.desk import PhraseForm, ReasonForm
from pledges.models import ReturnReason
from pledges.office_lists import keeps_its_own, phrases_of, reasons_offered
from pledges.permissions import can_keep_office_lists
from pledges.version_words import FIELD_LABELS


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def office_lists(request: HttpRequest, unit: str) -> HttpResponse:
    """Reasons of returns and signs of routine work: add one, end one."""
    host, user = get_object_or_404(Unit, code=unit), person(request)
    if not can_read_unit(user, host):
        raise Http404
    if not can_keep_office_lists(user, host):
        raise PermissionDenied(_("The lists are kept by the organisation board."))
    act = request.POST.get("act", "")
    reason_form = ReasonForm(request.POST if act == "add_reason" else None)
    phrase_form = PhraseForm(request.POST if act == "add_phrase" else None)
    if request.method == "POST" and (told := _done(request, host, act, reason_form, phrase_form)):
        messages.success(request, told)
        return redirect("pledges:office_lists", host.code)
    status = 422 if request.method == "POST" else 200
    context = {
        "host": host,
        "keeps": keeps_its_own(host),
        "reasons": [(label, FIELD_LABELS.get(field, "")) for label, field in reasons_offered(host)],
        "ended": ReturnReason.objects.filter(host=host, ended_on__isnull=False).order_by("-ended_on", "pk"),
        "phrases": phrases_of(host),
        "reason_form": reason_form,
        "phrase_form": phrase_form,
    }
    return TemplateResponse(request, "pledges/office_lists.html", context, status=status)


def _done(request: HttpRequest, host: Unit, act: str, reason_form: Any, phrase_form: Any) -> str:
    """What was done, in words; empty where the form does not hold."""
    user, named = person(request), request.POST.get("named", "")
    if act == "add_reason" and reason_form.is_valid():
        actions.add_reason(host, **reason_form.cleaned_data, by=user)
        return _("The reason is on the list.")
    if act == "add_phrase" and phrase_form.is_valid():
        actions.add_phrase(host, text=phrase_form.cleaned_data["text"], by=user)
        return _("The words are on the list.")
    if act == "end_reason" and named:
        actions.end_reason(host, label=named, on=clock.today(), by=user)
        return _("The reason is no longer offered; where it was given it stays.")
    if act == "drop_phrase" and named:
        actions.drop_phrase(host, text=named, by=user)
        return _("The words are no longer on the list.")
    return ""
