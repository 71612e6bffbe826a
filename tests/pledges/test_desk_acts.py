"""One act on all of a filter: what it will do and what it cannot is told before, done once, told after."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from cadres.jobs import JobState
from cadres.models import RoleAssignment
from cadres.roles import Role
from pledges.actions import desk_jobs
from pledges.actions.acts import NotAllowedError
from pledges.actions.desk_jobs import Wish, request_desk_job
from pledges.models import DeskAct, DeskJob, Docket, Lane, Pledge, PledgeReturn, Vetting
from pledges.states import Outcome
from pledges.tasks import desk
from tests.factories import user_with
from tests.pledges.desk_scene import HOLD, PRODUCT, ask, desk_url, vet
from tests.pledges.docket_scene import DAY, scene
from tests.pledges.factories import apply
from tests.pledges.pages import text
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db
VET = Wish(act=DeskAct.VET)


@pytest.fixture
def place(db):
    return scene()


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def many(monkeypatch):
    """Everything beyond one line is handed to a worker, two lines a transaction."""
    monkeypatch.setattr(desk_jobs, "AT_ONCE", 1)
    monkeypatch.setattr(desk_jobs, "STEP", 2)


def request_job(place, pledges, wish=VET, *, ref=None, by=None):
    return request_desk_job(
        ref=ref or uuid.uuid4(),
        tier=place.tier,
        wish=wish,
        pledges=[pledge.pk for pledge in pledges],
        query="show=to_vet",
        by=by or place.board,
        day=DAY,
    )


def work(job):
    """The job as its worker leaves it."""
    desk(job.pk)
    job.refresh_from_db()
    return job


def all_url(place, act, **query):
    return desk_url(place, "desk_all", act=act, **query)


def fill(response, **data):
    """The form as the page gave it, with what was typed."""
    form = response.context["form"]
    return {"ref": str(form["ref"].value()), "seen": response.context["seen"]} | data


def reasons(job):
    return {pk: reason for pk, reason in job.refused}


# ---- the job -----------------------------------------------------------------------------------


def test_few_lines_are_done_in_the_request_and_each_refused_one_is_named(place):
    good, lying = place.pledge(), place.pledge()
    place.docket(lying)
    job = request_job(place, [good, lying])
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.progress) == (JobState.DONE, 1, 2, 2)
    assert list(reasons(job)) == [lying.pk]


def test_many_lines_wake_a_worker(place, many, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(
        "cadres.wake.current_app.send_task", lambda name, args, **_rest: sent.append((name, *args))
    )
    with django_capture_on_commit_callbacks(execute=True):
        job = request_job(place, [place.pledge() for _ in range(3)])
    assert ("jobs.desk", job.pk) in sent
    assert (job.state, Vetting.objects.count()) == (JobState.QUEUED, 0)
    job = work(job)
    assert (job.state, job.done, Vetting.objects.count()) == (JobState.DONE, 3, 3)
    assert work(job).done == 3  # a message that comes twice


def test_a_worker_killed_in_the_middle_leaves_whole_chunks_and_the_next_goes_on(place, many, monkeypatch):
    job = request_job(place, [place.pledge() for _ in range(5)])
    step, calls = desk_jobs._step, []

    def dies(job, chunk, act):
        calls.append(list(chunk))
        if len(calls) == 2:
            step(job, chunk, act)
            raise KeyboardInterrupt  # killed after its writing, before the transaction ends
        return step(job, chunk, act)

    monkeypatch.setattr(desk_jobs, "_step", dies)
    with pytest.raises(KeyboardInterrupt):
        desk(job.pk)
    job.refresh_from_db()
    assert (job.state, job.progress, job.done, Vetting.objects.count()) == (JobState.RUNNING, 2, 2, 2)
    DeskJob.objects.update(lease_until=timezone.now())  # the lease runs out
    job = work(job)
    assert (job.state, job.progress, job.done, Vetting.objects.count()) == (JobState.DONE, 5, 5, 5)
    assert calls[2:] == [job.pledges[2:4], job.pledges[4:]]


def test_the_right_is_looked_at_again_in_the_worker(place, many):
    job = request_job(place, [place.pledge() for _ in range(2)])
    RoleAssignment.objects.filter(user=place.board).delete()
    job = work(job)
    assert (job.state, job.done, Vetting.objects.count()) == (JobState.FAILED, 0, 0)
    assert job.error


def test_twice_the_same_form_is_one_act(place):
    ref, pledge = uuid.uuid4(), place.pledge()
    first, second = (request_job(place, [pledge], ref=ref) for _ in range(2))
    assert first.pk == second.pk
    assert pledge.events.filter(action="vetted").count() == 1
    other = user_with(Role.BOARD_OFFICER, unit=place.host)
    with pytest.raises(NotAllowedError):
        request_job(place, [pledge], ref=ref, by=other)


@pytest.mark.parametrize("who", ["recorder", "inspector", "stranger"])
def test_nobody_else_asks_for_it(place, who):
    with pytest.raises(NotAllowedError):
        request_job(place, [place.pledge()], by=getattr(place, who))


def test_nothing_to_do_is_refused(place):
    with pytest.raises(NotAllowedError):
        request_job(place, [])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_act():
    place, ref = scene(), uuid.uuid4()
    pledges = [place.pledge() for _ in range(2)]
    at_once(*[lambda: request_job(place, pledges, ref=ref)] * 2)
    assert DeskJob.objects.count() == 1
    assert Vetting.objects.count() == 2


def test_a_return_of_all(place):
    pledges = [place.pledge() for _ in range(3)]
    ask(place, pledges[0], note="trước")
    job = request_job(place, pledges, Wish(act=DeskAct.RETURN, reasons=(PRODUCT,)))
    job.refresh_from_db()
    assert (job.done, job.unchanged, PledgeReturn.objects.count()) == (2, 1, 3)


def test_only_vetted_lines_that_await_the_body_go_on_the_docket(place, english):
    vetted, fresh, late, gone = (place.pledge() for _ in range(4))
    vet(place, vetted, late, gone)
    Pledge.objects.filter(pk=late.pk).update(lane=Lane.DIRECTIVE, directive="27-ĐA/QU")
    apply("withdrawn", gone, gone.lead_member.user)
    wish = Wish(act=DeskAct.DOCKET, body=place.standing, title="Danh mục tháng 3")
    job = request_job(place, [vetted, fresh, late, gone], wish)
    job.refresh_from_db()
    docket = Docket.objects.get()
    assert (job.docket, docket.title, docket.ref) == (docket, "Danh mục tháng 3", job.ref)
    assert list(docket.lines.values_list("pledge", flat=True)) == [vetted.pk]
    told = reasons(job)
    assert "not been vetted" in told[fresh.pk]
    assert "docket of its own" in told[late.pk]
    assert "withdrawn meanwhile" in told[gone.pk]


def test_what_was_proposed_goes_with_the_line(place):
    pledge = place.pledge()
    vet(place, pledge, finding=HOLD)
    request_job(place, [pledge], Wish(act=DeskAct.DOCKET, body=place.standing, title="Danh mục"))
    line = Docket.objects.get().lines.get()
    assert (line.proposal, line.proposal_note) == (Outcome.HOLD, HOLD.note)


# ---- the pages ---------------------------------------------------------------------------------


def test_the_page_says_how_many_which_cannot_and_why(visit, place):
    place.pledge(title="Sẽ làm")
    place.docket(place.pledge(title="Đã trình"))
    response = visit(place.board).get(all_url(place, "vet", show="all"))
    assert response.context["plan"].going == 1
    [(reason, pledges, n)] = response.context["groups"]
    assert ("lies on the docket" in reason, [one.title for one in pledges], n) == (True, ["Đã trình"], 1)
    assert "of 2 undertakings will be changed" in text(response)


def test_from_the_filter_to_the_result(visit, place):
    for _ in range(2):
        place.pledge()
    client = visit(place.board)
    response = client.get(all_url(place, "vet", show="to_vet"))
    answer = client.post(
        all_url(place, "vet", show="to_vet"), fill(response, proposal="approve"), follow=True
    )
    job = DeskJob.objects.get()
    assert answer.redirect_chain[0][0] == reverse("pledges:desk_job", args=[job.pk])
    assert "2/2" in text(answer)
    assert f"{desk_url(place)}?show=to_vet" in text(answer)
    # The same button again: the filter is empty by now, the act is the first one.
    again = client.post(all_url(place, "vet", show="to_vet"), fill(response, proposal="approve"))
    assert again["Location"] == reverse("pledges:desk_job", args=[job.pk])
    assert DeskJob.objects.count() == 1


def test_a_filter_that_changed_meanwhile_is_shown_again(visit, place):
    place.pledge()
    client = visit(place.board)
    response = client.get(all_url(place, "vet"))
    place.pledge()
    answer = client.post(all_url(place, "vet"), fill(response, proposal="hold", note="Chờ Sở"))
    assert "The filter has changed" in text(answer)
    assert "Chờ Sở" in text(answer)
    assert not DeskJob.objects.exists()
    again = client.post(all_url(place, "vet"), fill(answer, proposal="hold", note="Chờ Sở"))
    assert again.status_code == 302
    assert Vetting.objects.count() == 2


@pytest.mark.parametrize(
    ("act", "data", "field"),
    [
        ("vet", {"proposal": "hold"}, "note"),
        ("vet", {"proposal": "return"}, "proposal"),
        ("return", {}, "reasons"),
        ("return", {"reasons": ["lạ"], "note": "x"}, "reasons"),
        ("docket", {"title": ""}, "title"),
        ("vet", {"proposal": "approve", "ref": "x"}, "ref"),
    ],
)
def test_a_form_that_does_not_hold(visit, place, act, data, field):
    vet(place, place.pledge())
    place.pledge()
    client = visit(place.board)
    response = client.get(all_url(place, act, show="all"))
    answer = client.post(all_url(place, act, show="all"), fill(response) | data)
    assert answer.context["form"].errors[field]
    assert not DeskJob.objects.exists()


def test_all_vetted_go_on_a_docket(visit, place):
    vet(place, place.pledge(), place.pledge())
    client, url = visit(place.board), all_url(place, "docket", show="vetted")
    response = client.get(url)
    assert [chip["label"] for chip in response.context["bodies"]] == [place.standing.name, place.peoples.name]
    answer = client.post(url, fill(response, title="Danh mục tháng 3"), follow=True)
    assert "To the docket" in text(answer)
    assert Docket.objects.get().lines.count() == 2


@pytest.mark.parametrize("query", [{"act": "burn"}, {"act": ""}, {"act": "docket", "body": "office"}])
def test_what_does_not_exist_is_404(visit, place, query):
    assert visit(place.board).get(desk_url(place, "desk_all", **query)).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_of_an_act_costs_the_same_for_one_and_for_three(
    visit, page_alone, place, n, django_assert_num_queries
):
    for _ in range(n):
        place.docket(place.pledge())
        place.pledge()
    client = visit(place.board)
    client.get(all_url(place, "vet", show="all"))
    with django_assert_num_queries(12):
        client.get(all_url(place, "vet", show="all"))


@pytest.mark.parametrize("n", [1, 3])
def test_the_result_costs_the_same_for_one_and_for_three(
    visit, page_alone, place, n, english, django_assert_num_queries
):
    pledges = [place.pledge() for _ in range(n)]
    place.docket(*pledges)
    job = request_job(place, pledges)
    client = visit(place.board)
    client.get(reverse("pledges:desk_job", args=[job.pk]))
    with django_assert_num_queries(5):
        page = text(client.get(reverse("pledges:desk_job", args=[job.pk])))
    assert page.count("lies on the docket") == n


def test_progress_is_asked_for_and_ends_with_the_whole_page(visit, place, many):
    job = request_job(place, [place.pledge() for _ in range(2)])
    client, url = visit(place.board), reverse("pledges:desk_job_progress", args=[job.pk])
    assert client.get(url)["Location"] == reverse("pledges:desk_job", args=[job.pk])
    assert "hx-get" in text(client.get(url, headers={"HX-Request": "true"}))
    assert 'http-equiv="refresh"' in text(client.get(reverse("pledges:desk_job", args=[job.pk])))
    work(job)
    assert client.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_a_job_that_failed_says_what_was_left(visit, place, many):
    job = request_job(place, [place.pledge() for _ in range(3)])
    DeskJob.objects.update(state=JobState.FAILED, error="Hỏng", progress=1, done=1)
    page = text(visit(place.board).get(reverse("pledges:desk_job", args=[job.pk])))
    assert "Hỏng" in page
    assert "2 lines were not looked at" in page


@pytest.mark.parametrize("name", ["desk_job", "desk_job_progress"])
def test_who_sees_an_act(visit, place, name):
    job = request_job(place, [place.pledge()])
    url = reverse(f"pledges:{name}", args=[job.pk])
    assert visit(place.stranger).get(url).status_code == 404
    assert visit(place.recorder).get(url).status_code == 403
    assert visit(place.board).post(url).status_code == 405
    assert visit(place.board).get(reverse(f"pledges:{name}", args=[job.pk + 1])).status_code == 404


def test_a_filter_that_finds_too_many_is_to_be_narrowed(visit, place, monkeypatch, english):
    monkeypatch.setattr(desk_jobs, "MOST", 1)
    monkeypatch.setattr("pledges.views.desk_all.MOST", 1)
    pledges = [place.pledge() for _ in range(2)]
    with pytest.raises(NotAllowedError, match="At most 1"):
        request_job(place, pledges)
    page = text(visit(place.board).get(all_url(place, "vet")))
    assert "At most 1 are changed at once" in page
    assert "csrfmiddlewaretoken" not in page.split("<main", 1)[1].split("</main>", 1)[0]


def test_a_docket_made_by_a_worker_that_died_at_the_last_is_told_once(place, many):
    pledge, fresh = place.pledge(), place.pledge()
    vet(place, pledge)
    job = request_job(place, [pledge, fresh], Wish(act=DeskAct.DOCKET, body=place.standing, title="Danh mục"))
    work(job)
    DeskJob.objects.update(state=JobState.QUEUED)  # it ended before it could say so
    job = work(job)
    assert (job.done, len(job.refused), Docket.objects.count()) == (1, 1, 1)


def test_the_board_finds_its_acts_among_the_jobs(visit, place):
    request_job(place, [place.pledge()], by=place.board)
    other = user_with(Role.BOARD_OFFICER, unit=place.host)
    assert "mark as vetted" in text(visit(other).get(reverse("reports:jobs")))
    assert "mark as vetted" not in text(visit(place.stranger).get(reverse("reports:jobs")))
