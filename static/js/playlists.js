// The "Save to playlist" dialog: the viewer's playlists as checkboxes, Watch later first, and a form for a new one. Every checkbox
// applies at once; the changes can be undone when the dialog is closed.
import { api, errorText } from "./api.js";
import { offerFocus } from "./focus.js";
import { Draft } from "./drafts.js";
import { modal } from "./dialog.js";
import { gettext, interpolate, ngettext } from "./i18n.js";
import { number } from "./locale.js";
import { el, showToast, toast } from "./ui.js";

const VISIBILITY = { private: gettext("Private"), unlisted: gettext("Unlisted"), public: gettext("Public") };
const later = (videoId) => `/me/watch-later/${videoId}`;

function explain(error) {
  if (error.status === 401) {
    const back = encodeURIComponent(location.pathname + location.search);
    toast(gettext("Sign in to save videos."), { action: gettext("Sign in"), onAction: () => location.assign(`/login?next=${back}`) });
  } else {
    toast(error.message, { level: "error" });
  }
}

/** Show a toast whose button runs `undo` once. Return its element. */
function offerUndo(text, undo) {
  return showToast(text, {
    action: gettext("Undo"),
    onAction: async () => {
      try {
        await undo();
        toast(gettext("Change undone."));
      } catch (error) {
        explain(error);
      }
    },
  });
}

/** Add a video to a target or remove it: `{ title, path }` for Watch later, `{ title, id, itemId }` for a playlist. */
async function put(target, videoId, isIn) {
  if (target.path) {
    await api(isIn ? "PUT" : "DELETE", target.path, { keepalive: true });
  } else if (isIn) {
    const { data } = await api("POST", `/playlists/${target.id}/items`, { json: { video_id: videoId } });
    target.itemId = data.id;
  } else {
    await api("DELETE", `/playlists/${target.id}/items/${target.itemId}`);
    target.itemId = null;
  }
}

function rowOf(target, videoId, changes) {
  const box = el("input", { type: "checkbox", checked: target.isIn });
  const note = el("span", { class: "soft small", role: "status" }, target.note);
  const row = el("label", { class: "menu-item" }, box, el("span", { class: "save-name" }, el("bdi", { class: "clamp-1" }, target.title), note));
  box.addEventListener("change", async () => {
    const isIn = box.checked;
    box.disabled = true;
    try {
      await put(target, videoId, isIn);
      note.textContent = isIn ? gettext("Saved") : gettext("Removed");
      if (changes.has(target)) changes.delete(target);
      else changes.set(target, isIn);
    } catch (error) {
      // Another tab was faster: the playlist already is as wanted.
      const isThere = error.code === "already_in_playlist" || (!isIn && error.status === 404);
      if (!isThere) box.checked = !isIn;
      const already = isIn ? gettext("Already saved") : gettext("Already removed");
      note.textContent = isThere ? already : error.message;
    }
    box.disabled = false;
    offerFocus(box);
  });
  return row;
}

function describe(playlist) {
  const count = playlist.item_count;
  const videos = interpolate(ngettext("%(count)s video", "%(count)s videos", count), { count: number(count) });
  const parts = [VISIBILITY[playlist.visibility], videos];
  if (playlist.role === "collaborator") parts.push(`@${playlist.owner.username}`);
  return parts.join(" · ");
}

const targetOf = (playlist) => ({
  id: playlist.id,
  itemId: playlist.item_id,
  title: playlist.title,
  isIn: Boolean(playlist.contains),
  note: describe(playlist),
});

