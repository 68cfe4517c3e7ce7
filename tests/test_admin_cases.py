"""The moderation queue of the admin: pages, order, permissions, repeated and simultaneous decisions, previews."""

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import sanctions, staff_actions
from tests.support.commands import recorded_queries
from videos import services
from videos.admin.case_forms import DecisionForm
from videos.files import paths, tokens
from videos.files.urls import MASTER, REVIEW, media_url
from videos.models import Case, Comment, Report, Strike, Video
from videos.moderation import cases, reportable
from videos.views import media

LIST = reverse("admin:videos_case_changelist")
NEXT = reverse("admin:videos_case_next")


def signed_in(user):
    page = Client()
    page.force_login(user, backend="accounts.backends.LoginBackend")
    return page


def moderator(cast, name="mod"):
    user = cast.user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_case", "change_case"]))
    return user


def report(cast, title, who="member", **changes):
    video = cast.video(title=title, **changes)
    target = reportable.ReportTarget(
        "video", video.pk, cast.owner, title, video.description, video.get_absolute_url()
    )
    cases.report(getattr(cast, who), target, {"reason": "spam", "text": f"About {title}"})
    return Case.objects.get(subject=video.pk)


def address(case):
    return reverse("admin:videos_case_change", args=[quote(case.pk)])


def act(page, case, **form):
    return page.post(reverse("admin:videos_case_act", args=[case.pk]), form, follow=True)


def decide(page, case, decision, **more):
    return act(page, case, act="decide", decision=decision, then="next", **more)


def messages_of(answer):
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def queue(cast):
    """Three cases, the oldest first."""
    return [report(cast, f"Film {number}") for number in range(3)]


def test_the_page_of_a_case_shows_both_sides(cast, queue):
    first, second, third = queue
    cases.decide(first, cast.staff, "warning", strike=True)
    cases.decide(second, cast.staff, "nothing")
    sanctions.warn(cast.owner, "Mind the rules", actor=cast.staff)
    Case.objects.filter(pk=third.pk).update(content="What it said")
    shown = cast.page("staff").get(address(third)).content.decode()
    for text in ("About Film 2", "Spam or misleading", "What it said", "1 of 3 strikes", "Mind the rules",
                 "Other reports by this person: 2 (violation found: 1, no violation: 1, waiting: 0)"):  # fmt: skip
        assert text in shown, text
    assert address(first) in shown
    assert "{&#x27;" not in shown
    assert "data-key" in shown


def test_the_next_case_opens(cast, queue):
    page = cast.page("staff")
    assert page.get(NEXT).url == address(queue[0])
    answer = decide(page, queue[0], "nothing")
    assert answer.redirect_chain[-1][0] == address(queue[1])
    assert messages_of(answer)[0].startswith("Decided: No violation.")
    # Those of others, and one's own, are left out.
    cases.claim(queue[2], moderator(cast))
    answer = decide(page, queue[1], "nothing")
    assert answer.redirect_chain[-1][0] == LIST
    assert "No cases are waiting for your decision." in messages_of(answer)
    Case.objects.filter(pk=queue[2].pk).update(claimed_by=None, owner=cast.staff)
    assert page.get(NEXT).url == LIST


def test_a_decision_that_is_sent_twice_is_made_once(cast, queue):
    page = cast.page("staff")
    for _ in range(2):
        answer = decide(page, queue[0], "taken_down", strike="on")
        assert messages_of(answer)[0].startswith("Decided: Take down.")
    assert Strike.objects.count() == 1
    row = Case.objects.get(pk=queue[0].pk)
    assert len([step for step in row.history if step["what"].startswith("decided")]) == 1
    answer = decide(page, queue[0], "nothing")
    assert "Nothing was changed" in messages_of(answer)[0]
    assert Case.objects.get(pk=queue[0].pk).decision == "taken_down"


