"""Rules of the project that a newcomer would break without noticing."""

import os
import re
import shutil
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

CATALOGUE = Path(settings.BASE_DIR) / "locale/vi/LC_MESSAGES/django.po"
SOURCES = ("cadres", "config", "pledges", "reports", "templates")


def _patterns(resolver: URLResolver | None = None) -> list[URLPattern]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        found += _patterns(entry) if isinstance(entry, URLResolver) else [entry]
    return found


@pytest.mark.parametrize("pattern", _patterns(), ids=lambda pattern: str(pattern.name))
def test_every_view_says_who_may_enter(pattern):
    assert getattr(pattern.callback, "access", None), f"{pattern.name} carries no access decorator"


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", _patterns(), ids=lambda pattern: str(pattern.name))
def test_nobody_enters_without_signing_in(client, pattern):
    if pattern.callback.access == "anonymous":
        return
    values = {name: _value(converter) for name, converter in pattern.pattern.converters.items()}
    path = "/" + str(pattern.pattern)
    for name, value in values.items():
        converter = type(pattern.pattern.converters[name]).__name__.removesuffix("Converter").lower()
        path = path.replace({"string": f"<str:{name}>"}.get(converter, f"<{converter}:{name}>"), value)
    response = client.post(path)
    assert response.status_code == 302, path
    assert response["Location"].startswith("/sign-in/"), path


@pytest.mark.parametrize("app", ["cadres", "pledges", "reports"])
def test_modules_beside_the_layers_import_none_that_act(app):
    """import-linter orders the layers; what stands beside them reads and puts into words only."""
    acts = re.compile(rf"^\s*(?:from|import) {app}\.(?:actions|forms|imports|views)\b", re.MULTILINE)
    beside = [
        path for path in Path(settings.BASE_DIR, app).glob("*.py") if path.stem not in ("urls", "tasks")
    ]
    assert len(beside) > 5
    assert [path.name for path in beside if acts.search(path.read_text(encoding="utf-8"))] == []


def _value(converter: object) -> str:
    kind = type(converter).__name__
    return {"IntConverter": "1", "UUIDConverter": "00000000-0000-0000-0000-000000000001"}.get(kind, "X1")


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_catalogue_is_complete_and_compiled():
    source, compiled = polib.pofile(str(CATALOGUE)), polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    untranslated = [entry.msgid for entry in source if not entry.translated() or entry.fuzzy]
    assert untranslated == []
    assert {(entry.msgctxt, entry.msgid) for entry in source} == {
        (entry.msgctxt, entry.msgid) for entry in compiled
    }
    texts = {(entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in source}
    for entry in compiled:
        assert texts[entry.msgctxt, entry.msgid] == (entry.msgstr, entry.msgstr_plural)


def test_the_catalogue_holds_every_text_of_the_sources(tmp_path):
    if shutil.which("xgettext") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("GNU gettext must be there in CI")
        pytest.skip("GNU gettext is not installed")
    root = tmp_path / "site"
    root.mkdir()
    for name in SOURCES:
        shutil.copytree(Path(settings.BASE_DIR) / name, root / name)
    shutil.copytree(Path(settings.BASE_DIR) / "locale", root / "locale")
    before = {
        (entry.msgctxt, entry.msgid) for entry in polib.pofile(str(root / "locale/vi/LC_MESSAGES/django.po"))
    }
    here = Path.cwd()
    os.chdir(root)
    try:
        with_paths = {"locale": ["vi"], "verbosity": 0, "no_location": True, "no_obsolete": True}
        settings_paths, settings.LOCALE_PATHS = settings.LOCALE_PATHS, [root / "locale"]
        call_command("makemessages", **with_paths)
    finally:
        os.chdir(here)
        settings.LOCALE_PATHS = settings_paths
    after = {
        (entry.msgctxt, entry.msgid) for entry in polib.pofile(str(root / "locale/vi/LC_MESSAGES/django.po"))
    }
    assert after - before == set()


def test_placeholders_agree():
    marks = re.compile(r"%\(\w+\)[sd]")
    for entry in polib.pofile(str(CATALOGUE)):
        wanted = set(marks.findall(entry.msgid)) | set(marks.findall(entry.msgid_plural or ""))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            assert set(marks.findall(text)) <= wanted, entry.msgid
