"""The methods of the async client, by subject."""

from __future__ import annotations

from streamsite_client import downloads, uploads
from streamsite_client.binding import AsyncGroup, acall, arows
from streamsite_client.operations import account, channels, comments, playlists, videos


class AsyncAccount(AsyncGroup):
    """The caller's account, watch history, and personal tokens."""

    register = acall(account.register)
    sign_in = acall(account.sign_in)
    sign_out = acall(account.sign_out)
    me = acall(account.me)
    update = acall(account.update)
    history = arows(account.history)
    forget = acall(account.forget)
    likes = arows(account.likes)
    api_tokens = arows(account.api_tokens)
    create_api_token = acall(account.create_api_token)
    delete_api_token = acall(account.delete_api_token)


class AsyncVideos(AsyncGroup):
    """Videos: finding, uploading, changing, downloading."""

    search = arows(videos.search)
    mine = arows(videos.mine)
    trending = arows(videos.trending)
    get = acall(videos.get)
    update = acall(videos.update)
    delete = acall(videos.delete)
    upload = acall(uploads.upload)
    cancel_upload = acall(uploads.cancel)
    processing = acall(videos.processing)
    retry = acall(videos.retry)
    wait = acall(videos.wait)
    download = acall(downloads.download)
    react = acall(videos.react)
    set_thumbnail = acall(videos.set_thumbnail)
    captions = arows(videos.captions)
    add_captions = acall(videos.add_captions)
    delete_captions = acall(videos.delete_captions)


class AsyncComments(AsyncGroup):
    """Comments on videos, and replies."""

    of_video = arows(comments.of_video)
    replies = arows(comments.replies)
    get = acall(comments.get)
    add = acall(comments.add)
    reply = acall(comments.reply)
    edit = acall(comments.edit)
    delete = acall(comments.delete)


class AsyncPlaylists(AsyncGroup):
    """Playlists, their items, and Watch later."""

    mine = arows(playlists.mine)
    of_channel = arows(playlists.of_channel)
    items = arows(playlists.items)
    get = acall(playlists.get)
    create = acall(playlists.create)
    update = acall(playlists.update)
    delete = acall(playlists.delete)
    add = acall(playlists.add)
    move = acall(playlists.move)
    remove = acall(playlists.remove)
    watch_later = arows(playlists.watch_later)
    add_to_watch_later = acall(playlists.add_to_watch_later)
    remove_from_watch_later = acall(playlists.remove_from_watch_later)


class AsyncChannels(AsyncGroup):
    """Channels and subscriptions."""

    search = arows(channels.search)
    get = acall(channels.get)
    videos = arows(channels.videos)
    subscriptions = arows(channels.subscriptions)
    feed = arows(channels.feed)
    subscribe = acall(channels.subscribe)
    unsubscribe = acall(channels.unsubscribe)
