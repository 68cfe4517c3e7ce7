// The settings of notifications in browsers: the switch for this one, and the list of all that are on.
import { errorText } from "../api.js";
import { gettext } from "../i18n.js";
import { currentId, pushState, turnOff, turnOn } from "./browser.js";

const section = document.querySelector("[data-push]");
const toggle = section?.querySelector("[role=switch]");
const status = section?.querySelector("[data-push-status]");
const list = section?.querySelector("[data-push-list]");

/** @returns {string} */
function explain(state) {
  if (state === "on") return gettext("On");
  if (state === "off") return gettext("Off");
  if (state === "blocked") return gettext("Notifications are blocked for this site. To allow them, open the site information next to the address bar, change the permission for notifications, and reload this page.");
  // Safari on phones and tablets: only sites on the Home Screen can notify.
  if (/** @type {any} */ (navigator).standalone === false) return gettext("To get notifications on this device, add this site to your Home Screen and open it from there.");
  return gettext("This browser doesn't support notifications from this site.");
}

/** @param {import("./browser.js").State} state */
function show(state) {
  toggle.setAttribute("aria-checked", String(state === "on"));
  toggle.disabled = state === "unsupported" || state === "blocked";
  status.textContent = explain(state);
}

async function refresh() {
  const answer = await fetch(section.dataset.push);
  if (answer.ok && !answer.redirected) list.innerHTML = await answer.text();
  await markThis();
}

/** Say which browser of the list this one is. */
async function markThis() {
  const id = await currentId();
  for (const badge of list.querySelectorAll("[data-browser]")) badge.hidden = badge.dataset.browser !== id;
}

async function change() {
  const isOn = toggle.getAttribute("aria-checked") === "true";
  toggle.setAttribute("aria-busy", "true");
  try {
    show(isOn ? await turnOff() : await turnOn());
    await refresh();
  } catch (error) {
    status.textContent = errorText(error);
  } finally {
    toggle.removeAttribute("aria-busy");
  }
}

if (section) {
  try {
    show(await pushState());
    await markThis();
  } catch (error) {
    status.textContent = errorText(error);
  }
  toggle.addEventListener("click", () => toggle.getAttribute("aria-busy") || change());
  /** @type {HTMLElement} */ (section.querySelector("[data-push-here]")).hidden = false;
}
