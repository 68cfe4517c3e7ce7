import { required } from "../errors.js";
import { Comment, Video } from "../models.js";
import { answer, pageOf, paginated } from "./answers.js";
import { findVideos, joinUser } from "./lookups.js";

export async function list(request, response) {
  const page = pageOf(request);
  const condition = { listed: true };
  answer(response, await findVideos(condition, page));
}

export async function video(request, response) {
  const userId = request.user?._id ?? null;
  const channel = [
    { $lookup: { from: "node_subs", localField: "_id", foreignField: "channel_id", as: "subscribers" } },
    {
      $addFields: {
        subscribersCount: { $size: "$subscribers" },
        isSubscribed: { $in: [userId, "$subscribers.subscriber_id"] },
      },
    },
    { $project: { username: 1, full_name: 1, avatar: 1, subscribersCount: 1, isSubscribed: 1 } },
  ];
  const found = await Video.aggregate([
    { $match: { _id: request.params.id, listed: true } },
    { $lookup: { from: "node_likes", localField: "_id", foreignField: "video_id", as: "likes" } },
    {
      $lookup: {
        from: "node_users",
        localField: "channel_id",
        foreignField: "_id",
        as: "channel",
        pipeline: channel,
      },
    },
    {
      $addFields: {
        channel: { $first: "$channel" },
        likesCount: { $size: "$likes" },
        isLiked: { $in: [userId, "$likes.user_id"] },
      },
    },
    { $project: { likes: 0 } },
  ]);
  answer(response, required(found[0], "Video"));
}

export async function comments(request, response) {
  const page = pageOf(request);
  const condition = { subject: request.params.id, parent: "", state: "shown" };
  const [docs, total] = await Promise.all([
    Comment.aggregate([
      { $match: condition },
      { $sort: { pinned: -1, score: -1, created_at: -1, _id: -1 } },
      { $skip: page.skip },
      { $limit: page.limit },
      ...joinUser("author_id", "author"),
    ]),
    Comment.countDocuments(condition),
  ]);
  answer(response, paginated(docs, total, page));
}

export async function search(request, response) {
  const page = pageOf(request);
  const condition = { $text: { $search: request.query.q }, listed: true };
  const score = { score: { $meta: "textScore" } };
  answer(response, await findVideos(condition, page, { order: score, projection: score }));
}