def test_the_slower_of_two_moderators_is_told_who_was_faster(cast, queue):
    fast, slow = moderator(cast, "fast"), moderator(cast, "slow")
    decide(signed_in(fast), queue[0], "warning")
    answer = decide(signed_in(slow), queue[0], "taken_down")
    expected = "Nothing was changed: fast already decided this case (Warn, leave up)."
    assert messages_of(answer) == [expected]
    assert answer.redirect_chain[-1][0] == address(queue[0])
    act(signed_in(fast), queue[1], act="claim")
    assert messages_of(decide(signed_in(slow), queue[1], "nothing")) == [
        "Nothing was changed: this case is assigned to fast."
    ]
    cases.appeal(Case.objects.get(pk=queue[0].pk), "I disagree")
    assert "I disagree" in signed_in(slow).get(address(queue[0])).content.decode()
    act(signed_in(fast), queue[0], act="appeal", outcome="uphold")
    answer = act(signed_in(slow), queue[0], act="appeal", outcome="grant")
    assert messages_of(answer) == ["Nothing was changed: fast already decided this appeal."]
    again = act(signed_in(fast), queue[0], act="appeal", outcome="uphold")
    assert messages_of(again) == ["Appeal decided: the decision stands."]


def test_only_those_with_the_permission_decide(cast, queue):
    looker = cast.user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_case"))
    page = signed_in(looker)
    shown = page.get(address(queue[0])).content.decode()
    assert "About Film 0" in shown
    assert "data-case-form" not in shown
    assert decide(page, queue[0], "nothing").status_code == 404
    assert page.get(NEXT).status_code == 404
    assert "Review oldest case" not in page.get(LIST).content.decode()
    nobody = signed_in(cast.user("nobody", is_staff=True))
    assert nobody.get(address(queue[0])).status_code == 403
    assert cast.page("owner").get(address(queue[0])).status_code == 302


def test_the_account_of_a_superuser_is_not_suspended_by_a_case(cast):
    boss = cast.user("boss", is_staff=True, is_superuser=True)
    target = reportable.ReportTarget("channel", boss.pk, boss, "boss", "", "/@boss")
    cases.report(cast.member, target, {"reason": "spam"})
    answer = decide(signed_in(moderator(cast)), Case.objects.get(), "taken_down")
    assert "superuser" in messages_of(answer)[0]
    assert Case.objects.get().state == "open"


@pytest.mark.usefixtures("uncached_rows")
def test_the_list_has_thumbnails_and_costs_the_same_for_more(cast, queue):
    page = cast.page("staff")
    Video.objects.update(has_poster=True, generation="gen1")
    page.get(LIST)
    with recorded_queries() as few:
        shown = page.get(LIST).content.decode()
    assert shown.count('class="thumb"') == 3
    for number in range(3, 9):
        report(cast, f"Film {number}")
    with recorded_queries() as many:
        page.get(LIST)
    assert len(many) == len(few), many


@pytest.mark.usefixtures("uncached_rows")
def test_the_page_costs_the_same_for_more_reports(cast, queue):
    page = cast.page("staff")
    page.get(address(queue[0]))
    with recorded_queries() as few:
        page.get(address(queue[0]))
    for number in range(12):
        Report(case=queue[0], reporter=cast.user(f"angry-{number}"), reason="spam").save(force_insert=True)
    with recorded_queries() as many:
        page.get(address(queue[0]))
    assert len(many) <= len(few) + 1, many


@pytest.mark.parametrize("state", ["private", "taken down", "suspended"])
def test_staff_play_what_others_cannot(cast, state):
    video = cast.video(visibility="private" if state == "private" else "public")
    folder = paths.generation_dir(video.pk, "gen1")
    folder.mkdir(parents=True)
    (folder / "poster.webp").write_bytes(b"image")
    Video.objects.filter(pk=video.pk).update(generation="gen1", has_poster=True)
    if state == "taken down":
        services.take_down(video.pk)
    if state == "suspended":
        staff_actions.suspend(cast.owner, actor=cast.staff)
    if state == "private":
        Case.objects.create(about="video", subject=video.pk, owner=cast.owner)
    media.forget_all()
    url = media_url(Video.objects.get(pk=video.pk), "poster.webp", REVIEW)
    judge = moderator(cast)
    helper = cast.user("helper", is_staff=True)
    assert signed_in(judge).get(url).status_code == 200
    assert "no-store" in signed_in(judge).get(url)["Cache-Control"]
    assert signed_in(helper).get(url).status_code == 404
    for who in ("member", "anonymous"):
        assert cast.page(who).get(url).status_code == 404, who
    # The class is signed: nobody makes an owner's URL into one for staff.
    own = tokens.create_page_token(video.pk, "gen1", tokens.OWNER)
    forged = url.replace(url.split("/")[3], tokens.REVIEW + own[1:])
    assert signed_in(judge).get(forged).status_code == 404
    judge.is_staff = False
    judge.save()
    media.forget_all()
    assert signed_in(judge).get(url).status_code == 404


