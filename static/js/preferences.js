// The theme is tried on at once; what this browser remembers by itself follows what is saved.
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
