// Theater mode: the player takes the page's full width. theme.js restores it before the first paint.
import { stored } from "../browser-storage.js";

const root = document.documentElement;

/** Switch theater mode. Return false in an embedded player, which has no page around it. */
export function toggleTheatre() {
  if (!document.querySelector(".watch")) return false;
  setTheatre(!root.dataset.theatre);
  return true;
}

/** Leave theater mode. Return false when it is off. */
export function leaveTheatre() {
  if (!root.dataset.theatre) return false;
  setTheatre(false);
  return true;
}

function setTheatre(on) {
  if (on) root.dataset.theatre = "1";
  else delete root.dataset.theatre;
  stored("theatre").write(on ? "1" : "");
  showState();
}

function showState() {
  const button = document.querySelector("[data-theatre-toggle]");
  button?.setAttribute("aria-pressed", String(Boolean(root.dataset.theatre)));
}

/** Set up the button. */
export function bindTheatre() {
  const button = document.querySelector("[data-theatre-toggle]");
  if (!button) return;
  button.hidden = !document.querySelector(".watch");
  button.addEventListener("click", toggleTheatre);
  showState();
}
