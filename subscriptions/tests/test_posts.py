"""Posts of channels: access, images, videos, comments, and reactions."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import image_storage
from accounts.tests import images as image_files
from subscriptions import services as subscribing
from subscriptions.models import Broadcast, Post, PostReaction
from subscriptions.posts import services
from tests.support.commands import recorded
from videos import services as videos
from videos.models import Case, Comment
from videos.moderation import cases


def write(cast, who="owner", status=201, **body):
    answer = cast.api(who).post("/api/v1/posts", {"text": "News"} | body, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def picture(size=(3000, 1000)):
    return SimpleUploadedFile("p.png", image_files.picture(size=size), "image/png")


def test_a_post_has_its_fields_and_one_row_tells_of_it(database, cast):
    subscribing.subscribe(cast.member, cast.owner)
    with recorded() as commands:
        made = write(cast, text="  Hello\r\nall ")
    assert [c for c in commands if c.startswith("insert subscriptions")] == [
        "insert subscriptions_post",
        "insert subscriptions_broadcast",
    ]
    assert made["text"] == "Hello\nall"
    assert made["counts"] == {"likes": 0, "comments": 0}
    assert (made["picture"], made["video"], made["edited_at"]) == (None, None, None)
    assert made["viewer"] == {"reaction": None, "can_edit": True}
    path = f"/api/v1/posts/{made['id']}"
    assert cast.api("anonymous").get(path).json() == made | {"viewer": None}
    for listing in ("/api/v1/channels/owner/posts", "/api/v1/me/feed/posts"):
        assert [row["id"] for row in cast.api("member").get(listing).json()["results"]] == [made["id"]]
    [note] = cast.api("member").get("/api/v1/me/notifications").json()["results"]
    assert (note["text"], note["url"]) == (
        "owner posted: “Hello all”",
        f"http://localhost:8000/posts/{made['id']}",
    )


@pytest.mark.parametrize(
    "body",
    [{"text": ""}, {"text": None}, {"text": "\u200b"}, {"text": "x" * 5001}, {"text": ["x"]},
     {"video_id": "nothinglike"}, {"video_id": 7}, {"allow_comments": "maybe"}],
)  # fmt: skip
def test_a_post_that_is_none_is_refused(database, cast, body):
    answer = write(cast, status=400, **body)
    assert list(answer["fields"]) == list(body)
    assert (Post.objects.count(), Broadcast.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("who", "patch", "delete"),
    [("anonymous", 401, 401), ("stranger", 403, 403), ("staff", 403, 403), ("owner", 200, 204)],
)
def test_only_the_owner_may_change_a_post(database, cast, who, patch, delete):
    path = f"/api/v1/posts/{write(cast)['id']}"
    api = cast.api(who)
    assert api.patch(path, {"text": "Changed"}, format="json").status_code == patch
    assert api.delete(path).status_code == delete
    assert Post.objects.count() == (0 if delete == 204 else 1)


def test_an_edit_is_marked_and_the_stale_one_refused(database, cast):
    path = f"/api/v1/posts/{write(cast)['id']}"
    api = cast.api("owner")
    changed = api.patch(
        path, {"text": "Changed", "allow_comments": False}, format="json", headers={"If-Match": '"v1"'}
    )
    assert (changed.json()["text"], changed.json()["allow_comments"]) == ("Changed", False)
    assert changed.json()["edited_at"]
    assert api.patch(path, {"text": "x"}, format="json", headers={"If-Match": '"v1"'}).status_code == 412
    assert api.delete(path, headers={"If-Match": '"v1"'}).status_code == 412
    assert cast.api("member").post(f"{path}/comments", {"text": "x"}, format="json").status_code == 403


def test_a_picture_is_kept_whole_and_made_anew(database, cast, monkeypatch):
    body = {"text": "Look", "picture": picture()}
    made = cast.api("owner").post("/api/v1/posts", body).json()
    assert (made["picture"]["width"], made["picture"]["height"]) == (1280, 427)
    for name, size in (("url", (1280, 427)), ("small_url", (640, 214))):
        answer = cast.page("anonymous").get(made["picture"][name])
        assert answer["Content-Type"] == "image/webp"
        folder, _, file = made["picture"][name].partition("/media/profiles/")[2].partition("/")
        with Image.open(image_storage.folder_path(folder) / file) as shown:
            assert (shown.size, shown.format) == (size, "WEBP")
    folder = image_storage.folder_path(Post.objects.get().picture)
    monkeypatch.setattr(image_storage, "SETTLED_SECONDS", -10)
    image_storage.sweep(force=True)  # what other tests left goes
    assert Path(folder).exists()
    assert image_storage.sweep().count == 0
    Post.objects.update(picture="")
    # What other tests left is in the trash and counts, too.
    assert image_storage.sweep(force=True).count == 1
    assert not Path(folder).exists()


def test_a_small_picture_is_not_blown_up(database, cast):
    made = cast.api("owner").post("/api/v1/posts", {"text": "x", "picture": picture((30, 60))}).json()
    assert (made["picture"]["width"], made["picture"]["height"]) == (30, 60)


def test_invalid_images_are_rejected_and_nothing_is_posted(database, cast):
    sent = SimpleUploadedFile("x.png", b"<svg onload=alert(1)>", "image/png")
    answer = cast.api("owner").post("/api/v1/posts", {"text": "x", "picture": sent})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["picture"])
    video = cast.video()
    both = cast.api("owner").post("/api/v1/posts", {"text": "x", "picture": picture(), "video_id": video.pk})
    assert (both.status_code, list(both.json()["fields"])) == (400, ["video_id"])
    assert Post.objects.count() == 0


def test_a_video_is_shown_to_whom_it_is_for(database, cast):
    video = cast.video(title="Film")
    path = f"/api/v1/posts/{write(cast, video_id=video.pk)['id']}"
    assert cast.api("anonymous").get(path).json()["video"]["title"] == "Film"
    videos.update(video, {"visibility": "private"})
    assert cast.api("anonymous").get(path).json()["video"] is None
    assert cast.api("owner").get(path).json()["video"]["title"] == "Film"
    write(cast, "stranger", status=400, video_id=video.pk)
    videos.delete(video)
    assert cast.api("owner").get(path).json()["video"] is None


def test_reactions_and_comments_are_those_of_videos(database, cast):
    path = f"/api/v1/posts/{write(cast)['id']}"
    api = cast.api("member")
    for value, likes in (("like", 1), ("like", 1), ("dislike", 0), ("like", 1)):
        answer = api.put(f"{path}/reaction", {"value": value}, format="json")
        assert answer.json() == {"reaction": value, "likes": likes}
    made = api.post(f"{path}/comments", {"text": "Hi 0:01 @owner"}, format="json").json()
    cast.api("owner").put(f"/api/v1/comments/{made['id']}/pin")
    reply = cast.api("stranger").post(f"/api/v1/comments/{made['id']}/replies", {"text": "Ho"}, format="json")
    assert reply.status_code == 201
    shown = api.get(path).json()
    assert shown["counts"] == {"likes": 1, "comments": 2}
    assert shown["viewer"]["reaction"] == "like"
    [row] = api.get(f"{path}/comments").json()["results"]
    assert (row["pinned"], row["counts"]["replies"]) == (True, 1)
    assert api.delete(f"{path}/reaction").json() == {"reaction": None, "likes": 0}
    cast.api("owner").delete(path)
    assert (Comment.objects.count(), PostReaction.objects.count(), Broadcast.objects.count()) == (0, 0, 0)
    assert api.get(f"/api/v1/comments/{made['id']}").status_code == 404


def test_a_post_is_reported_taken_down_and_put_back(database, cast):
    made = write(cast, text="Rude")
    path = f"/api/v1/posts/{made['id']}"
    assert cast.api("member").post(f"{path}/report", {"reason": "spam"}, format="json").status_code == 201
    case = Case.objects.get()
    assert (case.about, case.content) == ("post", "Rude")
    cases.decide(case, cast.staff, "taken_down")
    for who, status in (("anonymous", 404), ("member", 404), ("owner", 200)):
        assert cast.api(who).get(path).status_code == status
    assert cast.api("anonymous").get("/api/v1/channels/owner/posts").json()["results"] == []
    services.set_taken_down(made["id"], False)
    assert cast.api("anonymous").get(path).status_code == 200


def test_a_closed_channels_posts_are_absent_and_an_erased_ones_gone(database, cast):
    subscribing.subscribe(cast.member, cast.owner)
    path = f"/api/v1/posts/{write(cast)['id']}"
    type(cast.owner).objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert cast.api("anonymous").get(path).status_code == 404
    assert cast.api("member").get("/api/v1/me/feed/posts").json()["results"] == []
    services.delete_for_channel(cast.owner.pk)
    assert Post.objects.count() == 0


def test_pages_of_posts_work_by_forms(database, cast):
    subscribing.subscribe(cast.member, cast.owner)
    video = cast.video()
    page, other = cast.page("owner"), cast.page("member")
    assert "No posts yet" in other.get("/@owner/posts").content.decode()
    assert other.post("/@owner/posts", {"text": "Not mine"}).status_code == 403
    form = {
        "text": "See https://example.org now",
        "video": f"http://localhost/watch/{video.pk}?t=3",
        "allow_comments": "on",
    }
    assert page.post("/@owner/posts", form).status_code == 302
    post = Post.objects.get()
    assert (post.video_id, post.allow_comments) == (video.pk, True)
    assert page.post("/@owner/posts", {"text": "x", "video": "somewhere"}).status_code == 400
    assert page.post("/@owner/posts", {"text": " "}).status_code == 400
    assert 'rel="nofollow ugc noopener noreferrer"' in other.get("/feed/posts").content.decode()
    other.post(f"/posts/{post.pk}/reaction", {"value": "like"})
    other.post(f"/posts/{post.pk}/comments", {"text": "By form"})
    assert "By form" in other.get(f"/posts/{post.pk}/comments").content.decode()
    page.post(f"/posts/{post.pk}/edit", {"text": "Changed"})
    post.refresh_from_db()
    assert (post.text, post.like_count, post.comment_count, post.allow_comments) == ("Changed", 1, 1, False)
    assert other.post(f"/posts/{post.pk}/delete").status_code == 403
    assert page.post(f"/posts/{post.pk}/delete").url == "/@owner/posts"
    assert Post.objects.count() == 0
