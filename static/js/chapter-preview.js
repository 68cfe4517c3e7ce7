// The chapters that a text gives the video, shown beside it while it is written. The server reads the text, by its own
// rules; the text itself is never touched, and a preview that cannot be had leaves the one before it.
import { csrfToken } from "./api.js";

const WAIT_MS = 500;

/** Whether the text has times that are not read as somebody may have meant them. */
const isWrong = (box) => Boolean(box.querySelector("[data-chapter-problem]"));

function follow(box) {
  const field = document.getElementById(box.dataset.chaptersOf);
  let timer;
  let pending;

  async function show() {
    pending?.abort();
    pending = new AbortController();
    const { signal } = pending;
    const body = new URLSearchParams({ [field.name]: field.value });
    try {
      const headers = { "X-CSRFToken": csrfToken() };
      const response = await fetch(box.dataset.url, { method: "POST", redirect: "error", headers, body, signal });
      const html = await response.text();
      if (!response.ok || signal.aborted) return;
      const wasWrong = isWrong(box);
      box.innerHTML = html;
      // Nobody looks for a reason in a box that is closed; once it was closed by hand, it stays closed.
      if (isWrong(box) && !wasWrong) box.closest("details")?.setAttribute("open", "");
    } catch {
      // Offline, or a newer text is being asked about.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, WAIT_MS);
  });
  // The browser, or a draft, may have put another text there than the page came with.
  addEventListener("pageshow", () => {
    if (field.value !== field.defaultValue) show();
  });
}

for (const box of document.querySelectorAll("[data-chapters-of]")) follow(box);
