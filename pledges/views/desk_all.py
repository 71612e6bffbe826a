"""One act of the desk on all that a filter found: asked with the lines named, followed, told line by line."""

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from cadres import clock
from cadres.access import person, role_required
from cadres.models import Body
from cadres.permissions import can_read_unit
from cadres.roles import Role
from pledges.actions.acts import Act, NotAllowedError
from pledges.actions.desk_jobs import MOST, Wish, foreseen, request_desk_job, too_many
from pledges.content import digest
from pledges.desk_words import ACT_LABELS, SHOW_LABELS, count_words
from pledges.forms.desk import ReturnAllForm, VetAllForm
from pledges.forms.dockets import BuildForm
from pledges.models import DeskAct, DeskJob, Lane, Pledge, StepLevel, TierKind
from pledges.permissions import can_vet
from pledges.sent import as_sent
from pledges.states import Outcome
from pledges.views.desk import View, view_of
from pledges.views.docket_build import TITLES

NAMED = 50


@dataclass(frozen=True)
class Plan:
    """What is to be done: the pledges of the filter, the body where it is a docket, the lines that cannot."""

    act: DeskAct
    pledges: list[Pledge]
    refused: dict[int, str]
    body: Body | None = None
    supplementary: bool = False

    @property
    def going(self) -> int:
        """How many the act would change."""
        return len(self.pledges) - len(self.refused)


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def act_on_all(request: HttpRequest, campaign: str) -> HttpResponse:
    """Which act, on how many, which lines cannot and why; on POST it is done or handed to a worker."""
    view = view_of(request, campaign)
    plan = _plan(request, view)
    form, seen = _form(request, view, plan), _digest(plan)
    if form.is_valid() and (known := _asked_for(request, form)):
        return redirect("pledges:desk_job", known.pk)
    if form.is_valid() and request.POST.get("seen") != seen:
        form.add_error(None, _("The filter has changed since you opened this page. Look at it once more."))
    elif form.is_valid():
        try:
            job = request_desk_job(
                ref=form.cleaned_data["ref"],
                tier=view.tier,
                wish=_wish(plan, form),
                pledges=[pledge.pk for pledge in plan.pledges],
                query=view.query,
                by=person(request),
                day=clock.today(),
            )
        except NotAllowedError as error:
            form.add_error(None, str(error))
        else:
            return redirect("pledges:desk_job", job.pk)
    context = {
        "view": view,
        "campaign": view.campaign,
        "form": form,
        "seen": seen,
        "plan": plan,
        "label": str(ACT_LABELS[plan.act]),
        "filter_words": _filter_words(view),
        "n_words": count_words(view.tier, len(plan.pledges)),
        "going_words": count_words(view.tier, plan.going),
        "groups": _by_reason(view, plan),
        "too_many": too_many() if len(plan.pledges) > MOST else "",
        "bodies": _body_chips(view, plan),
        "queue_url": view.url(),
    }
    return TemplateResponse(request, "pledges/desk_all.html", context)


def _by_reason(view: View, plan: Plan) -> list[tuple[str, list[Pledge], int]]:
    """The lines that cannot, under what forbids them, the most first."""
    groups: dict[str, list[Pledge]] = {}
    staying = [pledge for pledge in plan.pledges if pledge.pk in plan.refused]
    as_sent(staying, but=view.types)
    for pledge in staying:
        groups.setdefault(plan.refused[pledge.pk], []).append(pledge)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [(reason, pledges, len(pledges)) for reason, pledges in ordered]


def _asked_for(request: HttpRequest, form: forms.Form) -> DeskJob | None:
    """The act that a first press of the same button asked for."""
    return DeskJob.objects.filter(ref=form.cleaned_data["ref"], created_by=person(request)).first()


def _digest(plan: Plan) -> str:
    """What the page was shown for: the lines, and which of them cannot."""
    return digest({"lines": [pledge.pk for pledge in plan.pledges], "refused": sorted(plan.refused)})[:16]


def _plan(request: HttpRequest, view: View) -> Plan:
    """The filter as it stands now; 404 for an act that does not exist or a body that is not asked."""
    if request.GET.get("act") not in DeskAct.values:
        raise Http404
    act, body = DeskAct(request.GET["act"]), None
    rows = view.desk.rows(view.wanted).select_related("lead_member", "unit", "campaign__host")
    pledges = list(rows[: MOST + 1])
    if act == DeskAct.DOCKET:
        bodies = _bodies(view)
        kind = request.GET.get("body", bodies[0].kind if bodies else "")
        body = next((one for one in bodies if one.kind == kind), None)
        if body is None:
            raise Http404
    late = bool(pledges) and all(pledge.lane != Lane.REGULAR for pledge in pledges)
    wish = Wish(act=act, body=body, supplementary=late)
    refused = foreseen(wish, pledges, view.tier, Act(by=person(request), on=clock.today()))
    return Plan(act, pledges, refused, body, late)


