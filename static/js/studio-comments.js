// Comments in the studio: replies in place, approving, deleting with Undo, and changes of the selection. Without scripts
// the same forms and links lead to pages.
import { api, csrfToken, errorText } from "./api.js";
import { offerFocus } from "./focus.js";
import { gettext, interpolate, ngettext } from "./i18n.js";
import { number } from "./locale.js";
import { removeLater, toast } from "./ui.js";

const DELETION = "delete"; // of the API
const UNDO_MS = 8000;
const bulk = document.querySelector("[data-comment-bulk]");
const list = document.querySelector("[data-studio-comments]");
const rows = () => [...list.querySelectorAll("[data-studio-comment]:not([hidden])")];
const pickOf = (row) => row.querySelector("[data-pick]");
const chosenRows = () => rows().filter((row) => pickOf(row).checked);
// Rows that are deleted unless that is undone, and the function that deletes them now.
const waiting = new Set();

function showChosen() {
  const [all, chosen] = [rows().length, chosenRows().length];
  const box = bulk.querySelector("[data-all]");
  box.checked = chosen > 0 && chosen === all;
  box.indeterminate = chosen > 0 && chosen < all;
  bulk.querySelector("[data-chosen]").textContent = chosen ? interpolate(ngettext("%(count)s selected", "%(count)s selected", chosen), { count: number(chosen) }) : "";
}

const change = (ids, action) => api("POST", "/studio/comments/bulk", { json: { ids, action } });

async function approve(chosen) {
  try {
    const { data } = await change(chosen.map((row) => row.dataset.studioComment), "approve");
    for (const row of chosen) {
      if (!data.changed.includes(row.dataset.studioComment)) continue;
      row.querySelector("[data-held]")?.remove();
      row.querySelector("[data-studio-approve]")?.remove();
      pickOf(row).checked = false;
    }
    showChosen();
    const done = data.changed.length;
    toast(interpolate(ngettext("%(count)s comment approved.", "%(count)s comments approved.", done), { count: number(done) }));
  } catch (error) {
    toast(errorText(error), { level: "error" });
  }
}

/** Hide comments, and delete them when the time for Undo is over or the page is left. */
function remove(chosen) {
  const next = rows().find((row) => !chosen.includes(row) && chosen[0].compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING);
  const ids = chosen.map((row) => row.dataset.studioComment);
  for (const row of chosen) {
    row.hidden = true;
    pickOf(row).checked = false;
  }
  showChosen();
  offerFocus(next && pickOf(next));
  const text = interpolate(ngettext("%(count)s comment deleted.", "%(count)s comments deleted.", ids.length), { count: number(ids.length) });
  const restore = () => {
    for (const row of chosen) row.hidden = false;
    showChosen();
  };
  const job = { ids, timer: setTimeout(() => send(), UNDO_MS) };
  waiting.add(job);
  const box = toast(text, {
    action: gettext("Undo"),
    onAction: () => {
      clearTimeout(job.timer);
      waiting.delete(job);
      box.remove();
      restore();
      offerFocus(pickOf(chosen[0]));
    },
  });
  removeLater(box, UNDO_MS);
  async function send() {
    if (!waiting.delete(job)) return;
    box.remove();
    try {
      await change(ids, "delete");
      for (const row of chosen) row.remove();
    } catch (error) {
      restore();
      toast(errorText(error), { level: "error" });
    }
  }
}

async function reply(form) {
  const field = form.elements.text;
  const problem = form.querySelector("[data-problem]");
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  form.dataset.key ||= crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  problem.hidden = true;
  try {
    await api("POST", `/comments/${form.dataset.replyTo}/replies`, { json: { text: field.value }, headers: { "Idempotency-Key": form.dataset.key } });
    delete form.dataset.key;
    form.reset();
    const details = form.closest("details");
    details.open = false;
    offerFocus(details.querySelector("summary"), { from: form });
    toast(gettext("Reply posted."));
  } catch (error) {
    problem.textContent = errorText(error);
    problem.hidden = false;
  } finally {
    delete form.dataset.busy;
  }
}

function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const row = form.closest("[data-studio-comment]");
    if (form.matches("[data-studio-reply]")) reply(form);
    else if (form.matches("[data-studio-approve]")) approve([row]);
    else if (form === bulk && event.submitter?.value) {
      const chosen = chosenRows();
      if (!chosen.length) toast(gettext("Select comments first."), { level: "error" });
      else if (event.submitter.value === "approve") approve(chosen);
      else remove(chosen);
    } else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const link = event.target.closest("[data-studio-delete]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    remove([link.closest("[data-studio-comment]")]);
  });
  list.addEventListener("click", (event) => {
    const details = event.target.closest(".studio-reply > summary")?.parentElement;
    if (!details || details.open) return;
    // The browser would open it after this event: keys pressed meanwhile would go to the summary, and a space close it.
    event.preventDefault();
    details.open = true;
    details.querySelector("textarea").focus();
  });
  list.addEventListener("input", (event) => {
    if (!event.target.matches("textarea") || !event.target.value.includes("@")) return;
    import("./comments/mentions.js").then(({ completeMention }) => completeMention(event.target)).catch(() => {});
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) for (const row of rows()) pickOf(row).checked = event.target.checked;
    else if (!event.target.matches("[data-pick]")) return;
    showChosen();
  });
  document.addEventListener("htmx:after:swap", showChosen);
  window.addEventListener("pageshow", showChosen);
  window.addEventListener("pagehide", () => {
    for (const { ids, timer } of waiting) {
      clearTimeout(timer);
      const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
      fetch("/api/v1/studio/comments/bulk", { method: "POST", keepalive: true, credentials: "same-origin", headers, body: JSON.stringify({ ids, action: DELETION }) });
    }
    waiting.clear();
  });
}

if (list) start();
