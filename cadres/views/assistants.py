"""An account for an assistant: made by the board or the administrator, its slip printed at once."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cadres import clock
from cadres.access import person, role_required
from cadres.actions.accounts import issue_slips
from cadres.actions.assistants import UsernameTakenError, open_assistant_account
from cadres.forms.assistants import AssistantForm
from cadres.models import User
from cadres.queries.assistants import MAKERS, free_username, homes, namesakes
from cadres.views.slips import printed


@role_required(*MAKERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    """Name and organisation first; then the user name is proposed; then the account and its slip."""
    user, on, units = person(request), clock.today(), list(homes(person(request)))
    form = AssistantForm(request.POST if request.method == "POST" else None, units=units)
    context = {"form": form, "namesakes": [], "proposed": False}
    if form.is_valid():
        data = form.cleaned_data
        if data["username"] and (account := _opened(form, by=user)):
            slips, refused = issue_slips([account.pk], by=user, on=on)
            return printed(request, slips, refused, reverse("cadres:account_new"))
        if not form.errors:
            offered = data | {"username": free_username(data["name"])}
            context["form"] = AssistantForm(initial=offered, units=units)
            context |= {"proposed": True, "namesakes": namesakes(user, data["name"], on)}
    return TemplateResponse(request, "cadres/account_new.html", context)


def _opened(form: AssistantForm, *, by: User) -> User | None:
    """The account, or None: the form then says why not."""
    data, on = form.cleaned_data, clock.today()
    unit = form.units[data["unit"]]
    try:
        return open_assistant_account(name=data["name"], username=data["username"], unit=unit, by=by, on=on)
    except UsernameTakenError as error:
        free = _("%(name)s is free.") % {"name": free_username(data["name"])}
        form.add_error("username", f"{error} {free}")
    except PermissionDenied as error:
        form.add_error("unit", str(error))
    return None
