"""Rows of the full form (partners, milestones, sub-targets), with and without a script; partners found."""

from datetime import date

import pytest
from django.urls import reverse

from cadres.roles import Role
from pledges import partners
from pledges.actions import register
from pledges.actions.acts import Act, NotAllowedError
from pledges.content import MilestoneEntry, PartnerEntry, Parts, SubTargetEntry
from pledges.models import Pledge
from pledges.states import PledgeStatus
from tests.factories import MemberFactory, UnitFactory, UserFactory, user_with
from tests.pledges.factories import (
    DAY,
    CampaignFactory,
    apply,
    cell_of,
    draft_of,
    key_cadre_tier,
    secretary_of,
    typed,
)
from tests.pledges.pages import answers, at, of_pledge, text

pytestmark = pytest.mark.django_db


class Place:
    """A key cadre with an account, and what he may have as partners."""

    def __init__(self):
        self.campaign = CampaignFactory()
        self.cell = cell_of(self.campaign)
        self.cadre = MemberFactory(unit=self.cell, given_name="Bình")
        self.other = MemberFactory(unit=self.cell, family_names="Đỗ Thị", given_name="Hòa")
        self.tier = key_cadre_tier(self.campaign, [self.cadre, self.other])
        self.own = UserFactory(member=self.cadre)
        self.ward = UnitFactory(parent=self.campaign.host, name="Đảng bộ phường Bưởi")
        self.form = reverse("pledges:register_full", args=[self.campaign.code, self.cadre.code])
        self.find = reverse("pledges:partners", args=[self.campaign.code])


@pytest.fixture
def place(on_the_day):
    return Place()


def full(**kwargs):
    rows = {
        "milestones-0-due_on": "30/04/2024",
        "milestones-0-text": "Xong khảo sát",
        "sub_targets-0-text": "Kết luận thanh tra số 12",
        "sub_targets-0-target": "8",
        "sub_targets-0-measure_unit": "kết luận",
        "partners-0-name": "Công an quận",
    }
    return answers(result_kind="quantity", own_role="Chỉ đạo", start_on="01/04/2024") | rows | kwargs


def rows_of(pledge):
    return [
        [(row.name, row.member_id, row.unit_id) for row in pledge.partners.order_by("order")],
        [(row.due_on, row.text) for row in pledge.milestones.order_by("order")],
        [(row.text, row.target, row.measure_unit) for row in pledge.sub_targets.order_by("order")],
    ]


# The form


def test_rows_are_kept_shown_again_and_named_by_the_version(visit, place):
    client = visit(place.own)
    client.post(place.form, full())
    pledge = Pledge.objects.get()
    assert rows_of(pledge) == [
        [("Công an quận", None, None)],
        [(date(2024, 4, 30), "Xong khảo sát")],
        [("Kết luận thanh tra số 12", 8, "kết luận")],
    ]
    content = pledge.versions.get().content
    assert content["milestones"][0]["text"] == "Xong khảo sát"
    apply(PledgeStatus.RETURNED, pledge, place.own)
    page = text(client.get(at("edit", pledge)))
    for words in ('value="Xong khảo sát"', 'value="30/04/2024"', 'value="Công an quận"', 'value="8"'):
        assert words in page
    assert "Xong khảo sát" in text(client.get(at("detail", pledge)))


def test_clearing_a_row_takes_it_away_and_order_is_kept(visit, place):
    client = visit(place.own)
    client.post(
        place.form, full(draft="1", **{"milestones-4-due_on": "31/05/2024", "milestones-4-text": "Hai"})
    )
    pledge = Pledge.objects.get()
    assert [row.text for row in pledge.milestones.all()] == ["Xong khảo sát", "Hai"]
    cleared = {"milestones-0-text": "", "milestones-0-due_on": "", "partners-0-name": " "}
    later = {"milestones-1-due_on": "31/05/2024", "milestones-1-text": "Hai"}
    client.post(at("edit", pledge), of_pledge(pledge) | full(draft="1", **cleared, **later) | ids(pledge))
    assert [row.text for row in pledge.milestones.all()] == ["Hai"]
    assert not pledge.partners.exists()


def ids(pledge):
    return {"ref": str(pledge.ref), "revision": str(pledge.revision)}


@pytest.mark.parametrize("kind", ["partners", "milestones", "sub_targets"])
def test_without_a_script_a_button_makes_room_and_writes_nothing(visit, place, kind):
    page = text(visit(place.own).post(place.form, full(add=kind)))
    assert f'name="{kind}-1-' in page
    assert 'value="Xong khảo sát"' in page
    assert not Pledge.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"milestones-0-text": ""}, "row 1: Write what is reached by this day."),
        ({"milestones-0-due_on": ""}, "row 1: The day is missing."),
        ({"milestones-0-due_on": "31/04/2024"}, "month 4/2024 has only 30 days"),
        ({"milestones-0-due_on": "31/03/2024"}, "This milestone lies before the start."),
        ({"milestones-0-due_on": "01/07/2024"}, "This milestone lies after the deadline."),
        ({"sub_targets-0-text": ""}, "row 1: Write which product the figure belongs to."),
        ({"sub_targets-0-target": "tám"}, "row 1: "),
        ({f"partners-{no}-name": f"Đơn vị {no}" for no in range(31)}, "At most 30 rows, please."),
    ],
)
def test_a_wrong_row_is_told_by_its_number_and_nothing_typed_is_lost(visit, place, wrong, words):
    response = visit(place.own).post(place.form, full(**wrong))
    assert response.status_code == 200
    assert words in text(response)
    assert "Kết luận thanh tra số 12" in text(response) or "sub_targets-0-text" in wrong
    assert not Pledge.objects.exists()


