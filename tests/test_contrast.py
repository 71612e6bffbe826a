"""Every pair of colours that tokens.css declares can be read; no other style sheet names a colour."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6});", TOKENS))
TEXT = re.findall(r"pair: (--[a-z-]+) on (--[a-z-]+)", TOKENS)
EDGES = re.findall(r"edge: (--[a-z-]+) on (--[a-z-]+)", TOKENS)
SHEETS = sorted(path for path in CSS.glob("*.css") if path.name != "tokens.css")


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """The ratio of two colours, 1 to 21."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_pairs_are_declared():
    assert len(TEXT) >= 30
    assert len(EDGES) >= 5


@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(text: str, ground: str):
    assert contrast(COLOURS[text], COLOURS[ground]) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_can_be_seen(edge: str, ground: str):
    assert contrast(COLOURS[edge], COLOURS[ground]) >= 3


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_colours_come_from_the_tokens(sheet: Path):
    """A colour written elsewhere would escape the pairs. Paper is black and white by itself."""
    found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(", sheet.read_text(encoding="utf-8")))
    allowed = {"#000000", "#ffffff", "#999999", "#e5e5e5", "#f0f0f0"} if sheet.name == "print.css" else set()
    assert found <= allowed


def _rules(css: str) -> list[tuple[str, str]]:
    """Selector and declarations of each rule; rules inside @media too."""
    return re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", css, flags=re.S))


def test_every_pair_on_one_rule_is_declared():
    """Where a rule sets both text and ground, that very pair must be among those measured."""
    declared, undeclared = set(TEXT), set()
    for sheet in SHEETS:
        for selector, body in _rules(sheet.read_text(encoding="utf-8")):
            text = re.search(r"(?<![-\w])color: var\((--[a-z-]+)\)", body)
            ground = re.search(r"background(?:-color)?: var\((--[a-z-]+)\)", body)
            if text and ground and (text[1], ground[1]) not in declared:
                undeclared.add((selector.strip(), text[1], ground[1]))
    assert not undeclared


def test_bootstrap_triples_repeat_their_token():
    """Bootstrap wants some colours as "r, g, b": they must say the same as the hexadecimal token."""
    for triple, token in (
        ("--bs-primary-rgb", "--red"),
        ("--bs-danger-rgb", "--red"),
        ("--bs-link-color-rgb", "--red-deep"),
        ("--bs-link-hover-color-rgb", "--red"),
    ):
        numbers = re.search(rf"{triple}: (\d+), (\d+), (\d+);", TOKENS)
        assert numbers is not None
        assert "#" + "".join(f"{int(n):02x}" for n in numbers.groups()) == COLOURS[token]


def test_every_sheet_is_loaded():
    templates = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    loaded = {
        name for path in templates for name in re.findall(r"css/(\w+\.css)", path.read_text(encoding="utf-8"))
    }
    assert loaded == {path.name for path in CSS.glob("*.css")}
