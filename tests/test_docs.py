"""What README.md and docs/ name is there: commands, files, addresses, variables, figures, pictures."""

import re
import struct
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve
from django.utils.translation import override

from reports.figures import FIGURES

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
SCREENSHOT = ROOT / "docs/images/dashboard.png"

QUOTED = re.compile(r"`([^`\n]+)`")
LINKED = re.compile(r"\]\(([^)#]+)\)")
A_FILE = re.compile(r"\.?[\w-]+(?:/[\w.-]+)*(?:/|\.(?:py|toml|yml|md|html|svg|png|xlsx))|\.ci/run")
MADE_AT_RUN_TIME = ("var/", ".venv")
READ = re.compile(r"""(?:env_(?:text|bool|list)\(|environ(?:\.get\(|\[))\s*"([A-Z_]+)\"""")


def _section(title: str) -> str:
    """The text below a heading of the README, up to the next heading."""
    match = re.search(rf"^#+ {re.escape(title)}$\n(.*?)(?=^#)", README, re.MULTILINE | re.DOTALL)
    assert match, title
    return match[1]


def _first_cells(table: str) -> list[str]:
    return [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]


def _files(page: Path) -> set[str]:
    text = page.read_text(encoding="utf-8")
    named = {one for one in QUOTED.findall(text) if A_FILE.fullmatch(one)}
    linked = {str((page.parent / one).relative_to(ROOT)) for one in LINKED.findall(text)}
    return {one for one in named | linked if not one.startswith(MADE_AT_RUN_TIME)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_named_is_there(page):
    files = _files(page)
    assert files
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []


def test_every_command_named_exists():
    named = set(re.findall(r"manage\.py ([a-z_]+)", README))
    named |= {QUOTED.findall(cell)[0].split()[0] for cell in _first_cells(_section("Commands"))}
    assert {"up", "test", "figures"} <= named
    assert named - set(get_commands()) == set()


def test_every_command_of_ours_is_named():
    ours = {name for name, app in get_commands().items() if app in ("config", "cadres", "pledges", "reports")}
    listed = {QUOTED.findall(cell)[0].split()[0] for cell in _first_cells(_section("Commands"))}
    assert ours - {"test"} == listed


def test_every_address_named_leads_to_a_view():
    addresses = [one for one in QUOTED.findall(README) if one.startswith("/")]
    assert len(addresses) > 10
    for address in addresses:
        resolve(urlsplit(address).path)


def test_the_variables_named_are_those_that_are_read():
    read = set()
    for path in [*(ROOT / "config").rglob("*.py"), ROOT / "manage.py"]:
        if path.name not in ("settings_test.py", "test.py"):
            read |= set(READ.findall(path.read_text(encoding="utf-8")))
    named = {name for cell in _first_cells(_section("Environment")) for name in QUOTED.findall(cell)}
    assert named == read - {"DJANGO_SETTINGS_MODULE"}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.code)
def test_the_glossary_defines_the_figure_as_the_registry_does(figure):
    with override("vi"):
        vietnamese = str(figure.title)
    with override("en"):
        title, definition = f"{figure.title} · {vietnamese}", str(figure.definition)
        exclusions = str(figure.exclusions)
    [row] = [line for line in GLOSSARY.splitlines() if line.startswith(f"| `{figure.code}` |")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    counts = f"`{figure.numerator}` / `{figure.denominator}`"
    assert cells[1:5] == [title, definition, exclusions, counts]
    assert cells[5:] == [str(figure.kind), str(figure.decimals), str(figure.version)]


def test_the_readme_opens_with_a_screenshot_of_a_wide_page():
    picture = SCREENSHOT.read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">I", picture[16:20])[0] == 1440
    assert len(picture) <= 300_000
    assert "docs/images/dashboard.png" in README.split("\n\n")[1]


def test_the_drawing_is_sound_and_carries_no_script():
    root = ElementTree.parse(ROOT / "docs/images/architecture.svg").getroot()  # noqa: S314 (our own file)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not [element for element in root.iter() if element.tag.endswith("script")]
