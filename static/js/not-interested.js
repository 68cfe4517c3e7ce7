// "Not interested" and "Don't recommend channel": the cards go at once, and come back by Undo or when the server refuses.
import { api } from "./api.js";
import { offerFocus } from "./focus.js";
import { gettext } from "./i18n.js";
import { removeLater, toast } from "./ui.js";

/**
 * Return the list items of the cards that are recommended, of one video or of one channel.
 *
 * @param {{ notInterested?: string, hideChannel?: string }} of
 * @returns {HTMLElement[]}
 */
function entriesOf({ notInterested, hideChannel }) {
  const selector = notInterested
    ? `[data-video="${CSS.escape(notInterested)}"]`
    : `[data-video]:has([data-channel="${CSS.escape(hideChannel ?? "")}"])`;
  const cards = [...document.querySelectorAll(`[data-recommended] ${selector}`)];
  return cards.map((card) => /** @type {HTMLElement} */ (card.closest("li") ?? card));
}

/**
 * @param {HTMLElement[]} entries
 * @param {boolean} hidden
 */
function setHidden(entries, hidden) {
  for (const entry of entries) entry.hidden = hidden;
}

const titleOf = (entry) => entry?.querySelector(".card-title a");

/**
 * Hide the video or channel that a menu's item names, and offer to undo it.
 *
 * @param {HTMLElement} button
 */
export async function hide(button) {
  const { notInterested, hideChannel } = button.dataset;
  const entries = entriesOf(button.dataset);
  const path = notInterested ? `/me/not-interested/${notInterested}` : `/me/hidden-channels/${hideChannel}`;
  const own = /** @type {HTMLElement} */ (button.closest("li"));
  let next = own?.nextElementSibling;
  while (next && entries.includes(/** @type {HTMLElement} */ (next))) next = next.nextElementSibling;
  setHidden(entries, true);
  titleOf(next)?.focus({ preventScroll: true });
  // The offer is there at once; a change that was not stored yet is undone when it was.
  let box = /** @type {HTMLElement | null} */ (null);
  const stored = api("PUT", path).then(() => true, (error) => {
    box?.remove();
    setHidden(entries, false);
    toast(error.message, { level: "error" });
    return false;
  });
  box = toast(notInterested ? gettext("Video hidden.") : gettext("Channel hidden."), {
    action: gettext("Undo"),
    onAction: async () => {
      box?.remove();
      setHidden(entries, false);
      offerFocus(titleOf(own), { preventScroll: true });
      if (!(await stored)) return;
      try {
        await api("DELETE", path);
      } catch (error) {
        setHidden(entries, true);
        toast(/** @type {Error} */ (error).message, { level: "error" });
      }
    },
  });
  removeLater(box, 10_000);
  await stored;
}
