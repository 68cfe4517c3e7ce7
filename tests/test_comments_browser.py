"""Talking below a video in a real browser, and a report on its way through the staff's queue."""

import pytest
from playwright.sync_api import expect

from tests.support.http_client import Caller
from tests.support.signing_in import sign_in
from tests.test_browser import PASSWORD, note_violation, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def people(site, clip):
    """A creator with a video, and somebody who has something to say."""
    creator = Caller(site).sign_up("comment-creator")
    video = creator.wait(creator.upload(clip, visibility="public", title="Much talked about"), "ready")["id"]
    Caller(site).sign_up("comment-viewer")
    return creator, video


@pytest.fixture
def open_as(chromium, site):
    contexts = []

    def opened(name, path, **options):
        context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda message: note_violation(page, message.text))
        if name:
            sign_in(page, name)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            assert page.problems == []
        context.close()


def test_a_comment_with_a_mention_and_a_moment(people, open_as):
    _, video = people
    page = open_as("comment-viewer", f"/watch/{video}#comments")
    page.get_by_label("Add a comment").fill("Look at 0:01, @comment-creator")
    page.get_by_label("Add a comment").press("Control+Enter")
    comment = page.locator(".comment").filter(has_text="Look at")
    expect(comment.get_by_role("link", name="@comment-creator")).to_have_attribute(
        "href", "/@comment-creator"
    )
    expect(page.locator("#comments-title")).to_have_text("1 comment")
    comment.get_by_role("link", name="0:01").click()
    expect(page.locator("video")).to_have_js_property("paused", False)
    with page.expect_response(lambda answer: "/reaction" in answer.url and answer.ok):
        comment.get_by_role("button", name="Like", exact=True).click()
    page.reload()
    comment = page.locator(".comment").filter(has_text="Look at")
    expect(comment.get_by_role("button", name="Like", exact=True)).to_have_attribute("aria-pressed", "true")
    comment.get_by_role("link", name="Reply").click()
    page.keyboard.type("And at the end")
    page.keyboard.press("Control+Enter")
    expect(comment.locator(".comment").filter(has_text="And at the end")).to_be_visible()
    comment.locator(":scope > .menu > summary").click()
    comment.locator(":scope > .menu").get_by_role("link", name="Edit").click()
    field = comment.get_by_label("Your comment")
    expect(field).to_have_value("Look at 0:01, @comment-creator")
    field.fill("Look closely at 0:01")
    comment.get_by_role("button", name="Save").click()
    expect(page.locator(".comment").filter(has_text="Look closely").first).to_contain_text("(edited)")


def test_an_owner_pins_and_gives_a_heart_and_deletes(people, open_as):
    creator, video = people
    creator.json("POST", f"/api/v1/videos/{video}/comments", {"text": "First of all"})
    page = open_as("comment-creator", f"/watch/{video}#comments")
    comment = page.locator(".comment").filter(has_text="First of all")
    comment.locator(":scope > .menu > summary").click()
    comment.get_by_role("button", name="Heart").click()
    expect(page.locator(".comment").filter(has_text="First of all")).to_contain_text("Heart from")
    comment = page.locator(".comment").filter(has_text="First of all")
    comment.locator(":scope > .menu > summary").click()
    comment.get_by_role("button", name="Pin", exact=True).click()
    expect(page.locator(".comments-list > .comment").first).to_contain_text("Pinned by")
    comment = page.locator(".comment").filter(has_text="First of all")
    comment.locator(":scope > .menu > summary").click()
    comment.get_by_role("link", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".comment").filter(has_text="First of all")).to_have_count(0)


def test_comments_work_without_scripts(people, open_as):
    _, video = people
    page = open_as("comment-viewer", f"/watch/{video}", java_script_enabled=False)
    page.get_by_role("link", name="Show comments").click()
    page.get_by_label("Add a comment").fill("Without scripts")
    page.get_by_role("button", name="Comment", exact=True).click()
    posted = page.locator(".comment").filter(has_text="Without scripts")
    expect(posted).to_contain_text("Linked comment")
    expect(posted).to_be_in_viewport()
    posted.get_by_role("link", name="Reply", exact=True).click()
    page.get_by_label("Write a reply").fill("And a reply")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".comment").filter(has_text="And a reply")).to_contain_text("Linked comment")
    expect(page.locator(".comment").filter(has_text="And a reply")).to_be_in_viewport()


