// Comments: forms in place, and more rows on scrolling. Everything works with plain links and forms as well; the API
// decides, and the server renders every row.
import { api } from "../api.js";
import { offerFocus } from "../focus.js";
import { gettext } from "../i18n.js";
import { toast } from "../ui.js";
import "./follow.js";
import { count, fragment, renew, section } from "./rows.js";
import { cancel, keepDrafts, openEdit, openReply, saveDrafts, submit } from "./forms.js";

/**
 * Replace the section by the server's rendering of `url`; `focus` is a selector of what takes the focus then.
 *
 * @param {string} url
 * @param {{ focus?: string }} [options]
 */
export async function load(url, { focus } = {}) {
  section.ariaBusy = "true";
  try {
    const rows = await fragment(url);
    saveDrafts(section);
    section.replaceChildren(rows);
    keepDrafts(section);
    ready(section);
    if (focus) offerFocus(section.querySelector(focus), { from: section });
  } catch (error) {
    toast(error.message, { level: "error", action: gettext("Try again"), onAction: () => load(url) });
  } finally {
    section.ariaBusy = "false";
  }
}

/** Loads the next page when its link comes into view; the link still works for those who are faster. */
const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        observer.unobserve(target);
        target.click();
      }
    }
  },
  { rootMargin: "400px" },
);

function ready(root) {
  for (const more of root.querySelectorAll("[data-comments-list] > .more [data-comments-more]")) observer.observe(more);
}

async function more(link) {
  const place = link.closest(".more");
  if (place.ariaBusy === "true") return;
  place.ariaBusy = "true";
  try {
    const rows = await fragment(link.href);
    const had = document.activeElement === link;
    const first = rows.querySelector(".comment");
    place.replaceWith(rows);
    if (had) first?.querySelector("a")?.focus();
    ready(section);
  } catch (error) {
    place.ariaBusy = "false";
    toast(error.message, { level: "error" });
  }
}

// --- actions -------------------------------------------------------------------------------------

const ACTS = {
  pin: ["PUT", "pin"], unpin: ["DELETE", "pin"], heart: ["PUT", "heart"], unheart: ["DELETE", "heart"], approve: ["PUT", "approval"],
};

async function curate(form, act) {
  const comment = form.closest("[data-comment]");
  const [method, name] = ACTS[act];
  try {
    await api(method, `/comments/${comment.dataset.comment}/${name}`);
    if (act === "pin" || act === "unpin") {
      await load(section.querySelector("[data-comments-sort][aria-current]")?.href ?? location.href);
      toast(act === "pin" ? gettext("Comment pinned.") : gettext("Comment unpinned."));
    } else {
      await renew(comment);
      if (act === "approve") count(1);
    }
  } catch (error) {
    toast(error.message, { level: "error" });
  }
}

async function remove(comment) {
  const replies = Number(comment.querySelector("[data-comment-replies]")?.dataset.commentReplies) || 0;
  const text = replies ? gettext("This permanently deletes the comment and its replies.") : gettext("This permanently deletes the comment.");
  const { confirmAction } = await import("../dialog.js");
  if (!(await confirmAction(gettext("Delete this comment?"), text, gettext("Delete")))) return;
  try {
    await api("DELETE", `/comments/${comment.dataset.comment}`);
    const next = comment.nextElementSibling ?? comment.previousElementSibling;
    comment.remove();
    count(-1 - replies);
    offerFocus(next?.querySelector("a, button"));
    toast(gettext("Comment deleted."));
  } catch (error) {
    toast(error.message, { level: "error" });
  }
}

/** Open the thread of the reply that the page's address names; return the row that it is about, if any. */
export async function openLinkedReply() {
  const thread = section.querySelector(".comment-linked");
  const reply = new URLSearchParams(location.search).get("reply");
  const link = thread?.querySelector("[data-comment-replies]");
  if (!reply || !link) return thread;
  await toggleReplies(link, `?reply=${encodeURIComponent(reply)}`);
  return document.getElementById(`comment-${reply}`) ?? thread;
}

async function toggleReplies(link, query = "") {
  const place = link.parentElement.querySelector("[data-replies]");
  const isOpen = link.getAttribute("aria-expanded") === "true";
  link.setAttribute("aria-expanded", String(!isOpen));
  place.hidden = isOpen;
  if (isOpen || place.dataset.loaded) return;
  place.dataset.loaded = "1";
  link.ariaBusy = "true";
  try {
    const rows = await fragment(`${link.href}${query}`);
    for (const had of [...place.children]) if (rows.getElementById(had.id)) had.remove();
    place.prepend(rows);
  } catch (error) {
    delete place.dataset.loaded;
    link.setAttribute("aria-expanded", "false");
    toast(error.message, { level: "error" });
  } finally {
    link.ariaBusy = null;
  }
}

section?.addEventListener("submit", (event) => {
  const form = event.target;
  const act = event.submitter?.value;
  if (form.matches("[data-comment-curate]") && act in ACTS) curate(form, act);
  else if (!submit(form)) return;
  event.preventDefault();
});

section?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const at = (selector) => event.target.closest(selector);
  const comment = at("[data-comment]");
  if (at("[data-comments-more]")) more(at("[data-comments-more]"));
  else if (at("[data-comments-sort]")) load(at("[data-comments-sort]").href, { focus: "[data-comments-sort][aria-current]" });
  else if (at("[data-comment-replies]")) toggleReplies(at("[data-comment-replies]"));
  else if (at("[data-comment-reply]") && section.querySelector("[data-reply-form]")) openReply(comment);
  else if (at("[data-comment-edit]") && section.querySelector("[data-reply-form]")) openEdit(comment);
  else if (at("[data-comment-delete]")) remove(comment);
  else if (at("[data-cancel]")) cancel(at("form"));
  else return;
  event.preventDefault();
});

// An @ offers channels to mention; so does more of a name after it.
section?.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches(".comment-form[data-mentions] textarea") || !field.value.includes("@")) return;
  import("./mentions.js").then(({ completeMention }) => completeMention(field)).catch(() => {});
});

if (section) {
  keepDrafts(section);
  ready(section);
}