def _bodies(view: View) -> list[Body]:
    """The bodies of the host that the route of the tier names, in its order."""
    kinds = [step.body_kind for step in view.tier.steps.all() if step.level == StepLevel.HOST]
    bodies = Body.objects.filter(unit=view.campaign.host, kind__in=kinds, ended_on=None)
    return sorted(bodies.select_related("unit"), key=lambda body: kinds.index(body.kind))


def _body_chips(view: View, plan: Plan) -> list[dict[str, Any]]:
    if plan.body is None:
        return []
    return [
        {
            "label": body.name,
            "url": view.url("pledges:desk_all", act=plan.act.value, body=body.kind),
            "active": body.pk == plan.body.pk,
        }
        for body in _bodies(view)
    ]


def _form(request: HttpRequest, view: View, plan: Plan) -> forms.Form:
    data, initial = request.POST if request.method == "POST" else None, {"ref": uuid.uuid4()}
    if plan.act == DeskAct.VET:
        return VetAllForm(data, initial=initial)
    if plan.act == DeskAct.RETURN:
        return ReturnAllForm(data, initial=initial, host=view.campaign.host)
    words = TITLES.get((TierKind(view.tier.kind), plan.supplementary))
    title = str(words) % {"year": str(view.campaign.year)} if words else view.campaign.title
    return BuildForm(data, initial=initial | {"title": title})


def _wish(plan: Plan, form: forms.Form) -> Wish:
    data = form.cleaned_data
    return Wish(
        act=plan.act,
        proposal=data.get("proposal", Outcome.APPROVE),
        note=data.get("note", ""),
        reasons=tuple(data.get("reasons", ())),
        body=plan.body,
        title=data.get("title", ""),
        supplementary=plan.supplementary,
    )


def _filter_words(view: View) -> str:
    """The filter as it was chosen: Cần thẩm định · phường Bưởi."""
    told = [str(SHOW_LABELS[view.wanted.show])]
    for name in ("unit", "theme", "novelty", "lane"):
        if name in view.form.fields and (chosen := view.form.cleaned_data.get(name)):
            choices = dict(view.form.fields[name].choices)  # type: ignore[attr-defined]  # all of them choose
            told.append(str(choices[chosen]))
    if view.wanted.name:
        told.append(f"“{view.wanted.name}”")
    return " · ".join(told)


@role_required(Role.BOARD_OFFICER)
@never_cache
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an act on many has come; in the end how many were done, and why each other was not."""
    found = _job_for(request, pk)
    refused = Paginator(found.refused, NAMED).get_page(request.GET.get("page"))
    reasons = dict(refused.object_list)
    pledges = Pledge.objects.filter(pk__in=reasons).select_related("lead_member", "unit").order_by("pk")
    as_sent(pledges, but=lambda _pledge: found.tier.is_listed)
    context = _progress(found) | {
        "campaign": found.tier.campaign,
        "label": str(ACT_LABELS[found.act]),
        "n_words": count_words(found.tier, found.total),
        "refused": [(pledge, reasons[pledge.pk]) for pledge in pledges],
        "page": refused,
        "left": found.total - found.progress,
        "queue_url": f"{reverse('pledges:desk', args=[found.tier.campaign.code])}?{_filter_of(found)}",
    }
    return TemplateResponse(request, "pledges/desk_job.html", context)


def _filter_of(found: DeskJob) -> str:
    """The filter it was asked for from, without the act."""
    kept = [part for part in found.query.split("&") if part.split("=")[0] not in ("act", "body", "page")]
    return "&".join(filter(None, kept))


@role_required(Role.BOARD_OFFICER)
@never_cache
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone, asked for every second; at the end the whole page is loaded again."""
    found = _job_for(request, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("pledges:desk_job", pk=found.pk)
    if found.is_over:
        return HttpResponseClientRefresh()
    return TemplateResponse(request, "components/_progress.html", _progress(found))


def _job_for(request: HttpRequest, pk: int) -> DeskJob:
    """The act, for the board of the host: strangers do not learn that it exists."""
    jobs = DeskJob.objects.select_related("tier__campaign__host", "created_by", "docket")
    found = get_object_or_404(jobs, pk=pk)
    if not can_read_unit(person(request), found.tier.campaign.host):
        raise Http404
    if not can_vet(person(request), found.tier.campaign):
        raise PermissionDenied(_("The organisation board of the host vets this."))
    return found


def _progress(found: DeskJob) -> dict[str, Any]:
    return {
        "job": found,
        "url": reverse("pledges:desk_job_progress", args=[found.pk]),
        "done": found.progress,
        "total": found.total,
        "label": str(ACT_LABELS[found.act]),
        "note": _("You may leave this page; the work goes on."),
        "finished": found.is_over,
    }
