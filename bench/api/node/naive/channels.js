import { required } from "../errors.js";
import { Subscription, User } from "../models.js";
import { answer, pageOf, paginated } from "./answers.js";
import { findVideos, joinUser } from "./lookups.js";

export async function channel(request, response) {
  const found = await User.aggregate([
    { $match: { username: request.params.username.toLowerCase() } },
    { $lookup: { from: "node_subs", localField: "_id", foreignField: "channel_id", as: "subscribers" } },
    { $lookup: { from: "node_subs", localField: "_id", foreignField: "subscriber_id", as: "subscribedTo" } },
    {
      $addFields: {
        subscribersCount: { $size: "$subscribers" },
        channelsSubscribedToCount: { $size: "$subscribedTo" },
        isSubscribed: { $in: [request.user?._id ?? null, "$subscribers.subscriber_id"] },
      },
    },
    {
      $project: {
        username: 1,
        full_name: 1,
        bio: 1,
        links: 1,
        avatar: 1,
        cover: 1,
        video_count: 1,
        view_count: 1,
        created_at: 1,
        subscribersCount: 1,
        channelsSubscribedToCount: 1,
        isSubscribed: 1,
      },
    },
  ]);
  answer(response, required(found[0], "Channel"));
}

export async function videosOf(request, response) {
  const page = pageOf(request);
  const owner = required(await User.findOne({ username: request.params.username }), "Channel");
  const condition = { channel_id: owner._id, listed: true };
  answer(response, await findVideos(condition, page));
}

export async function subscribers(request, response) {
  const page = pageOf(request);
  const owner = required(await User.findOne({ username: request.params.username }), "Channel");
  const condition = { channel_id: owner._id };
  const [docs, total] = await Promise.all([
    Subscription.aggregate([
      { $match: condition },
      { $sort: { created_at: -1, _id: -1 } },
      { $skip: page.skip },
      { $limit: page.limit },
      ...joinUser("subscriber_id", "subscriber"),
    ]),
    Subscription.countDocuments(condition),
  ]);
  answer(response, paginated(docs, total, page));
}
