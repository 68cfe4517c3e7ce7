// Forms for comments, replies and edits. Unsent text is kept as a draft.
import { api, errorText } from "../api.js";
import { offerFocus } from "../focus.js";
import { Draft, keepForSignIn } from "../drafts.js";
import { hasText, isComposing } from "../fields.js";
import { gettext } from "../i18n.js";
import { el, toast } from "../ui.js";
import { count, countReply, renew, rowOf, section } from "./rows.js";

const drafts = new WeakMap();

function keepDraft(form, subject) {
  const draft = new Draft(form, subject);
  drafts.set(form, draft);
  if (draft.isRestored) form.dataset.open = "1";
}

/** Keep drafts of the forms for new comments below `root`. */
export function keepDrafts(root) {
  for (const form of root.querySelectorAll("form[data-comment-form]")) {
    if (form.dataset.commentForm) keepDraft(form, `comment:${form.dataset.commentForm}`);
  }
}

/** Save the drafts of the forms below `root`, before they are replaced. */
export function saveDrafts(root) {
  for (const form of root.querySelectorAll(".comment-form")) drafts.get(form)?.flush();
}

/** Show why the text was not sent, with a link to sign in where that is the reason. */
function explain(problem, error) {
  const back = encodeURIComponent(`${location.pathname}${location.search}#comments`);
  const login = error.status === 401 ? [" ", el("a", { href: `/login?next=${back}` }, gettext("Sign in"))] : [];
  problem.replaceChildren(errorText(error), ...login);
  problem.hidden = false;
}

/** Send a form's text by `store(text)`, then call `done` with the answer's data. The text stays when sending fails. */
async function send(form, store, done) {
  const field = form.elements.text;
  const problem = form.querySelector("[data-problem]");
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  // Text typed meanwhile would be lost with the form.
  field.readOnly = true;
  problem.hidden = true;
  try {
    const { data } = await store(field.value);
    drafts.get(form)?.forget();
    await done(data);
  } catch (error) {
    explain(problem, error);
  } finally {
    field.readOnly = false;
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
      form.reset();
      delete form.dataset.open;
      document.activeElement?.blur();
      const row = await rowOf(made.id);
      place(row);
      row.scrollIntoView({ block: "nearest" });
      if (made.state === "held") toast(gettext("Comment submitted for review."));
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

const newForm = () => section.querySelector("[data-reply-form]").content.querySelector("form").cloneNode(true);

/** Open the reply form of a comment's thread, or move the focus to it. */
export function openReply(comment) {
  const thread = comment.dataset.parent ? document.getElementById(`comment-${comment.dataset.parent}`) : comment;
  const place = (thread ?? comment).querySelector("[data-replies]") ?? comment.closest("[data-comments-list]");
  const open = place.parentElement.querySelector("form[data-reply-to]");
  const form = open ?? newForm();
  const field = form.elements.text;
  form.dataset.replyTo = comment.dataset.parent || comment.dataset.comment;
  form.dataset.open = "1";
  // The mention is the field's default text: replying to someone else replaces it, unless something was typed.
  const isUntouched = !hasText(field);
  field.defaultValue = comment.dataset.parent ? `@${comment.dataset.author} ` : "";
  if (isUntouched) field.value = field.defaultValue;
  if (!open) {
    place.before(form);
    field.id = `reply-${form.dataset.replyTo}`;
    form.querySelector("label").htmlFor = field.id;
    keepDraft(form, `reply:${form.dataset.replyTo}`);
  }
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

function writeReply(form) {
  const place = form.parentElement.querySelector("[data-replies], [data-comments-list]");
  return post(form, `/comments/${form.dataset.replyTo}/replies`, (row) => {
    // Someone who folded the replies sees their own at least.
    place.hidden = false;
    const link = form.parentElement.querySelector("[data-comment-replies]");
    if (place.dataset.loaded) link?.setAttribute("aria-expanded", "true");
    if (!row.querySelector(".notice")) countReply(link);
    place.append(row);
    form.remove();
  });
}

/** Replace a comment's text by a form with it. */
export function openEdit(comment) {
  const open = comment.querySelector(`form[data-edits="${comment.dataset.comment}"]`);
  if (open) {
    open.elements.text.focus();
    return;
  }
  const shown = comment.querySelector(".comment-text");
  const form = newForm();
  form.querySelector(".avatar")?.remove();
  form.querySelector("[type=submit]").textContent = gettext("Save");
  form.dataset.edits = comment.dataset.comment;
  form.dataset.open = "1";
  shown.hidden = true;
  shown.after(form);
  const field = form.elements.text;
  field.setAttribute("aria-label", gettext("Your comment"));
  // Text typed before the comment is loaded would be replaced by it.
  field.readOnly = true;
  api("GET", `/comments/${comment.dataset.comment}`)
    .then(({ data }) => {
      field.value = field.defaultValue = data.text;
      comment.dataset.version = data.version;
      field.readOnly = false;
      keepDraft(form, `edit:${comment.dataset.comment}`);
      offerFocus(field, { from: comment });
    })
    .catch((error) => {
      close(form);
      toast(error.message, { level: "error" });
    });
}

function saveEdit(form) {
  const comment = form.closest("[data-comment]");
  const headers = { "If-Match": `"v${comment.dataset.version}"` };
  return send(
    form,
    (text) => api("PATCH", `/comments/${form.dataset.edits}`, { json: { text }, headers }),
    async () => {
      const fresh = await renew(comment);
      offerFocus(fresh.querySelector("summary"));
    },
  );
}

function close(form) {
  if (form.dataset.edits) form.closest("[data-comment]").querySelector(".comment-text").hidden = false;
  if (form.dataset.edits || form.dataset.replyTo) {
    form.remove();
    return;
  }
  form.reset();
  delete form.dataset.open;
  document.activeElement?.blur();
}

/** Discard the text and close the form. */
export function cancel(form) {
  drafts.get(form)?.forget();
  close(form);
}

/** Send the form if it is a comment, a reply or an edit; return false otherwise. */
export function submit(form) {
  if (form.dataset.edits) saveEdit(form);
  else if (form.dataset.replyTo) writeReply(form);
  else if (form.dataset.commentForm) writeBelow(form);
  else return false;
  return true;
}

section?.addEventListener("keydown", (event) => {
  const form = event.target.closest(".comment-form");
  if (!form || isComposing(event)) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    if (!event.repeat) form.requestSubmit();
  } else if (event.key === "Escape") {
    if (hasText(form.querySelector("textarea"))) return;
    cancel(form);
  } else return;
  event.preventDefault();
  event.stopPropagation();
});

// A visitor's form leads to the sign-in page, which restores the text.
section?.addEventListener("submit", (event) => {
  const { commentVisitor } = event.target.dataset;
  const text = event.target.querySelector("textarea")?.value;
  if (commentVisitor && text) keepForSignIn(`comment:${commentVisitor}`, text);
});
