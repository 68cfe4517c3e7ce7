import { required } from "../errors.js";
import { Like, Subscription, User } from "../models.js";
import { answer } from "./answers.js";

/** Delete the row that matches `condition`, or create it; return whether it is there now. */
async function toggle(Model, condition) {
  const found = await Model.findOne(condition);
  if (found) {
    await Model.findByIdAndDelete(found._id);
    return false;
  }
  await Model.create({ ...condition, created_at: new Date() });
  return true;
}

export async function like(request, response) {
  const isLiked = await toggle(Like, { user_id: request.user._id, video_id: request.params.id });
  answer(response, { isLiked });
}

export async function subscribe(request, response) {
  const channel = required(await User.findOne({ username: request.params.username }), "Channel");
  const condition = { subscriber_id: request.user._id, channel_id: channel._id };
  answer(response, { isSubscribed: await toggle(Subscription, condition) });
}
