"""The registration list of a cell as a workbook to fill in; `pledges.imports.cell_sheet` reads it back."""

from collections.abc import Sequence
from datetime import date
from typing import BinaryIO

from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from cadres.models import Rank, Unit
from cadres.templatetags.display import day as day_words
from cadres.templatetags.display import year as year_words
from pledges.forms.cell_grid import RowKey, digest_of, due_choices, stored
from pledges.forms.register import TITLE_LIMIT
from pledges.imports.cell_sheet import HEADINGS, TYPED, mark_of
from pledges.models import Novelty, Tier
from pledges.views.grid_rows import GridRow
from reports.writers.book import Book, fit_height, open_book

WIDTHS = {
    "no": 5.0,
    "name": 26.0,
    "birth_year": 9.0,
    "title": 56.0,
    "novelty": 11.0,
    "product": 32.0,
    "due": 17.0,
    "state": 26.0,
    "code": 12.0,
    "key": 12.0,
}
PLACE = {name: position for position, name in enumerate(WIDTHS)}
LONGEST_MESSAGE = 255  # of a note beside a cell; Excel takes the file for damaged beyond it
EMPTY_LINES = 2  # room to write in, where nothing stands yet


def write_cell_book(file: BinaryIO, rows: Sequence[GridRow], *, tier: Tier, cell: Unit, day: date) -> None:
    """Write the cell's people with what is registered; what may be typed is open, all else is locked.

    Without a password: the lock is against slips, and an office may lift it.
    """
    with open_book(file, title=_("Registration list of the cell")) as book:
        sheet = book.add_sheet(_("List"))
        sheet.set_landscape()
        for name, width in WIDTHS.items():
            hidden = {"hidden": True} if name in ("code", "key") else {}
            sheet.set_column(PLACE[name], PLACE[name], width, None, hidden)
        heading = _write_head(book, sheet, tier=tier, cell=cell, day=day)
        for row, line in enumerate(rows, start=heading + 1):
            _write_person(book, sheet, row, line)
        if rows:
            _guide(sheet, heading + 1, heading + len(rows), tier=tier, day=day)
        sheet.freeze_panes(heading + 1, PLACE["name"] + 1)
        sheet.repeat_rows(heading)
        sheet.protect("", {"format_columns": True, "format_rows": True})


def _write_head(book: Book, sheet: Worksheet, *, tier: Tier, cell: Unit, day: date) -> int:
    """Whose list it is, how it is filled in, and the headings; answers their row."""
    campaign = tier.campaign
    words = {"year": year_words(campaign.year)}
    state = _("As of %(day)s.") % {"day": day_words(day)}
    if campaign.closes_on:
        state += " " + _("Please send it before %(day)s.") % {"day": day_words(campaign.closes_on)}
    hint = _(
        "Type in the yellow cells only, one row a comrade. What is grey has been sent and is not"
        " changed here. Save the file, then bring it in on the page of the cell."
    )
    lines = [
        (cell.parent.name.upper() if cell.parent else "", "subtitle"),
        (cell.name.upper(), "bold"),
        (_("Registration list of new tasks, difficult tasks of %(year)s") % words, "title"),
        (state, "subtitle"),
        (hint, "provisional"),
    ]
    for row, (text, style) in enumerate(lines):
        book.write_text(sheet, row, 0, text, style)
        if row == 0:
            book.write_text(sheet, row, PLACE["key"], mark_of(tier, cell), "subtitle")
    heading = len(lines)
    for name, words_of in HEADINGS.items():
        book.write_text(sheet, heading, PLACE[name], str(words_of), "header")
    fit_height(sheet, heading, [(str(HEADINGS[name]), WIDTHS[name]) for name in TYPED], least_lines=2)
    return heading


def _write_person(book: Book, sheet: Worksheet, row: int, line: GridRow) -> None:
    """A comrade: the open cells hold the draft, the locked ones what was sent."""
    texts = stored(line.pledge)
    shown = texts | {"novelty": line.pledge.get_novelty_display() if line.pledge else ""}
    style = "entry" if line.editable else "fixed"
    pledge = line.pledge
    key = RowKey(pledge.ref, pledge.revision, digest_of(texts)) if pledge else line.key
    values = {
        "no": str(line.no),
        "name": line.member.name,
        "birth_year": year_words(line.member.birth_year),
        **shown,
        "state": _state(line),
        "code": line.member.code,
        "key": str(key or ""),
    }
    for name, text in values.items():
        book.write_text(sheet, row, PLACE[name], text, style if name in TYPED else "fixed")
    wrapped = [(values[name], WIDTHS[name]) for name in (*TYPED, "name", "state")]
    fit_height(sheet, row, wrapped, least_lines=EMPTY_LINES)


def _state(line: GridRow) -> str:
    """How the registration stands, and what is to be known of the comrade."""
    told = [line.status or (_("Not registered yet") if line.counted else "")]
    if line.reason:
        told.append(line.reason)
    if not line.counted:
        told.append(_("%(reason)s, not counted") % {"reason": line.membership.get_standing_display()})
    elif line.membership.rank == Rank.PROBATIONARY:
        told.append(line.membership.get_rank_display())
    return "; ".join(filter(None, told))


def _guide(sheet: Worksheet, first: int, last: int, *, tier: Tier, day: date) -> None:
    """Choices and a word of help in each column that is typed in."""
    late = day_words(date(tier.campaign.year, 9, 30))
    helps = {
        "title": _("What is carried out, where and for whom. Nothing that is a state secret."),
        "novelty": _("Choose: new, difficult or both."),
        "product": _("What will be there in the end, with a number where there is one: 12/12 households."),
        "due": _("Choose a quarter or the whole year, or write a day: %(day)s.") % {"day": late},
    }
    too_long = _("At most %(n)s characters.") % {"n": TITLE_LIMIT}
    length = {"validate": "length", "criteria": "<=", "value": TITLE_LIMIT, "error_message": too_long}
    kinds = [str(label) for label in Novelty.labels]
    rules: dict[str, dict[str, object]] = {
        "title": length,
        "novelty": {"validate": "list", "source": kinds, "error_message": helps["novelty"]},
        "product": length,
        # A day is written, not chosen: only the table of the site can say whether it is one.
        "due": {"validate": "list", "source": due_choices(tier.campaign.year, day), "show_error": False},
    }
    for name, rule in rules.items():
        told = {"input_title": str(HEADINGS[name])[:32], "input_message": helps[name][:LONGEST_MESSAGE]}
        sheet.data_validation(first, PLACE[name], last, PLACE[name], rule | told | {"ignore_blank": True})
