// Says what the chosen visibility and schedule will do, in the server's words, while they are chosen.
import { csrfToken } from "../api.js";
import { showTimes } from "../time.js";

const WAIT_MS = 300;
const NAMES = ["visibility", "publish_at", "publish_visibility"];

/** @param {HTMLElement} section */
export function bindOutlook(section) {
  const form = /** @type {HTMLFormElement} */ (section.closest("form"));
  const box = section.querySelector("[data-outlook]");
  let timer = 0;
  /** @type {AbortController | null} */
  let pending = null;

  async function show() {
    pending?.abort();
    pending = new AbortController();
    const { signal } = pending;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (NAMES.includes(name.replace(/^initial-/, "")) && typeof value === "string") body.append(name, value);
    }
    try {
      const response = await fetch(section.dataset.outlookUrl, { method: "POST", redirect: "error", headers: { "X-CSRFToken": csrfToken() }, body, signal });
      const html = await response.text();
      if (!response.ok || signal.aborted) return;
      box.innerHTML = html;
      showTimes(box);
    } catch {
      // Offline, or a newer choice is being asked about.
    }
  }

  for (const name of ["input", "change"]) {
    section.addEventListener(name, () => {
      clearTimeout(timer);
      timer = setTimeout(show, WAIT_MS);
    });
  }
}
