"""The cell's list typed as a table on a PC: everybody on one page, saved or sent together."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Unit
from cadres.templatetags.display import number
from pledges.actions.acts import NotAllowedError
from pledges.actions.cell_entry import RowAnswer, RowTyped, save_rows
from pledges.forms.cell_grid import (
    COLUMN_OF,
    COLUMNS,
    Posted,
    RowKey,
    RowReader,
    due_choices,
    fill,
    is_begun,
    read_posted,
)
from pledges.models import Novelty, Tier
from pledges.sources import suggestions_for
from pledges.states import PledgeStatus
from pledges.views.cell_place import typed_place
from pledges.views.grid_rows import Grid, GridRow, read_grid


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cell_grid(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Type for everybody in the cell; the order of the rows is the cell's own and never moves."""
    tier, cell = typed_place(request, campaign, unit)
    if request.method != "POST":
        return _page(request, tier, cell, _read(request, tier, cell))
    if request.POST.get("act") == "fill":
        return _fill(request, tier, cell)
    return _save(request, tier, cell, send=request.POST.get("act") == "send")


def page_with(
    request: HttpRequest,
    tier: Tier,
    cell: Unit,
    rows: Mapping[int, Mapping[str, str]],
    problems: Sequence[str],
    source: str,
) -> TemplateResponse:
    """The table with raw texts from elsewhere typed into it, read and marked, nothing saved.

    `rows` by the member's key holds the texts of title, novelty, product and due (what is left out
    stays as it is saved); `problems` are told above, `source` is named.
    """
    day, told = clock.today(), list(problems)
    grid = read_grid(person(request), tier, cell, day)
    if grid.page.has_other_pages():
        grid = read_grid(person(request), tier, cell, day, only=set(rows))
    if left := len(set(rows) - set(grid.by_member)):
        text = ngettext(
            "%(n)s row has no place in this table and was left out.",
            "%(n)s rows have no place in this table and were left out.",
            left,
        )
        told.append(text % {"n": number(left)})
    reader = RowReader(year=tier.campaign.year, day=day, complete=False)
    for row in grid.rows:
        given = {name: text for name, text in rows.get(row.member.pk, {}).items() if name in COLUMNS}
        raw = {**row.raw, **given}
        if given and raw != row.raw:
            row.take(raw, None, reader.read(raw).errors if row.editable and is_begun(raw) else {})
    return _page(request, tier, cell, grid, problems=told, source=source)


def _read(request: HttpRequest, tier: Tier, cell: Unit) -> Grid:
    return read_grid(person(request), tier, cell, clock.today(), number=request.GET.get("page"))


def _posted(request: HttpRequest, grid: Grid) -> dict[int, Posted]:
    """Rows of the page that the browser sent, by the member's key."""
    found = {pk: read_posted(request.POST, pk) for pk in grid.by_member}
    return {pk: posted for pk, posted in found.items() if posted}


def _fill(request: HttpRequest, tier: Tier, cell: Unit) -> HttpResponse:
    """One kind and one deadline for all rows, for whoever has no script; nothing is saved."""
    grid = _read(request, tier, cell)
    told = {"novelty": request.POST.get("fill_novelty", ""), "due": request.POST.get("fill_due", "")}
    for pk, posted in _posted(request, grid).items():
        row = grid.by_member[pk]
        raw = posted.raw if posted.touched else row.raw
        if row.editable:
            raw = fill(raw, **told, over="fill_over" in request.POST)
        if posted.touched or raw != row.raw:
            row.take(raw, posted.key if posted.touched else None, {})
    return _page(request, tier, cell, grid, filled=told)


def _save(request: HttpRequest, tier: Tier, cell: Unit, *, send: bool) -> HttpResponse:
    """Save what was typed, row by row; what is wrong comes back as it was typed."""
    day, user = clock.today(), person(request)
    grid = _read(request, tier, cell)
    posted = _posted(request, grid)
    reader = RowReader(year=tier.campaign.year, day=day, complete=send)
    rows, wrong = _typed(grid, posted, reader)
    try:
        answers = save_rows(rows, tier=tier, cell=cell, by=user, day=day, send=send)
    except NotAllowedError as error:  # the role ended while the page was being sent
        raise PermissionDenied(str(error)) from error
    except OperationalError:
        return _busy(request, tier, cell, posted)
    fresh = _read(request, tier, cell)
    for pk, errors in wrong.items():
        _put_back(fresh.by_member.get(pk), posted.get(pk), errors)
    for answer in answers:
        if answer.error:
            _refuse(fresh.by_member.get(answer.member_id), posted.get(answer.member_id), answer)
    done = sum(answer.done for answer in answers)
    _tell(request, done, send=send, wrong=bool(fresh.wrong))
    return _page(request, tier, cell, fresh) if fresh.wrong else redirect(request.get_full_path())


