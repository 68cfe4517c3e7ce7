"""The methods of the sync client, by subject."""

from __future__ import annotations

from streamsite_client import downloads, uploads
from streamsite_client.binding import Group, call, rows
from streamsite_client.operations import account, channels, comments, playlists, videos


class Account(Group):
    """The caller's account, watch history, and personal tokens."""

    register = call(account.register)
    sign_in = call(account.sign_in)
    sign_out = call(account.sign_out)
    me = call(account.me)
    update = call(account.update)
    history = rows(account.history)
    forget = call(account.forget)
    likes = rows(account.likes)
    api_tokens = rows(account.api_tokens)
    create_api_token = call(account.create_api_token)
    delete_api_token = call(account.delete_api_token)


class Videos(Group):
    """Videos: finding, uploading, changing, downloading."""

    search = rows(videos.search)
    mine = rows(videos.mine)
    trending = rows(videos.trending)
    get = call(videos.get)
    update = call(videos.update)
    delete = call(videos.delete)
    upload = call(uploads.upload)
    cancel_upload = call(uploads.cancel)
    processing = call(videos.processing)
    retry = call(videos.retry)
    wait = call(videos.wait)
    download = call(downloads.download)
    react = call(videos.react)
    set_thumbnail = call(videos.set_thumbnail)
    captions = rows(videos.captions)
    add_captions = call(videos.add_captions)
    delete_captions = call(videos.delete_captions)


class Comments(Group):
    """Comments on videos, and replies."""

    of_video = rows(comments.of_video)
    replies = rows(comments.replies)
    get = call(comments.get)
    add = call(comments.add)
    reply = call(comments.reply)
    edit = call(comments.edit)
    delete = call(comments.delete)


class Playlists(Group):
    """Playlists, their items, and Watch later."""

    mine = rows(playlists.mine)
    of_channel = rows(playlists.of_channel)
    items = rows(playlists.items)
    get = call(playlists.get)
    create = call(playlists.create)
    update = call(playlists.update)
    delete = call(playlists.delete)
    add = call(playlists.add)
    move = call(playlists.move)
    remove = call(playlists.remove)
    watch_later = rows(playlists.watch_later)
    add_to_watch_later = call(playlists.add_to_watch_later)
    remove_from_watch_later = call(playlists.remove_from_watch_later)


class Channels(Group):
    """Channels and subscriptions."""

    search = rows(channels.search)
    get = call(channels.get)
    videos = rows(channels.videos)
    subscriptions = rows(channels.subscriptions)
    feed = rows(channels.feed)
    subscribe = call(channels.subscribe)
    unsubscribe = call(channels.unsubscribe)
