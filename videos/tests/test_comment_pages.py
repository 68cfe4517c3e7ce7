"""Comments as pages: everything works by links and forms, and texts become links that are safe."""

import pytest

from videos.models import Comment


@pytest.fixture
def video(cast):
    return cast.video(duration=120.0)


def said(cast, video, text, who="stranger"):
    path = f"/api/v1/videos/{video.pk}/comments"
    return cast.api(who).post(path, {"text": text}, format="json").json()["id"]


def test_the_watch_page_leads_to_the_comments(cast, video):
    said(cast, video, "Hello")
    content = cast.page("anonymous").get(f"/watch/{video.pk}").content.decode()
    assert f'href="/watch/{video.pk}/comments"' in content
    assert "1 comment<" in content


def test_a_text_becomes_links_that_are_safe(cast, video):
    assert cast.member
    said(cast, video, "0:42 @member @nobody https://example.org/?a=1&b=2 3:00")
    content = cast.page("anonymous").get(f"/watch/{video.pk}/comments").content.decode()
    assert f'<a href="/watch/{video.pk}?t=42" data-seek="42" dir="ltr">0:42</a>' in content
    assert '<a href="/@member" dir="ltr">@member</a> @nobody' in content
    assert (
        'href="https://example.org/?a=1&amp;b=2" rel="nofollow ugc noopener noreferrer" target="_blank"'
        in content
    )
    assert 'data-seek="180"' not in content


def test_everything_works_by_forms(cast, video):
    page, owner = cast.page("stranger"), cast.page("owner")
    path = f"/watch/{video.pk}/comments"
    made = page.post(path, {"text": "By form"})
    comment = Comment.objects.get()
    assert made.url == f"/watch/{video.pk}/comments?comment={comment.pk}#comment-{comment.pk}"
    assert page.post(path, {"text": " "}).status_code == 400
    answered = owner.post(f"/comments/{comment.pk}", {"text": "An answer"}).url
    reply = Comment.objects.get(parent=comment.pk)
    assert answered == f"/comments/{comment.pk}?reply={reply.pk}#comment-{reply.pk}"
    content = page.get(answered).content.decode()
    assert content.count("An answer") == 1
    assert f'id="comment-{reply.pk}"' in content
    assert ">Creator</span>" in content
    page.post(f"/comments/{comment.pk}/edit", {"text": "Changed"})
    owner.post(f"/comments/{comment.pk}/react", {"value": "like"})
    owner.post(f"/comments/{comment.pk}/curate", {"act": "pin"})
    owner.post(f"/comments/{comment.pk}/curate", {"act": "heart"})
    comment.refresh_from_db()
    assert (comment.text, comment.like_count, comment.pinned, comment.hearted) == ("Changed", 1, True, True)
    owner.post(f"/comments/{comment.pk}/react", {"value": "like"})
    assert owner.post(f"/comments/{comment.pk}/curate", {"act": "explode"}).status_code == 404
    assert page.post(f"/comments/{comment.pk}/curate", {"act": "unpin"}).status_code == 403
    content = page.get(path).content.decode()
    for word in ("Pinned by", "Heart from", "(edited)", "Show 1 reply"):
        assert word in content, word
    assert "2 replies" not in page.get(f"/comments/{comment.pk}/delete").content.decode()
    assert page.post(f"/comments/{comment.pk}/delete").url == f"/watch/{video.pk}#comments"
    assert Comment.objects.count() == 0


def test_visitors_are_sent_to_the_sign_in_page(cast, video):
    comment = said(cast, video, "Hello")
    page = cast.page("anonymous")
    assert page.post(f"/watch/{video.pk}/comments", {"text": "x"}).url.startswith("/login")
    assert page.post(f"/comments/{comment}", {"text": "x"}).url.startswith("/login")
    for path in ("edit", "delete", "curate", "react"):
        assert page.post(f"/comments/{comment}/{path}", {"text": "x"}).url.startswith("/login")
    assert Comment.objects.count() == 1


def test_a_linked_comment_leads_the_list_once(cast, video):
    first = said(cast, video, "first one")
    said(cast, video, "second one")
    content = cast.page("anonymous").get(f"/watch/{video.pk}/comments?comment={first}").content.decode()
    assert content.count("first one") == 1
    assert content.index("Linked comment") < content.index("first one") < content.index("second one")
    other = said(cast, cast.video(), "elsewhere")
    assert (
        "elsewhere"
        not in cast.page("anonymous").get(f"/watch/{video.pk}/comments?comment={other}").content.decode()
    )
    watch = cast.page("anonymous").get(f'/watch/{video.pk}?comment="><script>').content.decode()
    assert "<script>" not in watch.replace("<script src", "").replace("<script type", "").replace(
        "<script defer", ""
    )


def test_more_comments_come_as_rows(cast, video):
    for number in range(5):
        said(cast, video, f"number {number}")
    page = cast.page("anonymous")
    first = page.get(f"/watch/{video.pk}/comments?page_size=3")
    more = page.get(first.context["page"]["next"], HTTP_HX_REQUEST="true").content.decode()
    assert more.count('class="comment entry"') == 2
    assert "<html" not in more
    section = page.get(f"/watch/{video.pk}/comments", HTTP_HX_REQUEST="true").content.decode()
    assert "comments-title" in section
    assert "<html" not in section


def test_the_studio_shows_what_waits(cast, video):
    page = cast.page("owner")
    assert "No comments yet" in page.get("/studio/comments").content.decode()
    assert "Nothing to review" in page.get("/studio/comments?state=held").content.decode()
    form = {"words": "spam\n\nbuy now", "hold_links": "on"}
    assert page.post("/studio/comments/rules", form).status_code == 302
    assert "buy now" in page.get("/studio/comments/rules").content.decode()
    assert page.post("/studio/comments/rules", {"words": "!!!"}).status_code == 400
    held = said(cast, video, "SPAM here")
    content = page.get("/studio/comments?state=held").content.decode()
    assert "SPAM here" in content
    assert "Contains “spam”" in content
    back = page.post(f"/comments/{held}/curate", {"act": "approve", "next": "/studio/comments?state=held"})
    assert back.url == "/studio/comments?state=held"
    assert "SPAM here" in page.get("/studio/comments").content.decode()


def test_an_owner_cannot_block_themselves_in_the_studio(cast, video):
    said(cast, video, "Mine", who="owner")
    content = cast.page("owner").get("/studio/comments").content.decode()
    assert "Mine" in content
    assert "Block <bdi>@owner" not in content
    said(cast, video, "Theirs")
    assert "Block <bdi>@stranger" in cast.page("owner").get("/studio/comments").content.decode()


def test_a_new_reply_is_seen_however_long_the_thread(cast, video):
    thread = said(cast, video, "A question")
    for number in range(21):
        reply = {"text": f"Reply {number}"}
        assert (
            cast.api("owner").post(f"/api/v1/comments/{thread}/replies", reply, format="json").status_code
            == 201
        )
    page = cast.page("member")
    content = page.get(page.post(f"/comments/{thread}", {"text": "My reply"}).url).content.decode()
    assert content.count("My reply") == 1
    assert content.index("Linked comment") < content.index("My reply") < content.index("Reply 0")
    other = said(cast, cast.video(), "elsewhere")
    assert "elsewhere" not in page.get(f"/comments/{thread}?reply={other}").content.decode()
