/**
 * Objects of the API. Newer sites may send more.
 *
 * @typedef {"public" | "unlisted" | "private"} Visibility
 * @typedef {"uploading" | "queued" | "processing" | "ready" | "failed"} Status
 * @typedef {{ username: string, full_name: string, avatar_url: string | null, subscribers: number }} Channel
 * @typedef {object} ChannelProfile
 * @property {string} username
 * @property {string} full_name
 * @property {string} bio
 * @property {string[]} links
 * @property {string | null} avatar_url
 * @property {string | null} cover_url
 * @property {{ subscribers: number, subscriptions: number, videos: number, views: number }} counts
 * @property {string} created_at
 *
 * @typedef {object} Account
 * @property {string} id
 * @property {string} username
 * @property {string} full_name
 * @property {string} email
 * @property {boolean} email_verified
 * @property {string} bio
 * @property {string} created_at
 *
 * @typedef {object} Card
 * @property {string} id
 * @property {string} title
 * @property {Visibility} visibility
 * @property {Status} status
 * @property {number} progress
 * @property {number} duration
 * @property {string | null} thumbnail_url
 * @property {Channel} channel
 * @property {{ views: number, likes: number, comments: number }} counts
 * @property {string} url
 * @property {string | null} published_at
 * @property {string | null} originally_published_on
 * @property {string} created_at
 *
 * @typedef {{ code: string, detail: string, retryable: boolean }} Failure
 * @typedef {{ id: string, language: string, label: string, kind: string, url: string }} Caption
 * @typedef {{ start: number, title: string }} Chapter
 * @typedef {object} VideoDetails
 * @property {string} description
 * @property {string[]} tags
 * @property {string} category
 * @property {string} language
 * @property {string} license
 * @property {Failure | null} failure
 * @property {number} width
 * @property {number} height
 * @property {string | null} hls_url
 * @property {string | null} download_url
 * @property {Caption[]} captions
 * @property {Chapter[]} chapters
 * @property {boolean} allow_comments
 * @property {boolean} allow_embed
 * @property {boolean} allow_download
 * @property {number} version
 * @property {{ reaction: string | null, position: number, in_watch_later: boolean, can_edit: boolean } | null} viewer
 * @typedef {Card & VideoDetails} Video
 *
 * @typedef {{ status: Status, progress: number, playable: boolean, error: Failure | null }} Processing
 * @typedef {{ reaction: string | null, likes: number }} Reaction
 *
 * @typedef {object} Comment
 * @property {string} id
 * @property {string | null} parent
 * @property {string} text
 * @property {Channel} author
 * @property {string} created_at
 * @property {string | null} edited_at
 * @property {{ likes: number, replies: number }} counts
 * @property {boolean} pinned
 * @property {boolean} hearted
 * @property {number} version
 *
 * @typedef {object} Playlist
 * @property {string} id
 * @property {string} title
 * @property {string} description
 * @property {Visibility} visibility
 * @property {Channel} owner
 * @property {number} item_count
 * @property {number} duration
 * @property {string | null} thumbnail_url
 * @property {string} sort
 * @property {boolean} allow_duplicates
 * @property {number} version
 * @property {string} url
 *
 * @typedef {{ id: string, position: number, note: string, added_at: string, video: Card }} Item
 * @typedef {{ is_subscribed: boolean, notify: string, subscribers: number }} Subscription
 * @typedef {object} HistoryEntry
 * @property {Card} video
 * @property {string} watched_at
 * @property {number} position
 * @property {number} duration
 * @property {boolean} completed
 *
 * @typedef {{ id: string, name: string, scopes: string[], expires_at: string, token?: string }} ApiToken
 */

/**
 * @template T
 * @typedef {{ next: string | null, previous: string | null, results: T[] }} Page
 */

export {};
