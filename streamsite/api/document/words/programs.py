"""Descriptions of properties of webhooks, archives, and passkeys."""

from __future__ import annotations

PROPERTIES = {
    "Delivery.type": "The event, such as `video.ready`.",
    "Delivery.tries": "How often it was sent.",
    "Delivery.next_try_at": "When it is sent next; null when it is not.",
    "Delivery.response": "The receiver's last answer; null without one.",
    "Webhook.scope": "`channel` for events of the caller's own channel, `site` for those of all channels.",
    "Webhook.disabled_because": "Why it was disabled; empty or null while it is not.",
    "NewWebhook.scope": "`channel` for events of the caller's own channel, `site` for those of all channels.",
    "NewWebhook.disabled_because": "Why it was disabled; empty or null while it is not.",
    "Export.with_media": "Whether the archive has the files of videos.",
    "Export.size": "Bytes of the archive; null until it is ready.",
    "Import.dry_run": "Whether it only reports what would happen.",
    "Import.file_name": "The archive's file name.",
    "Import.report": "Numbers by kind of object; of a dry run, what would happen.",
    "Import.rows": "Number of entries that explain what is changed, missing, or refused.",
    "Import.rows_url": "Where these entries are.",
    "Import.can_start": "Whether the archive of a dry run is still there to be imported.",
    "Import.finished_at": "When it ended; null until then.",
    "ImportCounts.new": "Objects that are created.",
    "ImportCounts.present": "Objects that were there already.",
    "ImportCounts.missing": "Objects that refer to something that this site does not have.",
    "ImportRow.ref": "The object's id in the archive.",
    "Passkey.is_synced": "Whether its provider keeps copies on several devices.",
    "PasskeyCreate.credential": "What `navigator.credentials.create()` returned, by `toJSON()`.",
    "PasskeyToken.credential": "What `navigator.credentials.get()` returned, by `toJSON()`.",
    "PasskeyOptions.public_key": "Options for `navigator.credentials`, with binary values in base64url.",
    "PasskeyOptions.purpose": "What the passkey is to be used for.",
}
