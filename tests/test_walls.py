"""Every address of the site, by reading and by sending: who gets in, and that nobody else does.

Not found for strangers, refused to those inside without the right, and never an error.
"""

from datetime import date

import pytest
from django.db import transaction

from tests.walls import patterns, walled

pytestmark = pytest.mark.django_db

PEOPLE = {
    "m": "member",
    "s": "secretary",
    "o": "officer",
    "b": "board",
    "k": "cadre",
    "a": "assistant",
    "y": "body",
    "r": "recorder",
    "c": "clerk",
    "i": "inspector",
    "d": "administrator",
    "n": "nobody",
    "x": "stranger",
}
EVERYBODY = "".join(PEOPLE)
# Who gets in, by the letters above, address by address.
GROUPS = (
    (
        EVERYBODY,
        "home cadres:set_password cadres:own_account cadres:notice_list cadres:notice_read_all"
        " cadres:search pledges:mine pledges:campaign reports:definitions reports:export_list",
    ),
    (EVERYBODY, "pledges:obstacle_list"),
    ("m", "cadres:notice_open"),
    ("ms", "pledges:attach pledges:file pledges:take_off pledges:withdraw"),
    ("ms", "pledges:register pledges:edit pledges:autosave pledges:autosave_new"),
    ("msobyrci", "pledges:detail pledges:member pledges:obstacle"),
    ("msb", "pledges:obstacle_report pledges:obstacle_ask"),
    ("msob", "pledges:obstacle_remove"),
    ("s", "pledges:cell_grid pledges:cell_check pledges:cell_excel pledges:cell_next pledges:cell_card"),
    ("s", "pledges:cell_meeting pledges:cell_send reports:cell_xlsx"),
    ("sobyrci", "pledges:cell pledges:cell_print reports:unit reports:pledges"),
    ("sobyrci", "reports:pledges_xlsx reports:pledges_export"),
    ("sobyrci", "reports:summary reports:summary_xlsx reports:summary_docx"),
    ("sobyrci", "reports:over_time reports:over_time_xlsx"),
    ("sobyrci", "reports:figure reports:figure_print reports:figure_xlsx reports:figure_export"),
    ("o", "pledges:endorse pledges:send_up pledges:list_request pledges:suggestions"),
    ("obyrci", "pledges:committee reports:brief"),
    ("ob", "pledges:telephones cadres:cell_accounts"),
    ("obx", "cadres:member_slips"),
    ("obd", "cadres:office_end"),
    ("obdx", "cadres:account_list cadres:role_offers cadres:role_confirm cadres:slip_list cadres:slip_issue"),
    ("obyrcix", "pledges:docket_list pledges:act_register reports:acts_xlsx"),
    ("obka", "pledges:partners"),
    ("b", "cadres:body_make_usual cadres:body_form cadres:body_seats cadres:seat_take cadres:seat_end"),
    ("b", "cadres:membership cadres:member_move cadres:member_standing cadres:member_leave"),
    ("b", "cadres:unit_changes cadres:unit_found cadres:unit_rename cadres:unit_move"),
    ("b", "cadres:unit_reorganise cadres:unit_member"),
    ("b", "cadres:roster_detail cadres:roster_progress cadres:roster_confirm"),
    ("b", "pledges:import_detail pledges:import_progress pledges:import_confirm"),
    ("b", "pledges:return pledges:feature pledges:campaign_edit pledges:campaign_move"),
    ("b", "pledges:cadre_list pledges:cadre_list_add pledges:cadre_entry pledges:office_lists"),
    ("b", "pledges:desk pledges:desk_all pledges:desk_pledge pledges:desk_pair"),
    ("b", "pledges:desk_job pledges:desk_job_progress"),
    ("b", "pledges:docket_build pledges:docket_lines pledges:docket_add pledges:docket_dissolve"),
    ("bx", "cadres:body_list cadres:roster_list cadres:roster_upload"),
    ("bx", "pledges:import_list pledges:import_upload pledges:cadre_list_list pledges:cadre_list_make"),
    ("bx", "pledges:campaign_begin pledges:campaign_copy"),
    ("bix", "pledges:campaign_list"),
    ("bidx", "reports:checks"),
    ("bk", "cadres:delegation cadres:delegation_end"),
    ("bkx", "cadres:delegation_list"),
    ("bka", "pledges:register_full"),
    ("bdx", "cadres:account_new reports:jobs"),
    ("byrci", "pledges:docket pledges:docket_screen reports:docket_docx"),
    ("byrci", "reports:closing_list"),
    ("b", "reports:closing_working reports:closing_official reports:campaign_end reports:campaign_reopen"),
    ("byri", "pledges:opinion_print"),
    ("bri", "pledges:opinions"),
    ("a", "pledges:typing"),
    ("y", "pledges:own_opinion"),
    ("r", "pledges:docket_conclude pledges:docket_correct pledges:typed_opinion"),
    ("c", "pledges:docket_issue"),
    ("idx", "reports:journal reports:records"),
    # Nothing of this stands in the district: no demo, no refused rows, no grassroots cadres.
    ("", "cadres:outbox cadres:letter cadres:letter_page cadres:roster_refused pledges:import_refused"),
    ("", "pledges:committee_cadres"),
    # What somebody has had written is there for nobody else; nobody has here.
    ("", "reports:export reports:export_progress reports:export_file"),
    # No closing has been made here either; its pages are walled with the closings.
    ("", "reports:closing reports:closing_progress reports:closing_compare reports:closing_unit"),
    ("", "reports:closing_people reports:closing_pledges reports:closing_xlsx reports:closing_people_xlsx"),
    ("", "reports:closing_export"),
)
ENTERS = {name: letters for letters, names in GROUPS for name in names.split()}
# The page of a campaign is open to everybody, so what hangs on it alone is refused and not hidden.
REFUSED_TO_STRANGERS = {"pledges:partners"}
SIGNS_OUT = {"cadres:sign_out"}


