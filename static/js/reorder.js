// A playlist's order, by dragging rows or by their up and down buttons. The list's version goes with every
// change, so that two people who sort at once do not undo each other unseen.
import { api } from "./api.js";
import { toast } from "./ui.js";

const list = document.querySelector("[data-playlist]");
const status = document.querySelector("[data-reorder-status]");
const rows = () => [...list.querySelectorAll(":scope > [data-item]")];
const titleOf = (row) => row.querySelector(".card-title").textContent.trim();
const path = (row) => `/playlists/${list.dataset.playlist}/items/${row.dataset.item}`;
let queue = Promise.resolve();

function showEnds() {
  const all = rows();
  all.forEach((row, index) => {
    const [up, down] = row.querySelectorAll("[data-move] button");
    up.disabled = index === 0;
    // With more pages to come the last row shown is not the last one.
    down.disabled = index === all.length - 1 && !list.querySelector(".more");
    row.draggable = true;
  });
}

function explain(error) {
  if (error.status === 412) {
    toast("Somebody else changed this playlist meanwhile.", { level: "error", action: "Reload", onAction: () => location.reload() });
  } else {
    toast(error.message, { level: "error" });
  }
}

function rememberVersion(etag) {
  const version = /\d+/.exec(etag ?? "")?.[0];
  if (version) list.dataset.version = version;
}

/** Tells the server where `row` stands now; puts it back to before `successor` when it refuses. */
function store(row, successor) {
  const next = row.nextElementSibling?.dataset.item;
  const previous = row.previousElementSibling?.dataset.item;
  const json = previous ? { after: previous } : { before: next };
  const position = rows().indexOf(row) + 1;
  queue = queue.then(async () => {
    try {
      const { etag } = await api("PATCH", path(row), { json, headers: { "If-Match": `"${list.dataset.version}"` } });
      rememberVersion(etag);
      status.textContent = `${titleOf(row)} is now number ${position}.`;
    } catch (error) {
      list.insertBefore(row, successor);
      showEnds();
      explain(error);
    }
  });
}

function move(row, before) {
  const successor = row.nextElementSibling;
  if (before === row || before === successor) return;
  list.insertBefore(row, before);
  showEnds();
  store(row, successor);
}

async function remove(row) {
  const title = titleOf(row);
  try {
    await api("DELETE", path(row));
    // Taking a video out makes a new version, which the empty answer does not name.
    const { data } = await api("GET", `/playlists/${list.dataset.playlist}`);
    list.dataset.version = data.version;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    showEnds();
    next?.querySelector(".card-title a, a")?.focus();
    status.textContent = `${title} was removed.`;
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
  const isUp = event.submitter?.value === "up";
  const neighbour = isUp ? row.previousElementSibling : row.nextElementSibling;
  // Beyond the last row shown there is nothing to name: the form itself is sent then.
  if (!neighbour?.dataset.item) return;
  event.preventDefault();
  move(row, isUp ? neighbour : neighbour.nextElementSibling);
  event.submitter.focus();
});

let dragged = null;

function clearTargets() {
  for (const row of rows()) row.classList.remove("is-target-before", "is-target-after");
}

function isUpperHalf(event, row) {
  const box = row.getBoundingClientRect();
  return event.clientY < box.top + box.height / 2;
}

list?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-item]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  dragged.classList.add("is-dragged");
});

list?.addEventListener("dragover", (event) => {
  const row = event.target.closest("[data-item]");
  if (!dragged || !row) return;
  event.preventDefault();
  clearTargets();
  row.classList.add(isUpperHalf(event, row) ? "is-target-before" : "is-target-after");
});

list?.addEventListener("drop", (event) => {
  const row = event.target.closest("[data-item]");
  if (!dragged || !row) return;
  event.preventDefault();
  move(dragged, isUpperHalf(event, row) ? row : row.nextElementSibling);
});

list?.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  clearTargets();
});

document.addEventListener("htmx:after:swap", () => list && showEnds());
if (list) showEnds();