def test_replies_unfold_in_place_and_mentions_are_completed_by_keyboard(people, open_as):
    creator, video = people
    thread = creator.json("POST", f"/api/v1/videos/{video}/comments", {"text": "Who knows this place"})[1][
        "id"
    ]
    for number in range(3):
        assert (
            creator.json("POST", f"/api/v1/comments/{thread}/replies", {"text": f"Guess {number}"})[0] == 201
        )
    page = open_as("comment-viewer", f"/watch/{video}#comments")
    comment = page.locator(f"#comment-{thread}")
    replies = comment.get_by_role("link", name="Show 3 replies")
    replies.press("Enter")
    expect(comment.locator(".comment")).to_have_count(3)
    expect(comment.locator(".comment-creator")).to_have_text(["Creator"] * 4)
    folded = comment.get_by_role("link", name="Hide replies")
    folded.press("Enter")
    expect(comment.locator(".comment").first).to_be_hidden()
    for box in comment.locator(":scope > .comment-body > .comment-head a").all():
        assert box.bounding_box()["height"] >= 24
    comment.get_by_role("link", name="Reply", exact=True).first.press("Enter")
    field = comment.get_by_label("Write a reply")
    expect(field).to_be_focused()
    page.keyboard.type("Hello @comm")
    option = comment.get_by_role("option").filter(has_text="@comment-creator · Creator")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    page.keyboard.press("Escape")
    expect(comment.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("Hello @comm")
    page.keyboard.type("e")
    expect(option).to_be_visible()
    page.keyboard.press("Enter")
    expect(field).to_have_value("Hello @comment-creator ")
    page.keyboard.press("Control+Enter")
    answer = comment.locator(".comment").filter(has_text="Hello")
    expect(answer.get_by_role("link", name="@comment-creator")).to_be_visible()
    folded.press("Enter")
    expect(comment.get_by_role("link", name="Show 4 replies")).to_be_visible()
    linked = answer.locator(".comment-time").get_attribute("href")
    assert linked.startswith(f"/watch/{video}?comment={thread}")
    page.goto(f"/watch/{video}?comment={thread}&reply={answer.get_attribute('data-comment')}")
    expect(page.locator(".comment-linked .comment").filter(has_text="Hello")).to_be_in_viewport()


def test_a_creator_answers_and_tidies_in_the_studio(people, open_as, site):
    creator, video = people
    viewer = Caller(site).sign_in("comment-viewer")
    for text in ("Where was this", "Buy things", "Buy more things"):
        assert viewer.json("POST", f"/api/v1/videos/{video}/comments", {"text": text})[0] == 201
    page = open_as("comment-creator", "/studio/comments?state=shown&unanswered=1")
    question = page.locator(".studio-comment").filter(has_text="Where was this")
    # The focus is in the field when the click is over: a space typed on the summary would close the form again.
    summary = question.get_by_text("Reply", exact=True).first
    assert summary.evaluate("summary => [summary.click(), document.activeElement.localName][1]") == "textarea"
    page.keyboard.type("In Ghent")
    question.get_by_role("button", name="Reply").click()
    expect(page.get_by_text("Reply posted.")).to_be_visible()
    expect(question.get_by_text("Reply", exact=True).first).to_be_focused()
    page.get_by_label("Contains").fill("buy")
    page.get_by_role("button", name="Filter").click()
    rows = page.locator(".studio-comment")
    expect(rows).to_have_count(2)
    expect(rows.first.get_by_role("link", name="Much talked about")).to_be_visible()
    page.get_by_label("Select all").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Delete selected").click()
    expect(rows.first).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(rows.nth(1)).to_be_visible()
    rows.first.get_by_role("link", name="Delete").click()
    expect(page.get_by_text("1 comment deleted.")).to_be_visible()
    # Leaving the page ends the time for Undo.
    page.goto("/studio")
    left = lambda: creator.json("GET", "/api/v1/studio/comments?q=buy")[1]["results"]  # noqa: E731
    assert until(page, lambda: 2 - len(left()), above=0) == 1
    plain = open_as("comment-creator", "/studio/comments?q=buy", java_script_enabled=False)
    plain.get_by_label("Select comment by").first.check()
    plain.get_by_role("button", name="Delete selected").click()
    plain.get_by_role("button", name="Delete").click()
    expect(plain.get_by_text("1 comment deleted.")).to_be_visible()


def test_a_report_reaches_the_staff_who_decide(site, people, open_as):
    _, video = people
    page = open_as("comment-viewer", f"/watch/{video}")
    page.get_by_role("link", name="Report").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Report")).to_be_in_viewport(ratio=1)
    assert dialog.locator(".report-reasons").evaluate("box => box.scrollHeight - box.clientHeight") <= 0
    dialog.get_by_label("Spam or misleading").check()
    dialog.get_by_label("Add details").fill("It is an advertisement")
    dialog.get_by_role("button", name="Report").click()
    expect(page.get_by_text("review your report")).to_be_visible()
    site.manage("createsuperuser", "--noinput", "--username", "comment-judge", "--email", "j@example.org",
                DJANGO_SUPERUSER_PASSWORD=PASSWORD)  # fmt: skip
    staff = open_as("comment-judge", "/admin/videos/case/")
    staff.get_by_role("link", name="Much talked about").click()
    expect(staff.get_by_text("It is an advertisement")).to_be_visible()
    staff.get_by_role("button", name="Assign to me").click()
    expect(staff.locator("form").get_by_text("This case is assigned to you.")).to_be_visible()
    staff.get_by_label("Message to reporter and owner").fill("Advertisements are not allowed")
    staff.get_by_role("button", name="Take down").click()
    staff.get_by_role("dialog").get_by_role("button", name="Take down").click()
    expect(staff.get_by_text("Decided: Take down.")).to_be_visible()
    assert page.request.get(f"/watch/{video}").status == 404
    owner = open_as("comment-creator", "/settings/decisions")
    expect(owner.get_by_text("Advertisements are not allowed")).to_be_visible()
    owner.get_by_role("link", name="Appeal").click()
    owner.get_by_label("Tell us why you disagree").fill("It is a test")
    owner.get_by_role("button", name="Appeal").click()
    expect(owner.get_by_text("Appeal under review")).to_be_visible()
