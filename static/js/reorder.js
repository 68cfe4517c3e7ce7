// A playlist's page: sorting by drag and drop, by the up and down buttons, or by Alt and an arrow key, and removing videos.
// Every move sends the list's version, so that two people who sort at once do not overwrite each other unnoticed.
import { api } from "./api.js";
import { dragRows } from "./drag-rows.js";
import { offerFocus } from "./focus.js";
import { gettext, interpolate } from "./i18n.js";
import { number } from "./locale.js";
import { removeLater, toast } from "./ui.js";

const list = document.querySelector("[data-playlist]");
const status = document.querySelector("[data-reorder-status]");
const rows = () => [...list.querySelectorAll(":scope > [data-item]")];
const titleOf = (row) => row.querySelector(".card-title").textContent.trim();
const path = (row) => `/playlists/${list.dataset.playlist}/items/${row.dataset.item}`;
const isSortable = list?.hasAttribute("data-sortable");
let queue = Promise.resolve();
// The positions of the rows in the page. Videos that the viewer may not see have positions in between.
let places = [];
const numberOf = (row) => Number(row.querySelector("[data-number]").textContent);

function showPlaces() {
  rows().forEach((row, index) => {
    row.querySelector("[data-number]").textContent = String(places[index]);
  });
  if (isSortable) showEnds();
}

function readPlaces() {
  places = rows().map(numberOf);
  if (isSortable) showEnds();
}

function showEnds() {
  const all = rows();
  all.forEach((row, index) => {
    const [up, down] = row.querySelectorAll("[data-move] button");
    // With pages before or after this one, its ends are not those of the list.
    up.disabled = index === 0 && places[0] === 1;
    down.disabled = index === all.length - 1 && !list.querySelector(".more");
  });
}

function explain(error) {
  if (error.status === 412) {
    toast(gettext("Someone else changed this playlist. Reload to see the changes."), { level: "error", action: gettext("Reload"), onAction: () => location.reload() });
  } else {
    toast(error.message, { level: "error" });
  }
}

function rememberVersion(etag) {
  const version = /\d+/.exec(etag ?? "")?.[0];
  if (!version) return;
  list.dataset.version = version;
  // Forms that are sent without scripts (to the top, to the end, to another page) use it, too.
  for (const field of list.querySelectorAll("[name=version]")) field.value = version;
}

/** Send the new position of `row`; move it back before `successor` when the server refuses. */
function store(row, successor) {
  const next = row.nextElementSibling?.dataset.item;
  const previous = row.previousElementSibling?.dataset.item;
  const json = previous ? { after: previous } : { before: next };
  const position = numberOf(row);
  queue = queue.then(async () => {
    try {
      const { etag } = await api("PATCH", path(row), { json, headers: { "If-Match": `"${list.dataset.version}"` } });
      rememberVersion(etag);
      status.textContent = interpolate(gettext("“%(title)s” moved to position %(position)s."), { title: titleOf(row), position: number(position) });
    } catch (error) {
      list.insertBefore(row, successor);
      showPlaces();
      explain(error);
    }
  });
}

function move(row, before) {
  const successor = row.nextElementSibling;
  if (before === row || before === successor) return;
  list.insertBefore(row, before);
  showPlaces();
  store(row, successor);
}

/** Add a removed row again at its former position, as a new item of the playlist. */
async function putBack(row, successor, position) {
  const json = { video_id: row.dataset.video, note: row.dataset.noted ?? "" };
  if (isSortable) json.position = position;
  const { data, etag } = await api("POST", `/playlists/${list.dataset.playlist}/items`, { json });
  for (const form of row.querySelectorAll("form")) form.action = form.action.replace(row.dataset.item, data.id);
  row.dataset.item = data.id;
  for (const link of row.querySelectorAll("a[href*='item=']")) link.href = link.href.replace(/item=[^&]+/, `item=${data.id}`);
  list.insertBefore(row, successor?.parentElement === list ? successor : list.querySelector(":scope > .more"));
  const index = rows().indexOf(row);
  places = [...places.slice(0, index), position + 1, ...places.slice(index).map((place) => place + 1)];
  rememberVersion(etag);
  showPlaces();
  status.textContent = interpolate(gettext("“%(title)s” restored."), { title: titleOf(row) });
}

async function remove(row) {
  const title = titleOf(row);
  const successor = row.nextElementSibling;
  const position = numberOf(row) - 1;
  try {
    const { etag } = await api("DELETE", path(row));
    rememberVersion(etag);
    const next = successor?.dataset.item ? successor : row.previousElementSibling;
    row.querySelector("details[open]")?.removeAttribute("open");
    const index = rows().indexOf(row);
    row.remove();
    places = [...places.slice(0, index), ...places.slice(index + 1).map((place) => place - 1)];
    showPlaces();
    offerFocus(next?.querySelector(".card-title a, a"));
    status.textContent = interpolate(gettext("“%(title)s” removed."), { title });
    const box = toast(gettext("Removed from playlist."), {
      action: gettext("Undo"),
      onAction: () => {
        box.remove();
        queue = queue.then(() => putBack(row, successor, position)).catch(explain);
      },
    });
    removeLater(box, 10_000);
  } catch (error) {
    explain(error);
  }
}

list?.addEventListener("submit", (event) => {
  const row = event.target.closest("[data-item]");
  if (event.target.matches("[data-remove]")) {
    event.preventDefault();
    queue = queue.then(() => remove(row));
    return;
  }
  if (!event.target.matches("[data-move]")) return;
  const isUp = event.submitter?.value === "up";
  const neighbor = isUp ? row.previousElementSibling : row.nextElementSibling;
  // There is no row to move past in this page: the form itself is sent.
  if (!neighbor?.dataset.item) return;
  event.preventDefault();
  move(row, isUp ? neighbor : neighbor.nextElementSibling);
  event.submitter.focus();
});

// Alt and an arrow key move the row that contains the focus, which stays where it is in the row.
list?.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-item]");
  if (!isSortable || !row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const focused = document.activeElement;
  const neighbor = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
  if (!neighbor?.dataset.item) return;
  move(row, event.key === "ArrowUp" ? neighbor : neighbor.nextElementSibling);
  focused.focus();
});

// A sort order is applied as soon as it is chosen.
document.querySelector("[data-submits]")?.addEventListener("change", (event) => event.target.form.requestSubmit());

document.addEventListener("htmx:after:swap", () => list && readPlaces());
if (list) readPlaces();
if (isSortable) {
  dragRows(list, {
    rows: "[data-item]",
    grip: ".item-grip",
    onMoved: (row, successor) => {
      showPlaces();
      store(row, successor);
    },
  });
}
