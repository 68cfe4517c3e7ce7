import { required } from "../errors.js";
import { Like, Subscription, User, Video, Watch } from "../models.js";
import { BADGE, CARD, card, cards } from "./cards.js";
import { after, nextCursor, PAGE_SIZE } from "./pages.js";

const VIDEO =
  `${CARD} description tags category language license width height chapters allow_comments updated_at version listed`;

export async function list(request, response) {
  const rows = await Video.find({ listed: true, ...after(request.query.before, "published_at") })
    .select(CARD)
    .sort({ published_at: -1, _id: -1 })
    .limit(PAGE_SIZE + 1)
    .lean();
  const results = await cards(rows.slice(0, PAGE_SIZE));
  response.json({ next: nextCursor(rows, "published_at"), results });
}

async function relation(viewer, video) {
  if (!viewer) return null;
  const own = { user_id: viewer._id, video_id: video._id };
  const [like, watch, subscription] = await Promise.all([
    Like.findOne(own).select("_id").lean(),
    Watch.findOne(own).select("position").lean(),
    Subscription.findOne({ subscriber_id: viewer._id, channel_id: video.channel_id }).select("notify").lean(),
  ]);
  return {
    reaction: like ? "like" : null,
    position: watch?.position ?? 0,
    is_subscribed: Boolean(subscription),
    notify: subscription?.notify ?? null,
    can_edit: video.channel_id === viewer._id,
  };
}

export async function video(request, response) {
  const found = await Video.findById(request.params.id).select(VIDEO).lean();
  required(found?.listed, "Video");
  const [channel, viewer] = await Promise.all([
    User.findById(found.channel_id).select(BADGE).lean(),
    relation(request.user, found),
  ]);
  response.json({
    ...card(found, required(channel, "Video")),
    description: found.description,
    tags: found.tags,
    category: found.category,
    language: found.language,
    license: found.license,
    width: found.width,
    height: found.height,
    hls_url: `/media/v/${found._id}/${found.generation}/master.m3u8`,
    chapters: found.chapters,
    allow_comments: found.allow_comments,
    updated_at: found.updated_at,
    version: found.version,
    viewer,
  });
}

export async function search(request, response) {
  const score = { score: { $meta: "textScore" } };
  const rows = await Video.find({ $text: { $search: request.query.q }, listed: true })
    .select(CARD)
    .sort(score)
    .limit(PAGE_SIZE)
    .lean();
  response.json({ results: await cards(rows) });
}
