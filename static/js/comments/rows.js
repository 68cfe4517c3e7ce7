// Rows of comments, rendered by the server.
import { gettext, interpolate, ngettext } from "../i18n.js";
import { compact } from "../locale.js";

export const section = document.querySelector("[data-comments]");

/** Fetch a part of the page as a document fragment. */
export async function fragment(url) {
  const response = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!response.ok) throw new Error(gettext("Couldn't load comments."));
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content;
}

/** Fetch the row of one comment. */
export const rowOf = async (id) => (await fragment(`/comments/${id}/row`)).querySelector(".comment");

/** Change the number of comments in the heading. */
export function count(by) {
  const place = section.querySelector("[data-comment-count]");
  if (!place) return;
  const now = Math.max(0, Number(place.dataset.commentCount) + by);
  place.dataset.commentCount = String(now);
  place.textContent = interpolate(ngettext("%(count)s comment", "%(count)s comments", now), { count: compact(now) });
}

/** Change the number of replies that the link of a thread names; a thread without replies has no link. */
export function countReply(link) {
  if (!link) return;
  const now = Number(link.dataset.commentReplies) + 1;
  link.dataset.commentReplies = String(now);
  link.querySelector(".when-closed").textContent = interpolate(ngettext("Show %(count)s reply", "Show %(count)s replies", now), { count: compact(now) });
  link.querySelector(".when-open").textContent = ngettext("Hide reply", "Hide replies", now);
}

/** Replace a comment by a fresh row, keeping its loaded replies and the reply that is being written. */
export async function renew(comment) {
  const fresh = await rowOf(comment.dataset.comment);
  const replies = comment.querySelector("[data-replies]");
  if (replies?.children.length) {
    fresh.querySelector("[data-replies]")?.replaceWith(replies);
    fresh.querySelector("[data-comment-replies]")?.setAttribute("aria-expanded", "true");
  }
  const writing = comment.querySelector("form[data-reply-to]");
  if (writing) fresh.querySelector("[data-replies]")?.before(writing);
  comment.replaceWith(fresh);
  return fresh;
}
