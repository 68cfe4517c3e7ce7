import { required } from "../errors.js";
import { Playlist, PlaylistItem, Subscription, Watch } from "../models.js";
import { answer, pageOf, paginated } from "./answers.js";
import { joinUser, joinVideo } from "./lookups.js";

export function me(request, response) {
  answer(response, request.user);
}

export async function subscriptions(request, response) {
  const rows = await Subscription.aggregate([
    { $match: { subscriber_id: request.user._id } },
    { $sort: { created_at: -1, _id: -1 } },
    ...joinUser("channel_id", "channel"),
  ]);
  answer(response, rows);
}

export async function history(request, response) {
  const page = pageOf(request);
  const condition = { user_id: request.user._id };
  const [docs, total] = await Promise.all([
    Watch.aggregate([
      { $match: condition },
      { $sort: { watched_at: -1, _id: -1 } },
      { $skip: page.skip },
      { $limit: page.limit },
      ...joinVideo(),
    ]),
    Watch.countDocuments(condition),
  ]);
  answer(response, paginated(docs, total, page));
}

export async function playlist(request, response) {
  const { limit } = pageOf(request);
  const found = required(await Playlist.findById(request.params.id), "Playlist");
  const items = await PlaylistItem.aggregate([
    { $match: { playlist_id: found._id } },
    { $sort: { rank: 1, _id: 1 } },
    { $limit: limit },
    ...joinVideo(),
  ]);
  answer(response, { playlist: found, items });
}
