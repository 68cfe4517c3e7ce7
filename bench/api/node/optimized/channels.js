import { required } from "../errors.js";
import { Subscription, User, Video } from "../models.js";
import { badge, BADGE, byId, CARD, card, images } from "./cards.js";
import { after, nextCursor, PAGE_SIZE } from "./pages.js";

const CHANNEL =
  "username full_name bio links avatar cover is_sensitive " +
  "subscriber_count subscription_count video_count view_count created_at";

function findChannel(request, fields) {
  return User.findOne({ username: request.params.username.toLowerCase(), is_active: true })
    .select(fields)
    .lean();
}

export function counts(user) {
  return {
    subscribers: user.subscriber_count,
    subscriptions: user.subscription_count,
    videos: user.video_count,
    views: user.view_count,
  };
}

async function relation(viewer, channelId) {
  if (!viewer) return null;
  const condition = { subscriber_id: viewer._id, channel_id: channelId };
  const row = await Subscription.findOne(condition).select("notify").lean();
  return { is_self: viewer._id === channelId, is_subscribed: Boolean(row), notify: row?.notify ?? null };
}

export async function channel(request, response) {
  const user = required(await findChannel(request, CHANNEL), "Channel");
  const cover = user.cover && `/media/profiles/${user.cover}`;
  response.json({
    username: user.username,
    full_name: user.full_name || user.username,
    bio: user.bio,
    links: user.links,
    is_sensitive: user.is_sensitive,
    ...images(user),
    cover_url: cover ? `${cover}/cover.webp` : null,
    cover_small_url: cover ? `${cover}/cover-small.webp` : null,
    counts: counts(user),
    created_at: user.created_at,
    viewer: await relation(request.user, user._id),
  });
}

export async function videosOf(request, response) {
  const user = required(await findChannel(request, BADGE), "Channel");
  const condition = { channel_id: user._id, listed: true, ...after(request.query.before, "published_at") };
  const rows = await Video.find(condition)
    .select(CARD)
    .sort({ published_at: -1, _id: -1 })
    .limit(PAGE_SIZE + 1)
    .lean();
  const results = rows.slice(0, PAGE_SIZE).map((video) => card(video, user));
  response.json({ next: nextCursor(rows, "published_at"), results });
}

export async function subscribers(request, response) {
  const user = required(await findChannel(request, "_id"), "Channel");
  const rows = await Subscription.find({ channel_id: user._id, ...after(request.query.before, "created_at") })
    .select("subscriber_id created_at")
    .sort({ created_at: -1, _id: -1 })
    .limit(PAGE_SIZE + 1)
    .lean();
  const ids = rows.slice(0, PAGE_SIZE).map((row) => row.subscriber_id);
  const users = await byId(User, ids, BADGE);
  const results = ids.filter((id) => users.has(id)).map((id) => badge(users.get(id)));
  response.json({ next: nextCursor(rows, "created_at"), results });
}
