"""Figures, days and states as pages write them, in both languages; the components that draw them."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from cadres.rates import Rate
from cadres.templatetags.display import bar, curve_geometry, pill_tone

HEADLINE = Rate(7126, 7560)


def _write(source: str, **context: object) -> str:
    return Template("{% load display %}" + source).render(Context(context)).strip()


def _text_of(html: str, css_class: str) -> str:
    """The text of the one element with the class, white space collapsed, as a browser gives it."""
    root = ET.fromstring(f"<div>{html.replace('–', '-')}</div>")  # noqa: S314 (our own template)
    found = [el for el in root.iter() if css_class in (el.get("class") or "").split()]
    assert len(found) == 1
    return " ".join("".join(found[0].itertext()).split())


@pytest.mark.parametrize(("language", "text"), [("vi", "7.126/7.560 (94%)"), ("en", "7,126/7,560 (94%)")])
def test_rate_reads_as_filter_as_tag_and_in_one_element(language, text):
    with translation.override(language):
        assert _write("{{ r|rate }}", r=HEADLINE) == text
        assert _write("{% rate r %}", r=HEADLINE) == text
        assert _text_of(render_to_string("components/_rate.html", {"rate": HEADLINE}), "rate") == text


@pytest.mark.parametrize(("language", "text"), [("vi", "88,7%"), ("en", "88.7%")])
def test_percent_takes_decimals_and_the_language_of_the_page(language, text):
    with translation.override(language):
        assert _write("{{ r|percent:1 }}", r=Rate(55, 62)) == text
        html = render_to_string("components/_rate.html", {"rate": Rate(55, 62), "decimals": 1})
        assert _text_of(html, "rate") == f"55/62 ({text})"


@pytest.mark.parametrize("rate", [Rate(0, 0), None])
def test_no_data_is_a_dash_not_a_zero(rate):
    assert _write("{{ r|percent }}", r=rate) == "–"
    assert "0" not in _text_of(render_to_string("components/_rate.html", {"rate": rate}), "rate")


def test_almost_all_is_never_written_as_all():
    assert "100" not in _write("{{ r|rate }}", r=Rate(9996, 10000))


@pytest.mark.parametrize(
    ("language", "value", "text"),
    [
        ("vi", 5500000, "5.500.000"),
        ("en", 5500000, "5,500,000"),
        ("vi", Decimal("1234.5"), "1.234,5"),
        ("vi", None, "–"),
    ],
)
def test_numbers_are_grouped_by_language(language, value, text):
    with translation.override(language):
        assert _write("{{ n|number }}", n=value) == text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_years_are_never_grouped_and_days_never_begin_with_the_month(language):
    with translation.override(language):
        assert _write("{{ y|year }}", y=2024) == "2024"
        assert _write("{{ y|year }}", y=date(2024, 3, 26)) == "2024"
        assert _write("{{ d|day }}", d=date(2024, 3, 4)) == "04/03/2024"


def test_an_instant_is_shown_on_the_local_day():
    late = datetime(2024, 3, 25, 20, 30, tzinfo=UTC)
    assert _write("{{ d|day }}", d=late) == "26/03/2024"
    with translation.override("en"):
        assert _write("{{ d|moment }}", d=late) == "03:30 on 26/03/2024"


def test_a_pill_has_the_words_of_the_caller_escaped():
    html = _write('{% status_pill "returned" label %}', label="Đề nghị <b>bổ sung</b>")
    assert html == '<span class="pill pill-amber">Đề nghị &lt;b&gt;bổ sung&lt;/b&gt;</span>'


def test_an_unknown_state_is_grey():
    assert pill_tone("something new") == "grey"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_meter_has_widths_that_svg_can_read(language):
    """A decimal comma or a thousands dot in an attribute would draw nothing."""
    with translation.override(language):
        html = render_to_string(
            "components/_meter.html", {"registered": HEADLINE, "approved": Rate(6666, 7560)}
        )
    widths = [rect.get("width") for rect in ET.fromstring(html).iter("rect")]  # noqa: S314
    assert widths == ["100%", "94.26%", "88.17%"]
    assert 'role="img"' in html
    assert "style=" not in html


def test_a_meter_beside_its_figures_is_silent():
    html = render_to_string("components/_meter.html", {"rate": HEADLINE, "decorative": True})
    assert 'aria-hidden="true"' in html
    assert "aria-label" not in html


def test_a_meter_without_data_is_empty():
    html = render_to_string("components/_meter.html", {"rate": Rate(0, 0)})
    assert 'width="0.00%"' in html


def _points():
    return [(10, Rate(0, 100), "15/01"), (60, Rate(50, 100), "05/03"), (81, Rate(94, 100), "26/03")]


def test_the_curve_stands_on_zero_and_ends_before_the_window_closes():
    curve = curve_geometry(_points(), 400, 230, end=(86, "31/03"))
    assert curve is not None
    places = [tuple(map(float, pair.split(","))) for pair in curve.line.split()]
    xs, ys = zip(*places, strict=True)
    assert ys[0] == float(curve.base)
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys, reverse=True)
    assert float(curve.end_x) < float(curve.right)
    assert curve.days[-1].at == f"{float(curve.right):.1f}"
    assert [day.label for day in curve.days] == ["15/01", "31/03"]


def test_the_curve_of_one_day_and_of_none():
    one = curve_geometry(_points()[:1], 400, 230)
    assert one is not None
    assert one.end_x == f"{float(one.left):.1f}"
    assert curve_geometry([], 400, 230) is None


def test_the_curve_has_its_figures_as_a_table():
    with translation.override("vi"):
        curve = curve_geometry([(1, HEADLINE, "26/03")], 1200, 1230)
        html = render_to_string("components/_curve.html", {"curve": curve, "label": "Đã đăng ký"})
    assert 'viewBox="0 0 1200 1230"' in html
    assert "7.126/7.560 (94%)" in html


def test_the_curve_of_another_year_lies_on_the_same_days():
    earlier = [(10, Rate(10, 50), "16/01"), (80, Rate(40, 50), "26/03"), (95, Rate(50, 50), "10/04")]
    with translation.override("vi"):
        curve = curve_geometry(_points(), 400, 230, end=(86, "31/03"), earlier=("2023", earlier))
        html = render_to_string("components/_curve.html", {"curve": curve, "label": "Đã đăng ký"})
    assert curve is not None
    assert curve.earlier is not None
    assert curve.earlier.label == "2023: 80%"
    xs = [float(pair.split(",")[0]) for pair in curve.earlier.line.split()]
    assert len(xs) == 2
    assert xs[0] == float(curve.left)
    assert max(xs) <= float(curve.right)
    assert curve.earlier.rows[0] == ("15/01", "0/100 (0%)", "16/01", "10/50 (20%)")
    assert curve.earlier.rows[-1] == ("–", "–", "10/04", "50/50 (100%)")
    assert html.count("<td") == 3 * len(curve.earlier.rows)
    without = curve_geometry(_points(), 400, 230, earlier=("2023", []))
    assert without is not None
    assert without.earlier is None


class Short(forms.Form):
    """As the member's form: a text and a choice."""

    title = forms.CharField(label="1. Đồng chí đăng ký thực hiện việc gì?", help_text="Không ghi bí mật.")
    novelty = forms.ChoiceField(
        label="2. Loại", choices=[("new", "Mới"), ("hard", "Khó")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="Ghi chú", required=False)


def _crispy(form: forms.Form) -> str:
    return Template("{% load crispy_forms_filters %}{{ form|crispy }}").render(Context({"form": form}))


def test_the_error_summary_links_to_fields_that_exist():
    html = _crispy(Short(data={"title": "", "novelty": ""}))
    targets = re.findall(r'href="#([\w-]+)"', html)
    assert targets == ["id_title", "id_novelty_0"]
    assert all(f'id="{target}"' in html for target in targets)


def test_a_field_is_described_by_its_hint_and_its_error():
    html = _crispy(Short(data={"novelty": "new"}))
    control = re.search(r"<input[^>]*id=\"id_title\"[^>]*>", html)
    assert control is not None
    described = re.search(r'aria-describedby="([^"]+)"', control[0])
    assert described is not None
    assert described[1].split() == ["id_title_helptext", "id_title_error"]
    assert all(f'id="{one}"' in html for one in described[1].split())


def test_an_error_of_the_whole_form_is_in_the_summary():
    form = Short(data={"title": "x", "novelty": "new"})
    form.add_error(None, "Đợt đăng ký đã kết thúc.")
    assert "Đợt đăng ký đã kết thúc." in _crispy(form)


def test_choices_are_buttons_and_only_optional_fields_say_so():
    with translation.override("en"):
        html = _crispy(Short())
    assert html.count("choice-grid") == 1
    assert html.count("form-optional") == 1
    assert "asterisk" not in html
    assert "error-summary" not in html


def test_pages_keep_the_rest_of_the_query():
    request = RequestFactory().get("/?sort=-name&page=2")
    page = Paginator(range(120), 50).page(2)
    with translation.override("vi"):
        html = render_to_string("components/_pagination.html", {"page": page}, request=request)
    assert 'href="?sort=-name&amp;page=1"' in html
    assert 'href="?sort=-name&amp;page=3"' in html


@pytest.mark.parametrize(
    ("sort", "spoken", "link"),
    [
        ("name", 'aria-sort="ascending"', "?q=an&amp;sort=-name"),
        ("-name", 'aria-sort="descending"', "?q=an&amp;sort=name"),
    ],
)
def test_a_sorted_column_says_so_and_turns_round(sort, spoken, link):
    request = RequestFactory().get("/", {"q": "an", "sort": sort, "page": "4"})
    context = {"label": "Họ và tên", "key": "name", "sort": sort}
    html = render_to_string("components/_sort_header.html", context, request=request)
    assert spoken in html
    assert f'href="{link}"' in html


def test_progress_asks_again_until_it_is_finished():
    running = {"url": "/job/", "done": 3214, "total": 7560, "label": "Đang nhập"}
    with translation.override("vi"):
        html = render_to_string("components/_progress.html", running)
        ended = render_to_string("components/_progress.html", {**running, "finished": True})
    assert 'hx-trigger="every 1s"' in html
    assert 'max="7560"' in html
    assert 'value="3214"' in html
    assert "hx-get" not in ended
    assert 'value="7560"' in ended
    assert "refresh" in render_to_string("components/_progress_refresh.html", {})
    assert "refresh" not in render_to_string("components/_progress_refresh.html", {"finished": True})


@pytest.mark.parametrize("name", ["base.html", "400.html", "500.html"])
def test_the_frame_stands_without_request_navigation_or_person(name):
    html = render_to_string(name)
    assert 'id="main"' in html
    assert "None" not in html


TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_inline_style_or_script(path):
    """Our Content-Security-Policy would silently drop them."""
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|javascript:|<style|<script(?![^>]*\bsrc=)", source)


def test_a_bar_beside_its_figures_is_drawn_and_not_read():
    drawn = bar(Rate(3, 4), Rate(1, 4))
    assert 'aria-hidden="true"' in drawn
    assert 'meter-light" width="75.00%"' in drawn
    assert 'meter-full" width="25.00%"' in drawn
    assert "meter-light" not in bar(None, Rate(1, 4))