def walls():
    """Every address that asks who comes."""
    return {
        name: pattern
        for name, pattern in patterns()
        if pattern.callback.access != "anonymous" and name not in SIGNS_OUT
    }


def test_every_address_says_who_gets_in():
    assert set(ENTERS) == set(walls())


@pytest.mark.parametrize("letter", PEOPLE)
def test_nobody_gets_in_elsewhere(client, settings, tmp_path, letter):
    settings.MEDIA_ROOT, settings.SITE_TODAY = str(tmp_path), date(2024, 3, 26)
    place = walled()
    client.force_login(place.people[PEOPLE[letter]])
    wrong = []
    for name, pattern in walls().items():
        answers = [_answer(client, place, name, pattern, method) for method in ("get", "post")]
        enters = letter in ENTERS[name]
        if not _as_it_should(answers, enters=enters, hidden=_is_hidden(name, pattern, letter)):
            wrong.append((name, *answers))
    assert wrong == []


def _answer(client, place, name, pattern, method):
    """The status, and everything as it was before."""
    begun = transaction.savepoint()
    response = getattr(client, method)(
        place.url(name, pattern), place.sent(name) if method == "post" else None
    )
    if response.streaming:
        # Read to its end, it is closed as the test client closes: without the connection.
        list(response.streaming_content)
    transaction.savepoint_rollback(begun)
    return response.status_code


def _is_hidden(name, pattern, letter):
    """Whether nothing may tell that the object is there."""
    return letter == "x" and bool(pattern.pattern.converters) and name not in REFUSED_TO_STRANGERS


def _as_it_should(answers, *, enters, hidden):
    """A page takes one method at least; a door that is shut is shut for both."""
    told = [status for status in answers if status != 405]
    if not told:
        return False
    if enters:
        return all(status < 400 or status in (400, 422) for status in told)
    return all(status == 404 or (status == 403 and not hidden) for status in told)
