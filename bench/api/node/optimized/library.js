import { required } from "../errors.js";
import { Playlist, PlaylistItem, Subscription, User, Watch } from "../models.js";
import { badge, BADGE, byId, cardsById, images } from "./cards.js";
import { counts } from "./channels.js";
import { after, nextCursor, PAGE_SIZE } from "./pages.js";

export const ACCOUNT =
  "username full_name email email_verified bio links is_sensitive avatar cover preferences is_active is_staff " +
  "subscriber_count subscription_count video_count view_count created_at";
const MAX_PAGE_SIZE = 100;

export function me(request, response) {
  const { user } = request;
  response.json({
    id: user._id,
    username: user.username,
    full_name: user.full_name,
    email: user.email,
    email_verified: user.email_verified,
    bio: user.bio,
    links: user.links,
    is_sensitive: user.is_sensitive,
    ...images(user),
    counts: counts(user),
    preferences: user.preferences,
    is_staff: user.is_staff,
    created_at: user.created_at,
  });
}

export async function subscriptions(request, response) {
  const condition = { subscriber_id: request.user._id, ...after(request.query.before, "created_at") };
  const rows = await Subscription.find(condition)
    .select("channel_id created_at")
    .sort({ created_at: -1, _id: -1 })
    .limit(PAGE_SIZE + 1)
    .lean();
  const ids = rows.slice(0, PAGE_SIZE).map((row) => row.channel_id);
  const channels = await byId(User, ids, BADGE);
  const results = ids.filter((id) => channels.has(id)).map((id) => badge(channels.get(id)));
  response.json({ next: nextCursor(rows, "created_at"), results });
}

export async function history(request, response) {
  const condition = { user_id: request.user._id, ...after(request.query.before, "watched_at") };
  const rows = await Watch.find(condition)
    .select("video_id watched_at position duration completed")
    .sort({ watched_at: -1, _id: -1 })
    .limit(PAGE_SIZE + 1)
    .lean();
  const page = rows.slice(0, PAGE_SIZE);
  const found = await cardsById(page.map((row) => row.video_id));
  const results = page
    .filter((row) => found.has(row.video_id))
    .map(({ video_id, watched_at, position, duration, completed }) => ({
      video: found.get(video_id),
      watched_at,
      position,
      duration,
      completed,
    }));
  response.json({ next: nextCursor(rows, "watched_at"), results });
}

/** Return the condition for the items behind the cursor `<rank>_<id>`. */
function behind(cursor) {
  if (!cursor) return {};
  const [rank, id] = cursor.split("_", 2);
  return { $or: [{ rank: { $gt: Number(rank) } }, { rank: Number(rank), _id: { $gt: id } }] };
}

export async function playlist(request, response) {
  const size = Math.min(Number(request.query.limit) || PAGE_SIZE, MAX_PAGE_SIZE);
  const found = await Playlist.findById(request.params.id).select("owner_id visibility").lean();
  const mayRead = found && (found.visibility !== "private" || found.owner_id === request.user._id);
  required(mayRead, "Playlist");
  const items = await PlaylistItem.find({ playlist_id: found._id, ...behind(request.query.after) })
    .select("video_id note added_at rank")
    .sort({ rank: 1, _id: 1 })
    .limit(size + 1)
    .lean();
  const page = items.slice(0, size);
  const videos = await cardsById(page.map((item) => item.video_id));
  const results = page
    .filter((item) => videos.has(item.video_id))
    .map((item, position) => ({
      id: item._id,
      position,
      note: item.note,
      added_at: item.added_at,
      video: videos.get(item.video_id),
      can_edit: found.owner_id === request.user._id,
    }));
  const last = page.at(-1);
  response.json({ next: items.length > size ? `${last.rank}_${last._id}` : null, results });
}
