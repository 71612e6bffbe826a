import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from pledges.models import Pledge
from tests.pledges.registration_lists import district, members_campaign, members_list, person, task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def tayho():
    return district()


def command(*args):
    out = StringIO()
    call_command("import_pledges", *map(str, args), stdout=out)
    return out.getvalue()


def test_command_prints_the_result_for_programs(tayho, tmp_path):
    members_campaign(tayho.host)
    person(tayho.cell, "Lê Văn An", "00000001")
    lines = [task("Lê Văn An", "00000001", on=None), task("Lê Văn Ba", None)]
    path = members_list(tmp_path / "dv.xlsx", {tayho.group: lines})
    result = json.loads(command(path, "--campaign", "DV-2024", "--on", "2024-03-20", "--json"))
    problems = result.pop("problems")
    assert result == {"pledges": 1, "people": 1, "created": 1, "unchanged": 0, "refused": 1, "results": 0}
    assert [(problem["row"], problem["column"], problem["code"]) for problem in problems] == [
        (6, "Họ và tên đảng viên", "not_in_roster")
    ]
    assert Pledge.objects.get().submitted_on == date(2024, 3, 20)


def test_command_tells_people_the_numbers_and_the_first_problems(tayho, tmp_path):
    members_campaign(tayho.host)
    lines = [task("Lê Văn Ba", None) for _ in range(22)]
    text = command(members_list(tmp_path / "dv.xlsx", {tayho.group: lines}), "--campaign", "DV-2024")
    assert "0 pledges of 0 people: 0 created, 0 already there, 22 refused, 0 results" in text
    assert "row 5, Họ và tên đảng viên: Nobody of this name is in the roster of the cell" in text
    assert "… and 2 more" in text


def test_command_that_wants_a_faultless_list_writes_nothing_of_another(tayho, tmp_path):
    members_campaign(tayho.host)
    person(tayho.cell, "Lê Văn An", "00000001")
    lines = [task("Lê Văn An", "00000001"), task("Lê Văn Ba", None)]
    path = members_list(tmp_path / "dv.xlsx", {tayho.group: lines})
    with pytest.raises(CommandError, match="Nothing was written"):
        command(path, "--campaign", "DV-2024", "--only-if-faultless")
    assert not Pledge.objects.exists()
    path = members_list(tmp_path / "good.xlsx", {tayho.group: lines[:1]})
    assert "1 created" in command(path, "--campaign", "DV-2024", "--only-if-faultless")


@pytest.mark.parametrize("name", ["absent.xlsx", "text.xlsx"])
def test_command_refuses_a_file_it_cannot_read(tayho, tmp_path, name):
    members_campaign(tayho.host)
    (tmp_path / "text.xlsx").write_text("không phải Excel")
    with pytest.raises(CommandError):
        command(tmp_path / name, "--campaign", "DV-2024")


def test_command_refuses_an_unknown_campaign(tmp_path):
    with pytest.raises(CommandError, match="no campaign DV-1999"):
        command(tmp_path / "dv.xlsx", "--campaign", "DV-1999")
