"""Reports, decisions, appeals, strikes: people decide, and a crowd of reports does nothing by itself."""

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.admin.utils import quote
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from streamsite.errors import Forbidden
from tests.support.mailbox import deliver
from videos import services, strikes, tasks
from videos.models import Case, Comment, Report, Strike, Video
from videos.moderation import access, cases, emails, reportable


def report(cast, who, path, status=201, **body):
    body = {"reason": "spam", "text": "Look"} | body
    answer = cast.api(who).post(f"/api/v1/{path}/report", body, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def video(cast):
    return cast.video()


@pytest.fixture
def comment(cast, video):
    path = f"/api/v1/videos/{video.pk}/comments"
    return cast.api("stranger").post(path, {"text": "Rude"}, format="json").json()["id"]


@pytest.fixture
def case(cast, video):
    report(cast, "member", f"videos/{video.pk}")
    return Case.objects.get()


def reachable(cast, video, who="anonymous"):
    return cast.api(who).get(f"/api/v1/videos/{video.pk}").status_code == 200


def test_reports_on_one_thing_are_one_case(cast, video, comment):
    first = report(cast, "member", f"videos/{video.pk}")
    assert report(cast, "member", f"videos/{video.pk}", reason="hate") == first
    report(cast, "stranger", f"videos/{video.pk}", reason="sexual", text="")
    report(cast, "member", f"comments/{comment}")
    report(cast, "member", "channels/owner")
    found = {case.about: case for case in Case.objects.all()}
    assert {about: case.report_count for about, case in found.items()} == {
        "video": 2,
        "comment": 1,
        "channel": 1,
    }
    assert found["comment"].content == "Rude"
    assert found["comment"].owner_id == cast.stranger.pk
    assert found["channel"].subject == cast.owner.pk
    assert set(first) == {"id", "reason", "text", "created_at"}


@pytest.mark.parametrize("body", [{}, {"reason": "x"}, {"reason": None}, {"reason": ["spam"]},
                                  {"reason": "spam", "text": "x" * 2001}, {"reason": "spam", "text": 7}])  # fmt: skip
def test_a_report_that_says_nothing_is_refused(cast, video, body):
    answer = cast.api("member").post(f"/api/v1/videos/{video.pk}/report", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert Report.objects.count() == 0


def test_nobody_reports_themselves_or_what_they_cannot_see(cast, video):
    assert report(cast, "owner", f"videos/{video.pk}", status=400)["code"] == "self_report"
    report(cast, "anonymous", f"videos/{video.pk}", status=401)
    report(cast, "stranger", f"videos/{cast.video(visibility='private').pk}", status=404)
    report(cast, "stranger", "channels/nobody-here", status=404)


def test_a_crowd_of_reports_hides_nothing(cast, video, comment):
    people = [cast.user(f"angry-{number}") for number in range(20)]
    seen = reportable.ReportTarget("video", video.pk, cast.owner, video.title, "", "/watch/x")
    said = reportable.ReportTarget("comment", comment, cast.stranger, "", "Rude", "/watch/x")

    def act(number):
        try:
            for thing in (seen, said):
                cases.report(people[number % 20], thing, {"reason": "spam"})
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(60)))
    assert [case.report_count for case in Case.objects.all()] == [20, 20]
    assert reachable(cast, video)
    assert cast.api("anonymous").get(f"/api/v1/comments/{comment}").status_code == 200
    assert cast.api("anonymous").get("/api/v1/videos").json()["results"]


def test_a_case_is_claimed_by_one(cast, case):
    other = cast.user("other-staff", is_staff=True)
    cases.claim(case, cast.staff)
    cases.claim(case, cast.staff)
    for act in (lambda: cases.claim(case, other), lambda: cases.decide(case, other, "nothing")):
        with pytest.raises(cases.Conflict):
            act()
    cases.release(case, other)
    cases.claim(case, other)
    case.refresh_from_db()
    assert [step["what"] for step in case.history] == ["claimed", "claimed", "released", "claimed"]


