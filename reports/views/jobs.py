"""Progress and failure of every job on one page."""

from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from cadres.access import person, role_required
from cadres.jobs import Job, JobState
from cadres.models import Mail, RosterImport, User
from cadres.permissions import scope_of, under
from cadres.reading import reader_is_silent
from cadres.roles import Role
from pledges.models import DeskJob, PledgeImport
from reports.models import Closing, FigureCheck
from reports.views.checks import found

SHOWN = 50


def _visible(model: type[Job], user: User) -> QuerySet[Job]:
    """Jobs of the units a board officer keeps; the administrator sees that they run, not what is in them."""
    if scope_of(user).has(Role.ADMINISTRATOR):
        # Letters go by themselves: only one that did not go is news.
        failed = Q(state=JobState.FAILED) if model is Mail else Q()
        return model._default_manager.filter(failed)
    paths = scope_of(user).paths.get(Role.BOARD_OFFICER, ())
    prefixes: dict[type[Job], str] = {
        RosterImport: "host__",
        PledgeImport: "campaign__host__",
        DeskJob: "tier__campaign__host__",
        Closing: "campaign__host__",
    }
    prefix = prefixes.get(model)
    if prefix is None:
        return model._default_manager.filter(created_by=user)
    return model._default_manager.filter(under(paths, prefix))


@role_required(Role.BOARD_OFFICER, Role.ADMINISTRATOR)
@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """The latest jobs of every kind, newest first, with progress and the reason of a failure."""
    kinds = [model for model in apps.get_models() if issubclass(model, Job)]
    jobs = [
        job
        for model in kinds
        for job in _visible(model, person(request)).select_related("created_by").order_by("-pk")[:SHOWN]
    ]
    jobs.sort(key=lambda job: job.created_at, reverse=True)
    last = FigureCheck.objects.first()
    context = {
        "jobs": jobs[:SHOWN],
        "check": last,
        "differing": found(last) if last else 0,
        "reader_is_silent": reader_is_silent(),
    }
    return TemplateResponse(request, "reports/jobs.html", context)
