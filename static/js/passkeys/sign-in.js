// The button that signs in or confirms with a passkey, and passkeys among what the browser fills in at sign-in.
import { whenVisible } from "../api.js";
import { canFillIn, explain, isSupported, showProblem, usePasskey } from "./ceremony.js";

// A challenge counts for five minutes.
const RENEW_MS = 4 * 60_000;

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-passkey]"));
/** @type {AbortController | null} */
let waiting = null;
let isOver = false;

/** @param {string} credential */
function send(credential) {
  const remember = /** @type {HTMLInputElement | null} */ (document.querySelector("input[type=checkbox][name=remember]"));
  /** @type {HTMLInputElement} */ (form.elements.namedItem("credential")).value = credential;
  /** @type {HTMLInputElement} */ (form.elements.namedItem("remember")).value = remember?.checked ? "on" : "";
  form.submit();
}

async function press(event) {
  event.preventDefault();
  isOver = true;
  waiting?.abort();
  const button = form.querySelector("button");
  button.disabled = true;
  showProblem(form, "");
  try {
    send(await usePasskey(/** @type {any} */ (form.dataset.passkey)));
  } catch (error) {
    showProblem(form, explain(error));
    button.disabled = false;
    button.focus();
  }
}

/** Offer passkeys in the name's field, until one is chosen there or the button is pressed. */
async function fillIn() {
  while (!isOver) {
    await whenVisible();
    waiting = new AbortController();
    const { signal } = waiting;
    const timer = setTimeout(() => waiting.abort(), RENEW_MS);
    try {
      send(await usePasskey("sign_in", { mediation: "conditional", signal }));
      return;
    } catch {
      // Without a new challenge, the button is still there.
      if (!signal.aborted) return;
    } finally {
      clearTimeout(timer);
    }
  }
}

if (form && isSupported()) {
  form.hidden = false;
  form.addEventListener("submit", press);
  // A passkey that was just refused is not offered again by itself.
  if (form.dataset.passkey === "sign_in" && !("refused" in form.dataset) && await canFillIn()) fillIn();
}
