"""The tables: what one row names exists in another, and everything fits the site's limits."""

import re

from accounts.usernames import validate_username
from demo import people
from demo.ids import demo_id, demo_video_id
from demo.tables.clips import BY_KEY, CLIPS
from demo.tables.community import FOLLOW_SHARES, FOLLOWED, LIKED, PLAYLISTS, POSTS, WATCH_LATER, WATCHED
from demo.tables.people import CHANNELS
from demo.tables.talk import TALK
from videos.metadata import clean_metadata

CHANNEL_NAMES = {row.username for row in CHANNELS}


def test_clips_have_valid_texts_and_known_channels():
    assert len(CLIPS) == len(BY_KEY) >= 16
    for clip in CLIPS:
        assert clip.channel in CHANNEL_NAMES
        assert 15 <= clip.seconds <= 60
        assert 0 <= clip.cover < clip.seconds
        texts = {"title": clip.title, "description": clip.description, "category": clip.category}
        cleaned = clean_metadata({**texts, "tags": list(clip.tags)})
        assert cleaned["title"] == clip.title
        assert len(cleaned["tags"]) == len(clip.tags)
        assert len(clip.tracks) in {0, len(clip.scores)}
    assert max(clip.seconds for clip in CLIPS[:4]) <= 24, "the first ones are short"


def test_subtitles_are_in_order_and_in_every_language():
    for clip in CLIPS:
        times = [moment for start, end, _texts in clip.lines for moment in (start, end)]
        assert times == sorted(times)
        assert all(moment <= clip.seconds for moment in times)
        assert all(len(texts) == len(clip.languages) for _start, _end, texts in clip.lines)


def test_names_are_names_of_something():
    for username in people.USERNAMES:
        validate_username(username)
    said = [row for threads in TALK.values() for thread in threads for row in (thread, *thread.replies)]
    assert {row.author for row in said} <= set(people.USERNAMES)
    mentioned = {name for row in said for name in re.findall(r"@([\w.-]+)", row.text)}
    assert mentioned <= set(people.USERNAMES)
    assert TALK.keys() <= {*BY_KEY, *(row.key for row in POSTS)}
    named = {*LIKED, *WATCH_LATER, *(key for key, _share in WATCHED)}
    named |= {key for row in PLAYLISTS for key in row.clips} | {row.clip for row in POSTS if row.clip}
    assert named <= BY_KEY.keys()
    owners = {row.owner for row in PLAYLISTS} | {row.channel for row in POSTS} | {*FOLLOWED, *FOLLOW_SHARES}
    assert owners <= CHANNEL_NAMES


def test_times_that_comments_mention_are_in_the_clip():
    for key, threads in TALK.items():
        if key not in BY_KEY:
            continue
        for row in (said for thread in threads for said in (thread, *thread.replies)):
            for minutes, seconds in re.findall(r"\b(\d+):(\d\d)\b", row.text):
                assert int(minutes) * 60 + int(seconds) <= BY_KEY[key].seconds, row.text


def test_ids_differ_and_stay():
    ids = [demo_id("account", name) for name in people.USERNAMES] + [demo_video_id(key) for key in BY_KEY]
    assert len(set(ids)) == len(ids)
    assert demo_video_id("first-light") == "Q5molEsyCIk"
