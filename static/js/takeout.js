// Shows the progress of exports and imports, and loads the page again when one ends.
import { api, sleep, whenVisible } from "./api.js";

const WAIT = 2000;

/** @param {HTMLElement} row */
async function follow(row) {
  const bar = row.querySelector("progress");
  for (;;) {
    await sleep(WAIT);
    await whenVisible();
    try {
      const { data } = await api("GET", row.dataset.takeout);
      if (bar) bar.value = data.progress;
      if (data.status !== "queued" && data.status !== "running") break;
    } catch (error) {
      // The server may be away for a moment; what is gone was deleted on another page.
      if (error.status === 404) break;
    }
  }
  location.reload();
}

for (const row of document.querySelectorAll("[data-takeout]")) follow(row);
