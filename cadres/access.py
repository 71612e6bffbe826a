"""Who may enter a view, said aloud at the view itself.

Every view of the project carries exactly one of these marks in its attribute `access`; a test walks
the URL map and fails on a view without one. What may then be seen or done inside is the business of
`permissions`: outside one's scope 404, inside without the right 403.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from cadres.models import User
from cadres.permissions import scope_of
from cadres.roles import Role

P = ParamSpec("P")
Response = TypeVar("Response", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], Response]


def anonymous_allowed(view: View[P, Response]) -> View[P, Response]:
    """Open to everybody, also to those who have not signed in."""
    return login_not_required(_marked(view, "anonymous"))


def signed_in(view: View[P, Response]) -> View[P, Response]:
    """Open to everybody who has signed in; LoginRequiredMiddleware turns the others away."""
    return _marked(view, "signed in")


def role_required(*roles: Role) -> Callable[[View[P, Response]], View[P, Response]]:
    """Open to those who hold one of the roles somewhere today; 403 for the others."""

    def decorate(view: View[P, Response]) -> View[P, Response]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> Response:
            scope = scope_of(request.user)  # type: ignore[arg-type]  # anonymous: inactive, no role
            if not any(scope.has(role) for role in roles):
                raise PermissionDenied(_("This page is for another role."))
            return view(request, *args, **kwargs)

        return _marked(guarded, f"role: {', '.join(roles)}")

    return decorate


def person(request: HttpRequest) -> User:
    """Who has signed in; only for views that let nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def _marked(view: View[P, Response], access: str) -> View[P, Response]:
    view.access = access  # type: ignore[attr-defined]
    return view
