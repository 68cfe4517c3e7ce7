"""Archives as other programs write them, made by the tests."""

from __future__ import annotations

import io
import json
import zipfile


def zipped(entries):
    """Return a ZIP file of ``{name: content}``; content is bytes, text, or anything for JSON."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            if not isinstance(content, bytes | str):
                content = json.dumps(content)
            archive.writestr(name, content)
    return out.getvalue()


def streamsite(site="f" * 32, **kinds):
    """Return an archive of this software's with objects by kind; ``entries`` are further files."""
    entries = dict(kinds.pop("entries", {}))
    contents = {}
    for kind, rows in kinds.items():
        entries[f"data/{kind}-0001.json"] = rows
        contents[kind] = {"files": [f"data/{kind}-0001.json"], "count": 10**9}
    manifest = {
        "format": "streamsite-takeout",
        "version": 1,
        "site": {"id": site, "url": "https://elsewhere.example"},
        "account": {"username": "owner"},
        "contents": contents,
    }
    return zipped({"manifest.json": manifest, **entries})


def google(clip, folder="Takeout/YouTube and YouTube Music"):
    """Return an archive as Google Takeout writes it, with a video that has a file and one that has none."""
    return zipped(
        {
            f"{folder}/subscriptions/subscriptions.csv": (
                "Channel Id,Channel Url,Channel Title\n"
                "UCabcdefghijklmnopqrstuv,http://www.youtube.com/channel/UCabcdefghijklmnopqrstuv,Somebody\n"
            ),
            f"{folder}/playlists/Best of-videos.csv": (
                "Video ID,Playlist Video Creation Timestamp\n"
                "AAAAAAAAAAA,2022-01-02T03:04:05+00:00\n"
                "zzzzzzzzzzz,2022-01-03T03:04:05+00:00\n"
            ),
            f"{folder}/playlists/Watch later-videos.csv": (
                "Video ID,Playlist Video Creation Timestamp\nAAAAAAAAAAA,2022-01-02T03:04:05+00:00\n"
            ),
            f"{folder}/history/watch-history.json": [
                {
                    "header": "YouTube",
                    "title": "Watched My film: part 1",
                    "titleUrl": "https://www.youtube.com/watch?v=AAAAAAAAAAA",
                    "subtitles": [{"name": "Me", "url": "https://www.youtube.com/channel/UC1"}],
                    "time": "2022-04-25T18:09:04.784Z",
                    "products": ["YouTube"],
                },
                {
                    "header": "YouTube",
                    "title": "Watched Another",
                    "titleUrl": "https://www.youtube.com/watch?v=zzzzzzzzzzz",
                    "time": "2022-04-24T18:09:04.784Z",
                },
            ],
            f"{folder}/comments/comments.csv": (
                "Comment ID,Channel ID,Comment Create Timestamp,Price,Parent Comment ID,Post ID,Video ID,Comment Text\n"
                'Ugx1,UC1,2022-05-01T00:00:00+00:00,0,,,AAAAAAAAAAA,"{""text"":""My own ""},{""text"":""words""}"\n'
                'Ugx2,UC1,2022-05-02T00:00:00+00:00,0,,,zzzzzzzzzzz,"{""text"":""On another""}"\n'
            ),
            f"{folder}/video metadata/videos.csv": (
                "Video ID,Approx Duration (ms),Video Audio Language,Video Category,Video Description (Original),"
                "Channel ID,Video Title (Original),Privacy,Video State,Video Create Timestamp,Video Publish Timestamp\n"
                "AAAAAAAAAAA,1000,en,People,About it,UC1,My film: part 1,Public,Processed,"
                "2020-01-01T00:00:00+00:00,2020-01-02T00:00:00+00:00\n"
                "BBBBBBBBBBB,1000,en,People,,UC1,In another part,Private,Processed,"
                "2020-02-01T00:00:00+00:00,\n"
            ),
            f"{folder}/videos/My film_ part 1.mp4": clip,
        }
    )


