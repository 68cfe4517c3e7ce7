// Videos and channels as lists answer them: the same fields as the site's API.
import { User, Video } from "../models.js";

export const CARD =
  "title visibility status progress duration generation has_storyboard is_sensitive channel_id " +
  "view_count like_count comment_count published_at originally_published_on created_at";
export const BADGE = "username full_name avatar subscriber_count";

export function images(user) {
  const folder = user.avatar && `/media/profiles/${user.avatar}`;
  return {
    avatar_url: folder ? `${folder}/avatar.webp` : null,
    avatar_small_url: folder ? `${folder}/avatar-small.webp` : null,
  };
}

export function badge(user) {
  return {
    username: user.username,
    full_name: user.full_name || user.username,
    ...images(user),
    subscribers: user.subscriber_count,
  };
}

export function card(video, channel) {
  const folder = `/media/v/${video._id}/${video.generation}`;
  return {
    id: video._id,
    title: video.title,
    visibility: video.visibility,
    status: video.status,
    progress: video.progress,
    duration: video.duration,
    thumbnail_url: `${folder}/card.webp`,
    storyboard_url: video.has_storyboard ? `${folder}/storyboard.vtt` : null,
    is_sensitive: video.is_sensitive,
    channel: badge(channel),
    counts: { views: video.view_count, likes: video.like_count, comments: video.comment_count },
    url: `/watch/${video._id}`,
    published_at: video.published_at,
    originally_published_on: video.originally_published_on ?? null,
    created_at: video.created_at,
  };
}

/** Return the documents with these ids by id, each read once. */
export async function byId(Model, ids, fields) {
  const rows = await Model.find({ _id: { $in: [...new Set(ids)] } })
    .select(fields)
    .lean();
  return new Map(rows.map((row) => [row._id, row]));
}

/** Return the cards of videos in their order; those whose channel is gone are left out. */
export async function cards(videos) {
  const channels = await byId(User, videos.map((video) => video.channel_id), BADGE);
  return videos
    .filter((video) => channels.has(video.channel_id))
    .map((video) => card(video, channels.get(video.channel_id)));
}

/** Return the cards of the listed videos with these ids, by id. */
export async function cardsById(ids) {
  const videos = await Video.find({ _id: { $in: ids }, listed: true }).select(CARD).lean();
  return new Map((await cards(videos)).map((one) => [one.id, one]));
}
