// Buttons with data-copy="<selector>" copy that element's text.
import { toast } from "./ui.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const lines = [...document.querySelectorAll(`${button.dataset.copy} li, ${button.dataset.copy}:not(:has(li))`)];
    try {
      await navigator.clipboard.writeText(lines.map((line) => line.textContent.trim()).join("\n"));
      toast("Copied.");
    } catch {
      toast("Copying is not allowed here: select the text and copy it yourself.");
    }
  });
}
