// The first four collections are the baseline's own copies; the others are the site's, which it only reads.
import mongoose, { Schema } from "mongoose";

const { Mixed } = Schema.Types;

function model(name, collection, fields) {
  return mongoose.model(name, new Schema(fields, { collection, versionKey: false, autoIndex: false }));
}

export const User = model("User", "node_users", {
  _id: String,
  username: String,
  email: String,
  full_name: String,
  bio: String,
  links: [Mixed],
  avatar: String,
  cover: String,
  password: String,
  refresh_token: String,
  preferences: Mixed,
  is_active: Boolean,
  is_staff: Boolean,
  is_sensitive: Boolean,
  email_verified: Boolean,
  subscriber_count: Number,
  subscription_count: Number,
  video_count: Number,
  view_count: Number,
  created_at: Date,
});

export const Video = model("Video", "node_videos", {
  _id: String,
  channel_id: { type: String, ref: "User" },
  title: String,
  description: String,
  tags: [String],
  category: String,
  language: String,
  license: String,
  visibility: String,
  status: String,
  progress: Number,
  duration: Number,
  width: Number,
  height: Number,
  generation: String,
  has_storyboard: Boolean,
  is_sensitive: Boolean,
  chapters: [Mixed],
  view_count: Number,
  like_count: Number,
  comment_count: Number,
  listed: Boolean,
  allow_comments: Boolean,
  published_at: Date,
  originally_published_on: Date,
  created_at: Date,
  updated_at: Date,
  version: Number,
});
Video.schema.virtual("channel", { ref: "User", localField: "channel_id", foreignField: "_id", justOne: true });

export const Subscription = model("Subscription", "node_subs", {
  _id: { type: String, default: () => new mongoose.Types.ObjectId().toString() },
  subscriber_id: String,
  channel_id: String,
  notify: String,
  created_at: Date,
});

export const Like = model("Like", "node_likes", {
  _id: { type: String, default: () => new mongoose.Types.ObjectId().toString() },
  user_id: String,
  video_id: String,
  created_at: Date,
});

export const Watch = model("Watch", "videos_watch", {
  _id: String,
  user_id: String,
  video_id: String,
  position: Number,
  duration: Number,
  completed: Boolean,
  watched_at: Date,
});

export const Comment = model("Comment", "videos_comment", {
  _id: String,
  subject: String,
  parent: String,
  state: String,
  owner_id: String,
  author_id: String,
  text: String,
  score: Number,
  like_count: Number,
  reply_count: Number,
  pinned: Boolean,
  hearted: Boolean,
  created_at: Date,
  edited_at: Date,
  version: Number,
});

export const CommentReaction = model("CommentReaction", "videos_commentreaction", {
  _id: String,
  user_id: String,
  comment_id: String,
  value: String,
});

export const ThreadFollow = model("ThreadFollow", "videos_threadfollow", {
  _id: String,
  user_id: String,
  thread: String,
  follows: Boolean,
});

export const Playlist = model("Playlist", "playlists_playlist", {
  _id: String,
  owner_id: String,
  title: String,
  description: String,
  visibility: String,
  item_count: Number,
  duration: Number,
});

export const PlaylistItem = model("PlaylistItem", "playlists_playlistitem", {
  _id: String,
  playlist_id: String,
  video_id: String,
  rank: Number,
  note: String,
  added_at: Date,
});
