// The subscribed channels in the sidebar, loaded when the sidebar can be seen.
import { style } from "./ui.js";

/**
 * Load the list into the section, once. A list that cannot be had leaves no section.
 *
 * @param {HTMLElement} section
 */
export async function loadChannels(section) {
  if (section.dataset.state) return;
  section.dataset.state = "loading";
  const box = section.querySelector("[aria-busy]");
  try {
    await style("components/nav-channels");
    const answer = await fetch(section.dataset.navChannels ?? "", { headers: { "HX-Request": "true" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    if (box) box.innerHTML = await answer.text();
    box?.setAttribute("aria-busy", "false");
    markCurrent(section);
    section.dataset.state = "loaded";
  } catch {
    section.hidden = true;
  }
}

/** Mark the channel whose page this is, and the channels that this page shows as seen. */
function markCurrent(section) {
  const isFeed = document.querySelector("[data-feed]") !== null;
  for (const link of section.querySelectorAll("li a")) {
    const isHere = location.pathname === link.pathname || location.pathname.startsWith(`${link.pathname}/`);
    if (isHere) link.setAttribute("aria-current", "page");
    if (isHere || isFeed) link.querySelector(".nav-new")?.remove();
  }
}
