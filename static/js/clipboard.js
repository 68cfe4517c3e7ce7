// Copy buttons that report the result in their own label, which screen readers announce.
import { gettext } from "./i18n.js";

/** Copy what `read()` returns when `button` is pressed. Without a clipboard the button is removed. */
export function copyOnClick(button, read) {
  if (!navigator.clipboard) {
    button.remove();
    return;
  }
  const words = button.firstChild;
  const before = words.textContent;
  const label = button.getAttribute("aria-label");
  let timer;
  const show = (text, name) => {
    words.textContent = text;
    if (label) button.setAttribute("aria-label", name);
  };
  const report = (text) => {
    show(text, text);
    clearTimeout(timer);
    timer = setTimeout(() => show(before, label), 2000);
  };
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(read());
      report(gettext("Copied"));
    } catch {
      report(gettext("Couldn't copy"));
    }
  });
}