def test_a_video_is_taken_down_and_put_back_by_appeal(cast, case, video):
    cases.decide(case, cast.staff, "taken_down", notice="Rule 4", note="sure", strike=True)
    assert not reachable(cast, video)
    assert not reachable(cast, video, "stranger")
    assert reachable(cast, video, "owner")
    assert cast.api("anonymous").get("/api/v1/videos").json()["results"] == []
    assert User.objects.get(pk=cast.owner.pk).video_count == 0
    [mine] = cast.api("owner").get("/api/v1/me/decisions").json()["results"]
    assert (mine["decision"], mine["notice"], mine["can_appeal"]) == ("taken_down", "Rule 4", True)
    assert "history" not in mine
    assert cast.api("stranger").get("/api/v1/me/decisions").json()["results"] == []
    path = f"/api/v1/me/decisions/{mine['id']}/appeal"
    assert cast.api("stranger").post(path, {"text": "x"}, format="json").status_code == 404
    assert cast.api("owner").post(path, {"text": " "}, format="json").status_code == 400
    assert cast.api("owner").post(path, {"text": "It is mine"}, format="json").status_code == 201
    assert cast.api("owner").post(path, {"text": "again"}, format="json").status_code == 409
    case.refresh_from_db()
    cases.decide_appeal(case, cast.staff, grant=True, notice="You are right")
    assert reachable(cast, video)
    assert Strike.objects.count() == 0
    assert User.objects.get(pk=cast.owner.pk).video_count == 1
    with pytest.raises(cases.Conflict):
        cases.decide_appeal(case, cast.staff, grant=False)


def test_a_shared_or_playing_video_stops_as_well(cast, case, video):
    link = cast.api("owner").post(f"/api/v1/videos/{video.pk}/share-links", {}, format="json").json()["url"]
    hls = cast.api("anonymous").get(f"/api/v1/videos/{video.pk}").json()["hls_url"]
    cases.decide(case, cast.staff, "taken_down")
    page = cast.page("anonymous")
    assert page.get(link).status_code == 404
    assert page.get(hls).status_code == 404


def test_only_the_owner_is_told_what_was_taken_down_wherever_they_look(cast, case, video):
    def told(who):
        return cast.api(who).get(f"/api/v1/videos/{video.pk}").json()["taken_down"]

    pages = ("/watch/{}", "/studio/videos/{}", "/studio/videos/{}/stats")
    sentence = "This video was removed for breaking our rules."
    owner = cast.page("owner")
    assert [told(who) for who in ("owner", "member", "anonymous")] == [False, None, None]
    for path in pages:
        assert sentence not in owner.get(path.format(video.pk)).content.decode()
    cases.decide(case, cast.staff, "taken_down", notice="Rule 4")
    assert told("owner") is True
    for path in pages:
        shown = owner.get(path.format(video.pk)).content.decode()
        assert sentence in shown
        assert 'href="/settings/decisions"' in shown
    case.refresh_from_db()
    cases.appeal(case, "It is mine")
    case.refresh_from_db()
    cases.decide_appeal(case, cast.staff, grant=True)
    assert [told(who) for who in ("owner", "member")] == [False, None]


def test_what_is_said_of_a_comment_has_no_quotes_within_quotes(cast, comment, mailoutbox):
    Video.objects.update(title="Crème")
    report(cast, "member", f"comments/{comment}")
    case = cases.decide(Case.objects.get(), cast.staff, "taken_down")
    emails.email_owner(case.pk)
    told = cast.page("stranger").get("/notifications").content.decode()
    assert "We removed “Comment on Crème” for breaking our rules" in told
    assert "Our moderators reviewed your comment on “Crème”." in mailoutbox[0].body


def test_a_comment_is_taken_down_and_counted(cast, video, comment):
    report(cast, "member", f"comments/{comment}")
    cases.decide(Case.objects.get(), cast.staff, "taken_down")
    for who in ("anonymous", "stranger", "owner"):
        assert cast.api(who).get(f"/api/v1/comments/{comment}").status_code == 404
    assert cast.api("staff").get(f"/api/v1/comments/{comment}").status_code == 200
    assert Video.objects.get(pk=video.pk).comment_count == 0
    reportable.get_reportable_type("comment").put_back(comment)
    reportable.get_reportable_type("comment").put_back(comment)
    assert Video.objects.get(pk=video.pk).comment_count == Comment.objects.filter(state="shown").count() == 1


