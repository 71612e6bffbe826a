"""Near-duplicates: wording, place, the year before; the same both ways, whatever the marks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadres.text import fold
from pledges import desk, likeness
from pledges.likeness import COMMON, THRESHOLD, Candidate, Kind, Pool, marked, places_in, same_place
from pledges.models import Pledge
from pledges.states import PledgeStatus
from tests.factories import UnitFactory
from tests.pledges.docket_scene import scene
from tests.pledges.factories import CampaignFactory, apply, key_cadre_tier, pledge_of

ROOT = 8
WARD, OTHER_WARD = "000100020003", "000100020004"
WORDS = st.sampled_from(
    ["Xóa", "điểm rác", "tại ngõ 76", "ngõ 76 Thụy Khuê", "phường Bưởi", "giải phóng", "3 dự án", "số 18"]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=10).map(" ".join)


def wording(text, *, pk=1, lead=1, path=WARD):
    return Candidate(pk, lead, path, fold(text), text)


def score(one, other):
    return likeness.likeness(one, other, root=ROOT)[0]


@given(TEXTS, TEXTS, st.sampled_from([WARD, OTHER_WARD]), st.sampled_from([1, 2]))
def test_likeness_is_the_same_the_other_way_round(one, other, path, lead):
    first, second = wording(one), wording(other, pk=2, lead=lead, path=path)
    assert score(first, second) == score(second, first)


@given(TEXTS)
def test_a_wording_is_wholly_like_itself_whatever_its_marks_case_and_order(text):
    # Typed without marks a name is no name any more: then the organisation speaks.
    bare = fold(text)
    assert score(wording(text), wording(bare, pk=2)) == 100
    assert score(wording(text), wording(text.upper(), pk=2)) == 100
    turned = Candidate(2, 1, WARD, " ".join(reversed(bare.split())), text)
    assert score(wording(text), turned) == 100


@given(TEXTS, TEXTS)
def test_a_score_lies_between_0_and_100(one, other):
    assert 0 <= score(wording(one), wording(other, pk=2, lead=2)) <= 100


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Xóa điểm rác tại ngõ 310 Lạc Long Quân", {("ngo", "310 lac long quan")}),
        ("Phân loại rác tại tổ dân phố số 18", {("to dan pho", "18")}),
        ("Giải phóng mặt bằng 7 dự án tại phường Nhật Tân", {("phuong", "nhat tan")}),
        ("Số hóa 4 phòng, ban", set()),
        ("Xử lý trường hợp vi phạm", set()),
    ],
)
def test_places_are_read_where_they_are_named(text, places):
    assert places_in(text) == places


@pytest.mark.parametrize(
    ("one", "other", "path", "same"),
    [
        ("tại phường Bưởi", "tại phường Bưởi", OTHER_WARD, True),
        ("tại phường Bưởi", "tại phường Nhật Tân", WARD, False),
        ("tại phường Bưởi", "trong lĩnh vực phụ trách", WARD, None),
        ("ngõ 12 phường Bưởi", "ngõ 14 phường Bưởi", WARD, False),
        ("tổ dân phố số 3", "tổ dân phố số 3", WARD, True),
        ("ngõ 310", "ngõ 310 Lạc Long Quân", WARD, True),
        ("TẠI PHƯỜNG BƯỞI NĂM NAY", "tại phường Bưởi", WARD, None),
        # A number is a place of one ward only.
        ("tổ dân phố số 3", "tổ dân phố số 3", OTHER_WARD, False),
    ],
)
def test_whether_two_name_one_place(one, other, path, same):
    assert same_place(wording(one), wording(other, path=path), root=ROOT) is same


def test_another_place_rules_out_what_is_worded_alike():
    one = wording("Xóa 3 chợ cóc tại phường Bưởi")
    assert score(one, wording("Xóa 3 chợ cóc tại phường Tứ Liên", pk=2, lead=2)) == 0
    assert score(one, wording("Xóa 4 chợ cóc tại phường Bưởi", pk=2, lead=2, path=OTHER_WARD)) >= THRESHOLD


def test_without_a_place_the_numbers_and_the_organisation_count():
    one = wording("Hoàn thành 4 dự án đầu tư công chậm tiến độ")
    same = {"lead": 2, "pk": 2}
    assert score(one, wording(one.text, **same)) == 100
    assert score(one, wording(one.text.replace("4", "5"), **same)) < THRESHOLD
    assert score(one, wording(one.text, **same, path=OTHER_WARD)) >= THRESHOLD
    assert score(one, wording(one.text + " được giao", **same, path=OTHER_WARD)) < THRESHOLD
    # The same person's of last year is the same task with another number.
    assert score(one, wording(one.text.replace("4", "5"), pk=2)) >= THRESHOLD


def test_what_many_word_alike_is_a_general_wording():
    text = "Xây dựng đề án mới trong lĩnh vực phụ trách"
    others = [wording(text, pk=pk, lead=pk) for pk in range(2, 3 + COMMON)]
    few, many = Pool(others[:COMMON], root=ROOT), Pool(others, root=ROOT)
    assert len(few.find(wording(text)).alike) == COMMON
    assert many.find(wording(text)) == likeness.Found((), COMMON + 1)


def test_common_words_are_marked_and_empty_ones_are_not():
    pieces = marked("Xóa điểm rác tại ngõ 76", "xoa DIEM rac tai Ngo 77")
    assert [text for text, shared in pieces if shared] == ["Xóa", "điểm", "rác", "ngõ"]
    assert "".join(text for text, _shared in pieces) == "Xóa điểm rác tại ngõ 76"


# ---- in the database ---------------------------------------------------------------------------


@pytest.fixture
def place(db):
    return scene()


TEXT = "Giải quyết khiếu nại kéo dài tại 18 phố Tam Đa"


def found(place, pledge):
    return desk.Desk(place.tier).alike([pledge.pk])[pledge.pk]


def test_the_same_persons_of_last_year_is_found_and_what_he_carries_on_is_not(place):
    cadre = place.cadre()
    before = CampaignFactory(host=place.host, code="CB-2023", year=2023)
    last_tier = key_cadre_tier(before, [cadre])
    last = pledge_of(
        cadre,
        last_tier,
        cadre.user,
        content={"title": TEXT, "due_on": date(2023, 6, 30), "own_role": "Chủ trì"},
    )
    now = place.pledge(cadre, title=TEXT)
    [one] = found(place, now).alike
    assert (one.pk, one.kind) == (last.pk, Kind.LAST_YEAR)
    pool = likeness.pool_for(list(likeness.subjects([now.pk], place.tier).values()), place.tier)
    subject = likeness.subjects([now.pk], place.tier)[now.pk]
    assert pool.find(subject, carried_from=last.pk).alike == ()


def test_others_of_this_year_are_found_in_the_version_last_sent(place):
    one, other = place.pledge(title=TEXT), place.pledge(title=TEXT.upper())
    place.pledge(title="Số hóa hồ sơ lưu trữ 2010-2023")
    assert [alike.pk for alike in found(place, one).alike] == [other.pk]
    assert [alike.pk for alike in found(place, other).alike] == [one.pk]
    apply(PledgeStatus.WITHDRAWN, other, other.lead_member.user)
    assert found(place, one).alike == ()


def test_the_place_typed_in_its_own_field_counts(place):
    one = place.pledge(title="Giải quyết khiếu nại kéo dài", place="phường Bưởi")
    place.pledge(title="Giải quyết khiếu nại kéo dài", place="phường Tứ Liên")
    assert found(place, one).alike == ()


@pytest.mark.parametrize("n", [1, 3])
def test_likeness_costs_the_same_for_one_and_for_three(place, n, django_assert_num_queries):
    pledges = [place.pledge(title=TEXT) for _ in range(n)]
    with django_assert_num_queries(4):
        looked = likeness.subjects([pledge.pk for pledge in pledges], place.tier)
        likeness.pool_for(list(looked.values()), place.tier)


def test_a_tier_too_large_is_compared_branch_by_branch(place, monkeypatch):
    monkeypatch.setattr(likeness, "MOST", 2)
    one, near, far = (place.pledge(title=TEXT) for _ in range(3))
    ward, other = UnitFactory(parent=place.host), UnitFactory(parent=place.host)
    Pledge.objects.filter(pk__in=[one.pk, near.pk]).update(unit=ward)
    Pledge.objects.filter(pk=far.pk).update(unit=other)
    assert [alike.pk for alike in found(place, one).alike] == [near.pk]
