// Previews the chapters in a text while it is written. The server parses the text; the text itself is never changed, and
// when a preview fails the last one stays.
import { csrfToken } from "./api.js";

const WAIT_MS = 500;

/** Whether the preview reports lines that look like chapters but are not. */
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
      // Open the box at the first problem; once the user has closed it, it stays closed.
      if (isWrong(box) && !wasWrong) box.closest("details")?.setAttribute("open", "");
    } catch {
      // Offline, or a newer text is being previewed.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, WAIT_MS);
  });
  // The browser, or a draft, may have restored another text than the page was sent with.
  addEventListener("pageshow", () => {
    if (field.value !== field.defaultValue) show();
  });
}

/** Follow the fields of the previews below `root`. @param {ParentNode} [root] */
export function followChapterPreviews(root = document) {
  for (const box of root.querySelectorAll("[data-chapters-of]")) follow(box);
}

followChapterPreviews();
