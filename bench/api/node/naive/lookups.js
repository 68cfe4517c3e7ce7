import { Video } from "../models.js";
import { paginated } from "./answers.js";

const BADGE = "username full_name avatar";
const NEWEST = { published_at: -1, _id: -1 };

/** Return a page of videos with their channels, and the number of all. */
export async function findVideos(condition, page, { order = NEWEST, projection } = {}) {
  const [docs, total] = await Promise.all([
    Video.find(condition, projection)
      .sort(order)
      .skip(page.skip)
      .limit(page.limit)
      .populate("channel", BADGE)
      .lean(),
    Video.countDocuments(condition),
  ]);
  return paginated(docs, total, page);
}

/** Return stages that replace `localField` by the account that it names, in the field `as`. */
export function joinUser(localField, as) {
  const pipeline = [{ $project: { username: 1, full_name: 1, avatar: 1, subscriber_count: 1 } }];
  return [
    { $lookup: { from: "node_users", localField, foreignField: "_id", as, pipeline } },
    { $addFields: { [as]: { $first: `$${as}` } } },
  ];
}

/** Return stages that put the video of `video_id`, with its channel, into the field `video`. */
export function joinVideo() {
  const pipeline = joinUser("channel_id", "channel");
  return [
    { $lookup: { from: "node_videos", localField: "video_id", foreignField: "_id", as: "video", pipeline } },
    { $addFields: { video: { $first: "$video" } } },
  ];
}
