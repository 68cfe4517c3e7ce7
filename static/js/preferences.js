// Previews the theme as soon as it is chosen, and stores it in this browser when the form is saved.
import { stored } from "./browser-storage.js";

const form = document.querySelector("[data-preferences]");
const root = document.documentElement;

form.addEventListener("change", (event) => {
  if (event.target.name === "theme") root.dataset.theme = event.target.value;
});

form.addEventListener("submit", () => {
  const theme = form.elements.theme.value;
  if (theme === "auto") stored("theme").remove();
  else stored("theme").write(theme);
});