def _typed(
    grid: Grid, posted: Mapping[int, Posted], reader: RowReader
) -> tuple[list[RowTyped], dict[int, dict[str, str]]]:
    """Rows to save, and by member what is wrong with the others.

    Looked at are the rows in which somebody typed and, when the list is sent, the drafts in it.
    """
    rows: list[RowTyped] = []
    wrong: dict[int, dict[str, str]] = {}
    for row in grid.rows:
        one = posted.get(row.member.pk)
        raw, key = _as_typed(row, one, sends=reader.complete)
        if key is None or (row.pledge is None and not is_begun(raw)):
            continue
        returned = row.pledge is not None and row.pledge.status == PledgeStatus.RETURNED
        read = (reader.asking_all() if returned else reader).read(raw)
        if read.errors and row.editable:
            wrong[row.member.pk] = read.errors
        else:
            rows.append(
                RowTyped(member_id=row.member.pk, ref=key.ref, revision=key.revision, content=read.content)
            )
    return rows, wrong


def _as_typed(row: GridRow, posted: Posted | None, *, sends: bool) -> tuple[Mapping[str, str], RowKey | None]:
    """What a row holds and what it was opened with; no key when it is not to be looked at."""
    if posted and posted.touched:
        return posted.raw, posted.key
    drafted = posted is not None and row.editable and row.pledge is not None
    return row.raw, row.key if drafted and sends else None


def _put_back(row: GridRow | None, posted: Posted | None, errors: Mapping[str, str]) -> None:
    """Show a row that was not saved as it was typed, with what is wrong."""
    if row is None:
        return
    if posted and posted.touched:
        row.take(posted.raw, posted.key, errors)
    else:
        row.errors = dict(errors)


def _refuse(row: GridRow | None, posted: Posted | None, answer: RowAnswer) -> None:
    """Show a refused row; where somebody else saved, the next saving replaces what is shown beside it."""
    column = COLUMN_OF.get(answer.field, answer.field)
    _put_back(row, posted, {column: answer.error})
    if row is not None and answer.pledge is not None:
        row.newer = answer.pledge
        row.key = RowKey.of(row.pledge if row.editable else None)


def _busy(request: HttpRequest, tier: Tier, cell: Unit, posted: Mapping[int, Posted]) -> HttpResponse:
    """The database did not take it: nothing is saved, everything typed is on the page again."""
    grid = _read(request, tier, cell)
    for pk, one in posted.items():
        if one.touched:
            grid.by_member[pk].take(one.raw, one.key, {})
    text = _("The site is busy and has saved nothing yet. Everything typed is still here: please try again.")
    messages.error(request, text)
    response = _page(request, tier, cell, grid)
    response.status_code = 503
    response["Retry-After"] = "10"
    return response


def _tell(request: HttpRequest, done: int, *, send: bool, wrong: bool) -> None:
    if done and send:
        text = ngettext(
            "%(n)s row has been sent to the cell.", "%(n)s rows have been sent to the cell.", done
        )
    elif done:
        text = ngettext(
            "%(n)s row has been saved as a draft. It has not been sent yet.",
            "%(n)s rows have been saved as drafts. They have not been sent yet.",
            done,
        )
    else:
        text = _("Everything in the table is saved already.")
    if done or not wrong:
        messages.success(request, text % {"n": number(done)})


def _page(
    request: HttpRequest,
    tier: Tier,
    cell: Unit,
    grid: Grid,
    *,
    problems: Sequence[str] = (),
    source: str = "",
    filled: Mapping[str, str] | None = None,
) -> TemplateResponse:
    campaign, day = tier.campaign, clock.today()
    address = reverse("pledges:cell_grid", args=[campaign.code, cell.code])
    context: dict[str, Any] = {
        "campaign": campaign,
        "cell": cell,
        "grid": grid,
        "address": f"{address}?page={grid.page.number}" if grid.page.has_other_pages() else address,
        "kinds": Novelty.choices,
        "dues": due_choices(campaign.year, day),
        "closed": _closed(tier, day),
        "days_left": campaign.days_left(day),
        "suggestions": list(suggestions_for(cell, tier).order_by("-unit__path", "order")),
        "problems": problems,
        "source": source,
        "filled": filled or {},
        "answered": request.method == "POST",
    }
    return TemplateResponse(request, "pledges/cell_grid.html", context)


def _closed(tier: Tier, day: date) -> str:
    """Why nobody new is registered any more, or nothing."""
    if tier.campaign.window_is_open(day):
        return ""
    if tier.campaign.takes_late_entries(day):
        return _("The window is over: only newly admitted and transferred comrades are registered.")
    return _("Registration is not open on this day.")
