// "Save to playlist": a dialog with the viewer's playlists and a form for a new one.
import { api, inWords } from "./api.js";
import { el, icon, modal, toast } from "./ui.js";

async function add(playlist, videoId, row) {
  row.disabled = true;
  const note = row.querySelector("[data-note]");
  try {
    await api("POST", `/playlists/${playlist.id}/items`, { json: { video_id: videoId } });
    note.textContent = "Added";
    row.querySelector(".icon").replaceWith(icon("check"));
  } catch (error) {
    note.textContent = error.code === "already_in_playlist" ? "Already there" : error.message;
    if (error.code === "already_in_playlist") row.querySelector(".icon").replaceWith(icon("check"));
    else row.disabled = false;
  }
}

function rowOf(playlist, videoId) {
  const title = el("bdi", { class: "clamp-1" }, playlist.title);
  const note = el("span", { class: "soft small", "data-note": true, role: "status" }, `${playlist.item_count} video${playlist.item_count === 1 ? "" : "s"}`);
  const row = el("button", { class: "menu-item", type: "button" }, icon("plus"), el("span", { class: "save-name" }, title, note));
  row.addEventListener("click", () => add(playlist, videoId, row));
  return row;
}

function newForm(videoId, list) {
  const title = el("input", { class: "input", id: "save-title", name: "title", required: true, maxlength: "150", placeholder: "For example: Watch this weekend" });
  const visibility = el("select", { class: "input", id: "save-visibility", name: "visibility" });
  for (const value of ["private", "unlisted", "public"]) {
    visibility.append(el("option", { value }, value[0].toUpperCase() + value.slice(1)));
  }
  const problem = el("p", { class: "errors", role: "alert" });
  const form = el(
    "form", { class: "save-new" },
    el("label", { class: "label", for: "save-title" }, "New playlist"), title,
    el("label", { class: "label", for: "save-visibility" }, "Who can see it"), visibility,
    problem,
    el("div", { class: "dialog-actions" }, el("button", { class: "btn btn-primary", type: "submit" }, "Create and save")),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    try {
      const { data } = await api("POST", "/playlists", {
        json: { title: title.value, description: "", visibility: visibility.value, video_ids: [videoId] },
      });
      const row = rowOf(data, videoId);
      row.disabled = true;
      row.querySelector("[data-note]").textContent = "Created, and the video is in it";
      list.querySelector("p")?.remove();
      list.prepend(row);
      form.reset();
    } catch (error) {
      problem.textContent = inWords(error);
    }
  });
  return form;
}

export async function openSaveDialog(videoId) {
  const list = el("div", { class: "dialog-list", "aria-busy": "true" }, el("p", { class: "soft" }, "Loading your playlists…"));
  modal("Save to playlist", list, newForm(videoId, list));
  try {
    const { data } = await api("GET", "/playlists?mine=1&page_size=100");
    list.replaceChildren(...data.results.map((playlist) => rowOf(playlist, videoId)));
    if (!data.results.length) list.append(el("p", { class: "soft" }, "You have no playlists yet. Make the first one below."));
  } catch (error) {
    list.replaceChildren(el("p", { class: "errors" }, error.message));
    if (error.status === 401) toast("Log in to save videos.", { action: "Log in", onAction: () => location.assign("/login") });
  } finally {
    list.ariaBusy = "false";
  }
}
