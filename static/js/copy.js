// Buttons with data-copy="<selector>" copy that element's text.
import { gettext } from "./i18n.js";
import { toast } from "./ui.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const lines = [...document.querySelectorAll(`${button.dataset.copy} li, ${button.dataset.copy}:not(:has(li))`)];
    try {
      await navigator.clipboard.writeText(lines.map((line) => line.textContent.trim()).join("\n"));
      toast(gettext("Copied."));
    } catch {
      toast(gettext("Couldn't copy. Select the text and copy it yourself."));
    }
  });
}