def test_the_action_holds_what_the_form_says(place):
    late = Parts(milestones=(MilestoneEntry(date(2024, 7, 1), "Muộn"),))
    many = Parts(sub_targets=tuple(SubTargetEntry(f"Mục {no}") for no in range(31)))
    for parts in (late, many):
        with pytest.raises(NotAllowedError):
            register.save_draft(
                typed(place.tier, place.cadre, parts=parts), act=Act(by=place.own, on=DAY), day=DAY
            )
    assert not Pledge.objects.exists()


def test_only_other_rows_are_a_change(place):
    pledge = draft_of(place.cadre, place.tier, place.own, partners=["Công an quận"])
    again = typed(
        place.tier,
        place.cadre,
        ref=pledge.ref,
        revision=pledge.revision,
        parts=Parts.named(["Công an quận"]),
    )
    assert register.save_draft(again, act=Act(by=place.own, on=DAY), day=DAY).revision == pledge.revision
    parts = Parts.named(["Công an quận", "Thanh tra"])
    changed = typed(place.tier, place.cadre, ref=pledge.ref, revision=pledge.revision, parts=parts)
    register.save_draft(changed, act=Act(by=place.own, on=DAY), day=DAY)
    pledge.refresh_from_db()
    assert [row.name for row in pledge.partners.all()] == ["Công an quận", "Thanh tra"]
    assert pledge.events.count() == 2


def test_every_box_for_words_says_that_secrets_are_not_written(visit, place):
    form = visit(place.own).get(place.form).context["form"]
    boxes = ["title", "field", "place", "situation", "directive", "own_role", "solutions", "requests"]
    boxes += ["product", "measure_unit", "stub_reference", "partners", "milestones", "sub_targets"]
    page = text(visit(place.own).get(place.form))
    for name in boxes:
        note = f"{form[name].auto_id}_secret"
        assert f'id="{note}"' in page, name
        assert f'describedby="{note}' in page, name


# Partners


def names(response):
    return [one["name"] for one in response.json()["found"]]


def test_partners_are_found_without_marks_and_linked_by_the_choice(visit, place):
    client = visit(place.own)
    assert names(client.post(place.find, {"term": "do thi hoa"})) == ["Đỗ Thị Hòa"]
    [ward] = client.post(place.find, {"term": "phuong buoi"}).json()["found"]
    assert ward["name"] == place.ward.name
    client.post(
        place.form, full(**{"partners-0-name": "Đảng ủy Đảng bộ phường Bưởi", "partners-0-key": ward["key"]})
    )
    assert rows_of(Pledge.objects.get())[0] == [("Đảng ủy Đảng bộ phường Bưởi", None, place.ward.pk)]


def test_a_whole_name_is_linked_without_a_script_and_a_choice_written_over_is_not(place):
    key = partners.key_of(PartnerEntry("", unit_id=place.ward.pk))
    told = [
        ("DO THI HOA", ""),
        ("đảng bộ phường bưởi", ""),
        ("Công an quận", key),
        ("Công an quận", "unit-1:forged"),
    ]
    assert partners.linked(told, place.campaign) == (
        PartnerEntry("DO THI HOA", member_id=place.other.pk),
        PartnerEntry("đảng bộ phường bưởi", unit_id=place.ward.pk),
        PartnerEntry("Công an quận"),
        PartnerEntry("Công an quận"),
    )


def test_of_two_who_are_called_alike_none_is_guessed(place):
    UnitFactory(parent=place.cell.parent, name=place.ward.name)
    assert partners.linked([(place.ward.name, "")], place.campaign) == (PartnerEntry(place.ward.name),)


def test_people_out_of_sight_are_not_found(visit, place):
    MemberFactory(unit=cell_of(place.campaign), family_names="Vũ Thị", given_name="Kín")
    MemberFactory(family_names="Vũ Thị", given_name="Ngoài")
    UnitFactory(name="Đảng bộ phường Bưởi khác")
    assert names(visit(place.own).post(place.find, {"term": "vu thi"})) == []
    assert names(visit(place.own).post(place.find, {"term": "buoi"})) == [place.ward.name]
    board = user_with(Role.BOARD_OFFICER, unit=place.campaign.host)
    assert names(visit(board).post(place.find, {"term": "vu thi"})) == ["Vũ Thị Kín"]


def test_one_letter_finds_nothing_and_names_of_many_are_cut(visit, place):
    for no in range(12):
        UnitFactory(parent=place.campaign.host, name=f"Chi bộ trường học {no}")
    client = visit(place.own)
    assert names(client.post(place.find, {"term": "t"})) == []
    response = client.post(place.find, {"term": "truong hoc"})
    assert len(names(response)) == partners.MOST
    assert response["Cache-Control"] == "no-store"


def test_who_looks_for_partners(visit, place):
    term = {"term": "buoi"}
    assert visit(place.own).get(place.find).status_code == 405
    assert visit(UserFactory()).post(place.find, term).status_code == 403
    assert visit(secretary_of(place.cell)).post(place.find, term).status_code == 403
    nowhere = reverse("pledges:partners", args=["X"])
    assert visit(place.own).post(nowhere, term).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_linking_costs_the_same_however_many(place, django_assert_num_queries, count):
    told = [(f"Đơn vị {no}", "") for no in range(count)]
    with django_assert_num_queries(2):
        partners.linked(told, place.campaign)