def peertube(clip, image):
    """Return an archive as PeerTube writes it."""
    host = "https://peertube.example"
    return zipped(
        {
            "peertube/account.json": {
                "url": f"{host}/accounts/me",
                "name": "me",
                "displayName": "Me",
                "description": "I am",
            },
            "peertube/videos.json": {
                "videos": [
                    {
                        "uuid": "u1",
                        "name": "From PeerTube",
                        "url": f"{host}/videos/watch/u1",
                        "createdAt": "2021-01-01T00:00:00.000Z",
                        "publishedAt": "2021-01-02T00:00:00.000Z",
                        "originallyPublishedAt": None,
                        "category": 15,
                        "licence": 1,
                        "language": "fr",
                        "tags": ["ants"],
                        "privacy": 1,
                        "description": "Ants",
                        "nsfw": False,
                        "downloadEnabled": True,
                        "commentsPolicy": 1,
                        "isLive": False,
                        "views": 10**12,
                        "chapters": [{"timecode": 0, "title": "A"}, {"timecode": 0.5, "title": "B"}],
                        "captions": [{"language": "fr"}],
                        "source": {"inputFilename": "ants.mp4"},
                        "archiveFiles": {
                            "videoFile": "../files/videos/video-files/u1.mp4",
                            "thumbnail": "../files/videos/thumbnails/u1.png",
                            "captions": {"fr": "../files/videos/captions/u1.vtt"},
                        },
                    },
                    {
                        "uuid": "u2",
                        "name": "Live",
                        "url": f"{host}/videos/watch/u2",
                        "isLive": True,
                        "archiveFiles": {"videoFile": None, "thumbnail": None, "captions": {}},
                    },
                ]
            },
            "files/videos/video-files/u1.mp4": clip,
            "files/videos/thumbnails/u1.png": image,
            "files/videos/captions/u1.vtt": "WEBVTT\n\n00:00.000 --> 00:00.900\nFourmis\n",
            "peertube/video-playlists.json": {
                "videoPlaylists": [
                    {
                        "displayName": "P",
                        "description": "",
                        "privacy": 2,
                        "uuid": "p1",
                        "type": 1,
                        "url": f"{host}/w/p/p1",
                        "createdAt": "2021-02-01T00:00:00.000Z",
                        "elements": [
                            {"videoUrl": f"{host}/videos/watch/u1"},
                            {"videoUrl": "https://x.example/w/9"},
                        ],
                    },
                    {
                        "displayName": "Watch later",
                        "privacy": 3,
                        "uuid": "p2",
                        "type": 2,
                        "elements": [{"videoUrl": f"{host}/videos/watch/u1"}],
                    },
                ]
            },
            "peertube/following.json": {
                "following": [
                    {"handle": "me@peertube.example", "targetHandle": "a@b.example", "createdAt": ""}
                ]
            },
            "peertube/likes.json": {
                "likes": [{"videoUrl": f"{host}/videos/watch/u1", "createdAt": "2021-03-01T00:00:00.000Z"}]
            },
            "peertube/dislikes.json": {"dislikes": [{"videoUrl": "https://x.example/w/9"}]},
            "peertube/user-video-history.json": {
                "watchedVideos": [
                    {
                        "videoUrl": f"{host}/videos/watch/u1",
                        "lastTimecode": 7,
                        "createdAt": "2021-04-01T00:00:00.000Z",
                        "updatedAt": "2021-04-02T00:00:00.000Z",
                    }
                ]
            },
            "peertube/comments.json": {
                "comments": [
                    {
                        "url": f"{host}/c/2",
                        "text": "Answer",
                        "videoUrl": f"{host}/videos/watch/u1",
                        "createdAt": "2021-05-02T00:00:00.000Z",
                        "inReplyToCommentUrl": f"{host}/c/1",
                    },
                    {
                        "url": f"{host}/c/1",
                        "text": "First",
                        "videoUrl": f"{host}/videos/watch/u1",
                        "createdAt": "2021-05-01T00:00:00.000Z",
                    },
                ]
            },
        }
    )
