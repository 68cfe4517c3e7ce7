// The offer in the bell's panel to turn notifications of this browser on. It is made until it is accepted or dismissed.
import { errorText } from "../api.js";
import { stored } from "../browser-storage.js";
import { gettext } from "../i18n.js";
import { pushState, turnOn } from "./browser.js";

const dismissed = stored("push-offer");

/**
 * Show the offer of a panel if notifications are off here and can be turned on.
 *
 * @param {HTMLElement} panel
 */
export async function offerPush(panel) {
  const offer = /** @type {HTMLElement | null} */ (panel.querySelector("[data-push-offer]"));
  if (!offer || dismissed.read(false) || await pushState() !== "off") return;
  const text = offer.querySelector("p");
  const [accept, dismiss] = offer.querySelectorAll("button");
  dismiss.addEventListener("click", () => {
    dismissed.write(true);
    offer.remove();
    panel.focus();
  });
  accept.addEventListener("click", async () => {
    accept.disabled = true;
    try {
      const state = await turnOn();
      if (state === "off") return;
      text.textContent = state === "on" ? gettext("Notifications are on in this browser.") : gettext("Notifications are blocked for this site. You can allow them in your browser's settings.");
      accept.remove();
      dismiss.remove();
      panel.focus();
    } catch (error) {
      text.textContent = errorText(error);
    } finally {
      accept.disabled = false;
    }
  });
  offer.hidden = false;
}
