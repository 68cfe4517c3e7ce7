// Sends forms of the editor without leaving the page, and puts the server's answer in their place. When nothing comes back,
// everything that was typed is still there.
import { csrfToken, FOREIGN } from "../api.js";
import { gettext } from "../i18n.js";
import { showTimes } from "../time.js";
import { removeLater, toast } from "../ui.js";

const TOAST_MS = 6000;
// What an answer replaces, beside the form.
const PARTS = [".editor-head", ".editor-state", "#sharing"];

/** Show the messages of another page. @param {Document} page */
function showMessages(page) {
  for (const box of page.querySelectorAll("[data-toasts] .toast")) {
    const shown = /** @type {HTMLElement} */ (document.importNode(box, true));
    document.querySelector("[data-toasts]")?.append(shown);
    showTimes(shown);
    removeLater(shown, TOAST_MS);
  }
}

/** Replace parts of this page by those of another. @param {Document} page */
export function replaceParts(page) {
  for (const selector of PARTS) {
    const [mine, theirs] = [document.querySelector(selector), page.querySelector(selector)];
    if (!mine || !theirs) continue;
    mine.replaceWith(theirs);
    showTimes(theirs);
  }
  document.title = page.title;
}

/**
 * Send a form and return the page that answers; null when there is none, which is then said.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter]
 * @returns {Promise<{ page: Document, isSaved: boolean, url: string } | null>}
 */
export async function send(form, submitter) {
  if (globalThis.streamsiteAccount?.isForeign()) {
    toast(FOREIGN, { level: "error", action: gettext("Reload"), onAction: () => location.reload() });
    return null;
  }
  const body = new FormData(form);
  body.set("csrfmiddlewaretoken", csrfToken() || String(body.get("csrfmiddlewaretoken")));
  if (submitter instanceof HTMLButtonElement && submitter.name) body.set(submitter.name, submitter.value);
  try {
    const response = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (page.querySelector("[data-editor]")) {
      showMessages(page);
      return { page, isSaved: response.ok, url: response.url };
    }
    const said = page.querySelector("main p")?.textContent?.trim();
    toast(response.redirected ? gettext("Sign in again in another tab, then save.") : said || gettext("Couldn't save. Try again."), { level: "error" });
  } catch {
    toast(gettext("Couldn't save. Check your connection and try again."), { level: "error" });
  }
  return null;
}
