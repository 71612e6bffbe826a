"""The annex of a docket as a Word document."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from cadres.access import signed_in


@signed_in
def docket_docx(request: HttpRequest, ref: UUID) -> HttpResponse:
    raise Http404
