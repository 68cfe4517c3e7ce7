// Comments: written in place, more as one scrolls. All of it works by links and forms as well; the API decides, and the
// server draws every row.
import { api, inWords } from "../api.js";
import { confirmed, toast } from "../ui.js";
import "./follow.js";

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const section = document.querySelector("[data-comments]");

async function fragment(url) {
  const response = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!response.ok) throw new Error("The comments could not be loaded.");
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content;
}

const rowOf = async (id) => (await fragment(`/comments/${id}/row`)).querySelector(".comment");

export async function load(url, { focus } = {}) {
  section.ariaBusy = "true";
  try {
    section.replaceChildren(await fragment(url));
    ready(section);
    if (focus) section.querySelector(focus)?.focus();
  } catch (error) {
    toast(error.message, { level: "error", action: "Try again", onAction: () => load(url) });
  } finally {
    section.ariaBusy = "false";
  }
}

/** Loads what comes into view by itself; the link stays for those who get there faster. */
const nearing = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        nearing.unobserve(target);
        target.click();
      }
    }
  },
  { rootMargin: "400px" },
);

function ready(root) {
  for (const more of root.querySelectorAll("[data-comments-list] > .more [data-comments-more]")) nearing.observe(more);
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

function count(by) {
  const place = section.querySelector("[data-comment-count]");
  if (!place) return;
  place.dataset.commentCount = String(Math.max(0, Number(place.dataset.commentCount) + by));
  place.textContent = compact.format(Number(place.dataset.commentCount));
  section.querySelector("[data-comment-word]").textContent = place.dataset.commentCount === "1" ? "comment" : "comments";
}

async function renew(comment) {
  const fresh = await rowOf(comment.dataset.comment);
  const replies = comment.querySelector("[data-replies]");
  if (replies?.children.length) {
    fresh.querySelector("[data-replies]")?.replaceWith(replies);
    fresh.querySelector("[data-comment-replies]")?.setAttribute("aria-expanded", "true");
  }
  comment.replaceWith(fresh);
  return fresh;
}

// --- writing -------------------------------------------------------------------------------------

/** Sends a form's text; `store(text)` resolves to what the API made of it. The text stays when it fails. */
async function send(form, store, done) {
  const field = form.elements.text;
  const problem = form.querySelector("[data-problem]");
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  problem.hidden = true;
  try {
    const { data } = await store(field.value);
    await done(data);
  } catch (error) {
    problem.textContent = inWords(error);
    problem.hidden = false;
  } finally {
    delete form.dataset.busy;
  }
}

const keyOf = (form) => (form.dataset.key ||= crypto.randomUUID?.() ?? String(Math.random()).slice(2));

function post(form, path, place) {
  const headers = { "Idempotency-Key": keyOf(form) };
  return send(
    form,
    (text) => api("POST", path, { json: { text }, headers }),
    async (made) => {
      delete form.dataset.key;
      const row = await rowOf(made.id);
      place(row);
      form.reset();
      delete form.dataset.open;
      document.activeElement?.blur();
      row.scrollIntoView({ block: "nearest" });
      if (made.state === "held") toast("Your comment waits for the owner's review.");
      else count(1);
    },
  );
}

function writeBelow(form) {
  return post(form, form.dataset.commentForm, (row) => {
    section.querySelector("[data-comments-empty]")?.remove();
    section.querySelector("[data-comments-list]").prepend(row);
  });
}

function replyForm(comment) {
  const thread = comment.dataset.parent ? document.getElementById(`comment-${comment.dataset.parent}`) : comment;
  const place = (thread ?? comment).querySelector("[data-replies]") ?? comment.closest("[data-comments-list]");
  const open = place.parentElement.querySelector("form[data-reply-to]");
  const form = open ?? section.querySelector("[data-reply-form]").content.querySelector("form").cloneNode(true);
  form.dataset.replyTo = comment.dataset.parent || comment.dataset.comment;
  form.dataset.open = "1";
  if (!open) {
    place.before(form);
    const field = form.elements.text;
    field.id = `reply-${form.dataset.replyTo}`;
    form.querySelector("label").htmlFor = field.id;
  }
  const field = form.elements.text;
  if (comment.dataset.parent && !field.value) field.value = `@${comment.dataset.author} `;
  field.focus();
}

function writeReply(form) {
  const place = form.parentElement.querySelector("[data-replies], [data-comments-list]");
  return post(form, `/comments/${form.dataset.replyTo}/replies`, (row) => {
    place.append(row);
    form.remove();
  });
}

function editForm(comment) {
  const shown = comment.querySelector(".comment-text");
  const form = section.querySelector("[data-reply-form]").content.querySelector("form").cloneNode(true);
  form.querySelector(".avatar")?.remove();
  form.querySelector("[type=submit]").textContent = "Save";
  form.dataset.edits = comment.dataset.comment;
  form.dataset.open = "1";
  shown.hidden = true;
  shown.after(form);
  const field = form.elements.text;
  field.setAttribute("aria-label", "Your comment");
  api("GET", `/comments/${comment.dataset.comment}`).then(({ data }) => {
    field.value = data.text;
    comment.dataset.version = data.version;
    field.focus();
  }).catch((error) => toast(error.message, { level: "error" }));
}

function saveEdit(form) {
  const comment = form.closest("[data-comment]");
  const headers = { "If-Match": `"v${comment.dataset.version}"` };
  return send(
    form,
    (text) => api("PATCH", `/comments/${form.dataset.edits}`, { json: { text }, headers }),
    async () => {
      const fresh = await renew(comment);
      fresh.querySelector("summary")?.focus();
    },
  );
}

function cancel(form) {
  if (form.dataset.edits) {
    form.closest("[data-comment]").querySelector(".comment-text").hidden = false;
    form.remove();
  } else if (form.dataset.replyTo) {
    form.remove();
  } else {
    form.reset();
    document.activeElement?.blur();
  }
}

// --- acting --------------------------------------------------------------------------------------

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
      toast(act === "pin" ? "Pinned: it comes first now." : "Unpinned.");
    } else {
      await renew(comment);
      if (act === "approve") count(1);
    }
  } catch (error) {
    toast(error.message, { level: "error" });
  }
}