function newForm(videoId, list, changes) {
  const title = el("input", { class: "input", id: "save-title", name: "title", required: true, maxlength: "150", autocomplete: "off", placeholder: gettext("For example, Weekend watchlist") });
  const visibility = el("select", { class: "input", id: "save-visibility", name: "visibility" });
  for (const [value, label] of Object.entries(VISIBILITY)) visibility.append(el("option", { value }, label));
  const problem = el("p", { class: "errors", role: "alert" });
  const create = el("button", { class: "btn btn-primary", type: "submit" }, gettext("Create and save"));
  const form = el(
    "form", { class: "save-new" },
    el("label", { class: "label", for: "save-title" }, gettext("New playlist")), title,
    el("label", { class: "label", for: "save-visibility" }, gettext("Visibility")), visibility,
    problem,
    el("div", { class: "dialog-actions" }, create),
  );
  const draft = new Draft(form, "playlist:new");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    create.disabled = true;
    try {
      const json = { title: title.value, description: "", visibility: visibility.value };
      const { data } = await api("POST", "/playlists", { json });
      const target = targetOf(data);
      await put(target, videoId, true);
      changes.set(target, true);
      const row = rowOf({ ...target, isIn: true, note: gettext("Created and saved") }, videoId, changes);
      list.querySelector(".menu-item")?.after(row);
      offerFocus(row.querySelector("input"), { from: form });
      row.scrollIntoView({ block: "nearest" });
      draft.forget();
      form.reset();
    } catch (error) {
      problem.textContent = errorText(error);
    } finally {
      create.disabled = false;
    }
  });
  return form;
}

function offerUndoForAll(changes, videoId) {
  if (!changes.size) return;
  const [[target, isIn]] = changes;
  const one = isIn ? gettext("Saved to “%(title)s”.") : gettext("Removed from “%(title)s”.");
  const many = ngettext("%(count)s playlist updated.", "%(count)s playlists updated.", changes.size);
  const text = interpolate(changes.size > 1 ? many : one, { title: target.title, count: number(changes.size) });
  offerUndo(text, async () => {
    for (const [changed, wasPut] of changes) await put(changed, videoId, !wasPut);
  });
}

/** Return the outlines of playlists that are being loaded. */
function outlines() {
  return Array.from({ length: 3 }, () => el("div", { class: "menu-item", "aria-hidden": "true" }, el("span", { class: "skeleton skeleton-line" })));
}

/** Open the dialog. The focus returns to `trigger`, or to the menu that contains it. */
export async function openSaveDialog(videoId, trigger) {
  const changes = new Map();
  const list = el("div", { class: "dialog-list", "aria-busy": "true" }, el("p", { class: "soft" }, gettext("Loading your playlists…")), ...outlines());
  const dialog = modal(gettext("Save to playlist"), list, newForm(videoId, list, changes));
  dialog.addEventListener("close", () => {
    (trigger?.closest("details.menu")?.querySelector("summary") ?? trigger)?.focus();
    offerUndoForAll(changes, videoId);
  });
  try {
    const { data } = await api("GET", `/playlists?video=${videoId}&page_size=100`);
    const first = { path: later(videoId), title: gettext("Watch later"), isIn: data.in_watch_later, note: gettext("Private") };
    const others = data.results.filter((playlist) => !playlist.is_watch_later).map(targetOf);
    list.replaceChildren(...[first, ...others].map((target) => rowOf(target, videoId, changes)));
    if (data.next) list.append(el("p", {}, el("a", { href: `/playlists/save/${videoId}` }, gettext("All playlists"))));
    if (!dialog.contains(document.activeElement) || document.activeElement.closest(".dialog-head")) list.querySelector("input").focus();
  } catch (error) {
    list.replaceChildren(el("p", { class: "errors" }, error.message));
    if (error.status === 401) explain(error);
  } finally {
    list.ariaBusy = "false";
  }
}

/** Add a video to Watch later, from the menu of its card. */
export async function watchLater(videoId) {
  const target = { path: later(videoId), title: gettext("Watch later") };
  // The answer is there at once, and taken back when the server refuses. Undo waits for what it undoes. Who leaves the
  // page at once has saved it too (keepalive).
  const stored = put(target, videoId, true);
  const box = offerUndo(gettext("Saved to Watch later."), async () => {
    await stored.catch(() => {});
    await put(target, videoId, false);
  });
  try {
    await stored;
  } catch (error) {
    box.remove();
    explain(error);
  }
}
