import { required } from "../errors.js";
import { Comment, CommentReaction, ThreadFollow, User } from "../models.js";
import { badge, BADGE, byId } from "./cards.js";
import { PAGE_SIZE } from "./pages.js";

const COMMENT =
  "owner_id author_id parent text state pinned hearted like_count reply_count created_at edited_at version";

/** Return the condition for the comments below the one with this id. */
async function below(id) {
  if (!id) return {};
  const last = required(await Comment.findById(id).select("pinned score created_at").lean(), "Comment");
  const { pinned, score, created_at } = last;
  return {
    $or: [
      { pinned: { $lt: pinned } },
      { pinned, score: { $lt: score } },
      { pinned, score, created_at: { $lt: created_at } },
      { pinned, score, created_at, _id: { $lt: id } },
    ],
  };
}

/** Return what concerns the viewer of these comments: `(comment) => relation`. */
async function relations(viewer, rows) {
  const ids = rows.map((row) => row._id);
  const [reactions, follows] = await Promise.all([
    CommentReaction.find({ user_id: viewer._id, comment_id: { $in: ids } }).select("comment_id value").lean(),
    ThreadFollow.find({ user_id: viewer._id, thread: { $in: ids } }).select("thread follows").lean(),
  ]);
  const values = new Map(reactions.map((row) => [row.comment_id, row.value]));
  const followed = new Map(follows.map((row) => [row.thread, row.follows]));
  return (comment) => {
    const isAuthor = comment.author_id === viewer._id;
    const isOwner = comment.owner_id === viewer._id;
    return {
      reaction: values.get(comment._id) ?? null,
      following: followed.get(comment._id) ?? isAuthor,
      can_edit: isAuthor,
      can_delete: isAuthor || isOwner,
      can_curate: isOwner,
    };
  };
}

export async function comments(request, response) {
  const condition = { subject: request.params.id, parent: "", state: "shown" };
  const rows = await Comment.find({ ...condition, ...(await below(request.query.before)) })
    .select(COMMENT)
    .sort({ pinned: -1, score: -1, created_at: -1, _id: -1 })
    .limit(PAGE_SIZE + 1)
    .lean();
  const page = rows.slice(0, PAGE_SIZE);
  const [authors, relation] = await Promise.all([
    byId(User, page.map((row) => row.author_id), BADGE),
    relations(request.user, page),
  ]);
  const results = page
    .filter((row) => authors.has(row.author_id))
    .map((row) => ({
      id: row._id,
      parent: row.parent || null,
      text: row.text,
      author: { ...badge(authors.get(row.author_id)), is_owner: row.author_id === row.owner_id },
      created_at: row.created_at,
      edited_at: row.edited_at,
      counts: { likes: row.like_count, replies: row.reply_count },
      pinned: row.pinned,
      hearted: row.hearted,
      state: row.state,
      version: row.version,
      viewer: relation(row),
    }));
  response.json({ next: rows.length > PAGE_SIZE ? page.at(-1)._id : null, results });
}