def test_a_suspended_channel_is_gone_until_that_is_undone(cast, video, mailoutbox):
    from videos import tasks

    report(cast, "member", "channels/owner")
    token = cast.access_token(cast.owner)
    case = cases.decide(Case.objects.get(), cast.staff, "taken_down", notice="Enough")
    assert cast.api("anonymous").get("/api/v1/channels/owner").status_code == 404
    assert not reachable(cast, video)
    answer = cast.api("anonymous").get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert (answer.status_code, answer.json()["code"]) == (401, "user_inactive")
    tasks.mail_decision.func(case.pk)
    [message] = mailoutbox
    assert "Enough" in message.body
    link = message.body.split("/decisions/")[1].split()[0]
    page = cast.page("anonymous")
    assert page.get(f"/decisions/{link}").status_code == 200
    assert page.post(f"/decisions/{link}", {"text": "Please"}).status_code == 302
    assert page.get(f"/decisions/{link}x").status_code == 404
    cases.decide_appeal(Case.objects.get(), cast.staff, grant=True)
    tasks.relist_channel.func(cast.owner.pk)
    assert cast.api("anonymous").get("/api/v1/channels/owner").status_code == 200
    assert reachable(cast, video)


def test_three_strikes_pause_publishing_and_nothing_else(cast):
    mine = [cast.video() for _ in range(3)]
    for video in mine:
        report(cast, "member", f"videos/{video.pk}")
        case = Case.objects.get(subject=video.pk)
        cases.decide(case, cast.staff, "warning", strike=True)
        strikes.add_strike(cast.owner.pk, case)
    assert len(strikes.active_strikes(cast.owner.pk)) == 3
    path = f"/api/v1/videos/{mine[0].pk}/comments"
    refused = cast.api("owner").post(path, {"text": "x"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert cast.api("owner").get("/api/v1/me").status_code == 200
    assert "3 strikes" in cast.page("owner").get("/settings/decisions").content.decode()
    Strike.objects.filter(case=case).update(expires_at=case.created_at)
    assert cast.api("owner").post(path, {"text": "x"}, format="json").status_code == 201


def test_an_unfounded_report_troubles_nobody(cast, case, video, mailoutbox):
    decided = cases.decide(case, cast.staff, "nothing")
    assert not emails.concerns_owner(decided)
    emails.email_owner(case.pk)
    assert mailoutbox == []
    assert cast.api("owner").get("/api/v1/me/decisions").json()["results"] == []
    report(cast, "member", f"videos/{video.pk}")
    assert Case.objects.count() == 2


def test_a_decision_is_one_of_three_and_made_once(cast, case):
    with pytest.raises(cases.Invalid):
        cases.decide(case, cast.staff, "burn")
    with pytest.raises(cases.Invalid):
        cases.decide(case, cast.staff, "nothing", strike=True)
    cases.decide(case, cast.staff, "warning")
    with pytest.raises(cases.Conflict):
        cases.decide(case, cast.staff, "taken_down")
    with pytest.raises(access.Absent):
        access.case_by_token("forged")


def test_staff_decide_in_admin(cast, case, video):
    page = cast.page("staff")
    assert page.get(reverse("admin:videos_case_changelist")).status_code == 200
    address = reverse("admin:videos_case_change", args=[quote(case.pk)])
    act = reverse("admin:videos_case_act", args=[case.pk])
    shown = page.get(address).content.decode()
    assert "Look" in shown
    assert "Assign to me" in shown
    page.post(act, {"act": "claim"})
    assert "This case is assigned to you" in page.get(address).content.decode()
    assert "Choose a decision" in page.post(act, {"act": "decide"}, follow=True).content.decode()
    page.post(act, {"act": "decide", "decision": "taken_down", "notice": "No", "strike": "on"})
    case.refresh_from_db()
    assert (case.state, case.decision, case.claimed_by_id) == ("decided", "taken_down", cast.staff.pk)
    assert not reachable(cast, video)
    assert len(strikes.active_strikes(cast.owner.pk)) == 1
    cases.appeal(case, "Look again")
    assert "Decide the appeal" in page.get(address).content.decode()
    page.post(act, {"act": "appeal", "outcome": "grant"})
    assert reachable(cast, video)
    for name in ("report", "strike", "comment", "block", "commentreaction", "commentrules"):
        assert page.get(reverse(f"admin:videos_{name}_changelist")).status_code == 200
    for who in ("owner", "anonymous"):
        assert cast.page(who).post(act, {"act": "claim"}).status_code == 302


def test_ids_that_the_admin_writes_otherwise_are_found(cast, case):
    odd = Case(pk="a_b-c_5F_d_5Fe_3A", about="channel", subject=cast.owner.pk, owner_id=cast.owner.pk)
    odd.title = "Odd"
    odd.save(force_insert=True)
    page = cast.page("staff")
    address = reverse("admin:videos_case_change", args=[quote(odd.pk)])
    assert "Assign to me" in page.get(address).content.decode()
    act = reverse("admin:videos_case_act", args=[odd.pk])
    assert "This case is assigned to you" in page.post(act, {"act": "claim"}, follow=True).content.decode()


def test_staff_without_the_permission_decide_nothing(cast, case):
    cast.user("helper", is_staff=True)
    page = cast.page("anonymous")
    page.force_login(User.objects.get(username="helper"), backend="accounts.backends.LoginBackend")
    act = reverse("admin:videos_case_act", args=[case.pk])
    assert page.post(act, {"act": "claim"}).status_code == 404


def test_an_erased_account_leaves_no_report(cast, case, video):
    cases.delete_for_user(cast.member.pk)
    cases.delete_for_user(cast.member.pk)
    case.refresh_from_db()
    assert (case.report_count, Report.objects.count()) == (0, 0)
    cases.delete_for_user(cast.owner.pk)
    case.refresh_from_db()
    assert (case.is_open, case.title) == (False, "")


def test_pages_of_reports_blocks_and_decisions(cast, case, video, comment):
    page = cast.page("stranger")
    for about, name in (("video", video.pk), ("comment", comment), ("channel", "owner")):
        answer = page.get(f"/report/{about}/{name}")
        assert answer.status_code == 200, about
    assert page.get("/report/planet/x").status_code == 404
    assert page.post(f"/report/video/{video.pk}", {"reason": "other", "text": "Why"}).status_code == 302
    assert page.post(f"/report/video/{video.pk}", {}).status_code == 400
    assert Report.objects.filter(reporter=cast.stranger).count() == 1
    assert page.post("/block/owner", {}).status_code == 302
    assert "@owner" in page.get("/settings/blocked").content.decode()
    page.post("/block/owner", {"act": "unblock"})
    assert "No blocked channels" in page.get("/settings/blocked").content.decode()
    cases.decide(case, cast.staff, "warning", notice="<b>careful</b>")
    shown = cast.page("owner").get("/settings/decisions").content.decode()
    assert "&lt;b&gt;careful" in shown


def paused(cast):
    """Give the owner three strikes."""
    for number in range(strikes.MAX_STRIKES):
        other = cast.video(title=f"Struck {number}")
        report(cast, "member", f"videos/{other.pk}")
        cases.decide(Case.objects.get(subject=other.pk), cast.staff, "warning", strike=True)


def test_whose_publishing_is_paused_can_show_nothing_new_by_any_way(cast, video):
    owner = cast.api("owner")
    hidden = cast.video(title="Hidden", visibility="private")
    due = cast.video(title="Due", visibility="private", publish_at=timezone.now())
    post = owner.post("/api/v1/posts", {"text": "News"}, format="json").json()["id"]
    said = owner.post(f"/api/v1/videos/{video.pk}/comments", {"text": "Mine"}, format="json").json()["id"]
    paused(cast)
    for path, body in {
        f"videos/{hidden.pk}": {"visibility": "public"},
        f"videos/{hidden.pk} ": {"visibility": "unlisted"},
        f"videos/{video.pk}": {"title": "Other words"},
        f"posts/{post}": {"text": "Other words"},
        f"comments/{said}": {"text": "Other words"},
    }.items():
        answer = owner.patch(f"/api/v1/{path.strip()}", body, format="json")
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied"), path
    services.apply_schedule()
    assert not reachable(cast, due)
    assert not reachable(cast, hidden)
    # What shows less, or concerns only themselves, they may do.
    for body in ({"title": "Draft"}, {"visibility": "private"}):
        assert owner.patch(f"/api/v1/videos/{hidden.pk}", body, format="json").status_code == 200
    assert (
        owner.patch(f"/api/v1/videos/{video.pk}", {"visibility": "private"}, format="json").status_code == 200
    )
    Strike.objects.all().delete()
    services.apply_schedule()
    assert reachable(cast, due)


def test_an_upload_that_was_begun_before_a_pause_is_kept_private(cast, video):
    tus = {"HTTP_TUS_RESUMABLE": "1.0.0"}
    owner = cast.api("owner")
    visibility = base64.b64encode(b"public").decode()
    begun = owner.post(
        "/api/v1/uploads", HTTP_UPLOAD_LENGTH="4", HTTP_UPLOAD_METADATA=f"visibility {visibility}", **tus
    )
    paused(cast)
    part = {"content_type": "application/offset+octet-stream", "HTTP_UPLOAD_OFFSET": "0"}
    assert owner.patch(begun["Location"], b"1234", **part, **tus).status_code == 204
    assert Video.objects.get(pk=begun["X-Video-Id"]).visibility == "private"


def test_a_closed_channel_keeps_its_case_until_it_can_be_decided(cast):
    owner = cast.owner
    report(cast, "member", "channels/owner")
    User.objects.filter(pk=owner.pk).update(is_active=False, erase_at=timezone.now() + timedelta(days=1))
    with pytest.raises(cases.Conflict):
        cases.decide(Case.objects.get(), cast.staff, "taken_down")
    assert Case.objects.get().state == "open"
    User.objects.filter(pk=owner.pk).update(is_active=True, erase_at=None)
    cases.decide(Case.objects.get(), cast.staff, "taken_down")
    assert not User.objects.get(pk=owner.pk).is_active


def test_a_case_about_a_channel_of_staff_is_not_decided_without_effect(cast):
    User.objects.filter(pk=cast.owner.pk).update(is_staff=True)
    report(cast, "member", "channels/owner")
    with pytest.raises(Forbidden):
        cases.decide(Case.objects.get(), cast.staff, "taken_down")
    assert Case.objects.get().state == "open"
    assert cases.decide(Case.objects.get(), cast.staff, "warning").state == "decided"


def test_nobody_decides_about_themselves(cast, case):
    for act in (
        lambda: cases.claim(case, cast.owner),
        lambda: cases.decide(case, cast.owner, "nothing"),
        lambda: cases.decide_appeal(case, cast.owner, grant=True),
    ):
        with pytest.raises(Forbidden):
            act()
    assert Case.objects.get().state == "open"
    address = reverse("admin:videos_case_change", args=[quote(case.pk)])
    Case.objects.update(owner=cast.staff)
    assert "Assign to me" not in cast.page("staff").get(address).content.decode()


def test_two_decisions_while_the_mail_server_is_away_are_one_mail(cast, video, case):
    """The job of the first decision finds the second one."""
    cases.decide(case, cast.staff, "taken_down")
    case = cases.appeal(Case.objects.get(), "No, it was fine")
    cases.decide_appeal(case, cast.staff, grant=True)
    assert ["granted" in message.body for message in deliver()] == [True]


def test_the_owner_is_told_what_a_decision_canceled(cast, case):
    cases.decide(case, cast.staff, "taken_down")
    assert "Any scheduled visibility change was canceled." in deliver()[0].body


def test_a_channel_that_is_restored_while_it_is_hidden_is_shown(cast, video, comment, monkeypatch):
    """The job of the closing is slow, and that of the restore ends before it."""
    hide = tasks.comments.hide_for_author

    def restored_meanwhile(user_id):
        hide(user_id)
        monkeypatch.undo()
        User.objects.filter(pk=cast.stranger.pk).update(is_active=True)
        tasks.relist_channel.func(cast.stranger.pk)
        hide(user_id)

    User.objects.filter(pk=cast.stranger.pk).update(is_active=False)
    monkeypatch.setattr(tasks.comments, "hide_for_author", restored_meanwhile)
    tasks.relist_channel.func(cast.stranger.pk)
    assert Comment.objects.get(pk=comment).state == "shown"
