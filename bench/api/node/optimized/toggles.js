import { required } from "../errors.js";
import { Like, Subscription, User, Video } from "../models.js";

const DUPLICATE_KEY = 11000;

/** Delete the row that matches `condition`, or insert it. Return the change of its count: -1, 1, or 0 after a race. */
async function toggle(Model, condition) {
  if ((await Model.deleteOne(condition)).deletedCount) return -1;
  try {
    await Model.create({ ...condition, created_at: new Date() });
    return 1;
  } catch (error) {
    if (error.code === DUPLICATE_KEY) return 0;
    throw error;
  }
}

export async function like(request, response) {
  const { id } = request.params;
  required(await Video.exists({ _id: id, listed: true }), "Video");
  const change = await toggle(Like, { user_id: request.user._id, video_id: id });
  const video = await Video.findByIdAndUpdate(id, { $inc: { like_count: change } }, { new: true })
    .select("like_count")
    .lean();
  response.json({ reaction: change < 0 ? null : "like", likes: video.like_count });
}

export async function subscribe(request, response) {
  const condition = { username: request.params.username.toLowerCase(), is_active: true };
  const { _id } = required(await User.findOne(condition).select("_id").lean(), "Channel");
  const change = await toggle(Subscription, { subscriber_id: request.user._id, channel_id: _id });
  const [channel] = await Promise.all([
    User.findByIdAndUpdate(_id, { $inc: { subscriber_count: change } }, { new: true })
      .select("subscriber_count")
      .lean(),
    User.updateOne({ _id: request.user._id }, { $inc: { subscription_count: change } }),
  ]);
  response.json({
    is_subscribed: change >= 0,
    notify: change < 0 ? null : "all",
    subscribers: channel.subscriber_count,
  });
}
