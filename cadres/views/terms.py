"""Search terms of lists: sent by POST and kept in the session, as a name has no place in an address.

The term belongs to the pages of one search: an address without `page` is the whole list again.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from cadres.forms.accounts import SearchForm


def remember(request: HttpRequest, of: str) -> HttpResponse:
    """Keep the term typed for the list `of` and show its first page; other filters stay."""
    form = SearchForm(request.POST)
    request.session[f"term:{of}"] = form.cleaned_data["q"] if form.is_valid() else ""
    query = request.GET.copy()
    query["page"] = "1"
    query.pop("after", None)
    return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")


def recall(request: HttpRequest, of: str) -> str:
    """The term in force on this page of the list `of`."""
    if "page" not in request.GET:
        return ""
    return str(request.session.get(f"term:{of}", ""))