def hidden_video(cast):
    """A private video that nobody reported, with a picture."""
    video = cast.video(visibility="private")
    folder = paths.generation_dir(video.pk, "gen1")
    folder.mkdir(parents=True)
    (folder / "poster.webp").write_bytes(b"image")
    Video.objects.filter(pk=video.pk).update(generation="gen1", has_poster=True)
    media.forget_all()
    return Video.objects.get(pk=video.pk)


def allow(user, *codenames):
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


def test_private_videos_are_for_staff_with_a_reason_or_the_permission(cast):
    video = hidden_video(cast)
    url = media_url(video, "poster.webp", REVIEW)
    judge, editor, auditor = (moderator(cast, name) for name in ("judge", "editor", "auditor"))
    allow(editor, "view_video", "change_video")
    allow(auditor, "watch_private_video")
    assert [signed_in(one).get(url).status_code for one in (judge, editor, auditor)] == [404, 404, 200]
    assert cast.page("staff").get(url).status_code == 200  # a superuser
    case = Case.objects.create(about="video", subject=video.pk, owner=cast.owner)
    media.forget_all()
    assert signed_in(judge).get(url).status_code == 200
    cases.decide(case, judge, "nothing")
    media.forget_all()
    assert signed_in(judge).get(url).status_code == 404
    Case.objects.filter(pk=case.pk).update(state="appealed")
    media.forget_all()
    assert signed_in(judge).get(url).status_code == 200
    # The permission alone makes nobody a reviewer.
    viewer = cast.user("viewer")
    allow(viewer, "watch_private_video")
    assert signed_in(viewer).get(url).status_code == 404


def test_no_page_of_the_admin_shows_a_private_video_without_a_reason(cast):
    video, judge = hidden_video(cast), moderator(cast)
    allow(judge, "view_video")
    page = signed_in(judge)
    path = reverse("admin:videos_video_change", args=[quote(video.pk)])
    of_video = f"/media/v/{tokens.REVIEW}"
    shown = page.get(path).content.decode()
    assert of_video not in shown
    assert "This private video has no open report." in shown
    assert of_video not in page.get(reverse("admin:videos_video_changelist")).content.decode()
    # A reported comment on it is no reason to watch it.
    comment = Comment.objects.create(
        about="video", subject=video.pk, owner=cast.owner, author=cast.member, text="x"
    )
    case = Case.objects.create(about="comment", subject=comment.pk, owner=cast.owner)
    assert of_video not in page.get(address(case)).content.decode()
    cast.video(title="Seen", has_poster=True, visibility="unlisted")
    assert of_video in page.get(reverse("admin:videos_video_changelist")).content.decode()
    Case.objects.create(about="video", subject=video.pk, owner=cast.owner)
    assert of_video in page.get(path).content.decode()
    assert of_video in page.get(LIST).content.decode()


def test_the_page_of_a_video_has_a_preview_and_no_json(cast):
    video = cast.video(tags=["Cats", "Dogs"], chapters=[{"start": 0, "title": "Beginning"}])
    made = {"steps": [{"name": "probe", "seconds": 1.5}], "report": [{"code": "x", "detail": "Fine."}]}
    Video.objects.update(generation="gen1", has_poster=True, **made)
    page = cast.page("staff")
    path = reverse("admin:videos_video_change", args=[quote(video.pk)])
    shown = page.get(path).content.decode()
    video = Video.objects.get()
    assert media_url(video, MASTER, REVIEW) in shown
    assert "Cats, Dogs" in shown
    for text in ("Beginning", '<th scope="col">Seconds</th>', "Fine."):
        assert text in shown, text
    for raw in ("[{", "&quot;start&quot;", "{&#x27;", "[&quot;"):
        assert raw not in shown, raw


def test_hints_are_in_the_language_of_the_page():
    hint = DecisionForm.base_fields["strike"].help_text
    with translation.override("de"):
        assert str(hint).startswith("Bei 3 Strikes")