async function remove(comment) {
  const replies = Number(comment.querySelector("[data-comment-replies]")?.textContent.trim().split(" ")[0]) || 0;
  const also = replies ? " The replies go with it." : "";
  if (!(await confirmed("Delete this comment?", `It is removed for everybody.${also} This cannot be undone.`, "Delete"))) return;
  try {
    await api("DELETE", `/comments/${comment.dataset.comment}`);
    const next = comment.nextElementSibling ?? comment.previousElementSibling;
    comment.remove();
    count(-1 - replies);
    next?.querySelector("a, button")?.focus();
    toast("The comment was deleted.");
  } catch (error) {
    toast(error.message, { level: "error" });
  }
}

async function toggleReplies(link) {
  const place = link.parentElement.querySelector("[data-replies]");
  const isOpen = link.getAttribute("aria-expanded") === "true";
  link.setAttribute("aria-expanded", String(!isOpen));
  place.hidden = isOpen;
  if (isOpen || place.dataset.loaded) return;
  place.dataset.loaded = "1";
  try {
    const rows = await fragment(link.href);
    for (const had of [...place.children]) if (rows.getElementById(had.id)) had.remove();
    place.prepend(rows);
  } catch (error) {
    delete place.dataset.loaded;
    link.setAttribute("aria-expanded", "false");
    toast(error.message, { level: "error" });
  }
}

section?.addEventListener("submit", (event) => {
  const form = event.target;
  const act = event.submitter?.value;
  if (form.dataset.edits) saveEdit(form);
  else if (form.dataset.replyTo) writeReply(form);
  else if (form.dataset.commentForm) writeBelow(form);
  else if (form.matches("[data-comment-curate]") && act in ACTS) curate(form, act);
  else return;
  event.preventDefault();
});

section?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const at = (selector) => event.target.closest(selector);
  const comment = at("[data-comment]");
  if (at("[data-comments-more]")) more(at("[data-comments-more]"));
  else if (at("[data-comments-sort]")) load(at("[data-comments-sort]").href, { focus: "[data-comments-sort][aria-current]" });
  else if (at("[data-comment-replies]")) toggleReplies(at("[data-comment-replies]"));
  else if (at("[data-comment-reply]") && section.querySelector("[data-reply-form]")) replyForm(comment);
  else if (at("[data-comment-edit]") && section.querySelector("[data-reply-form]")) editForm(comment);
  else if (at("[data-comment-delete]")) remove(comment);
  else if (at("[data-cancel]")) cancel(at("form"));
  else return;
  event.preventDefault();
});

section?.addEventListener("keydown", (event) => {
  const form = event.target.closest(".comment-form");
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  else if (event.key === "Escape") cancel(form);
  else return;
  event.preventDefault();
  event.stopPropagation();
});

if (section) ready(section);
