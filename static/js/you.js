// The theme on the page "You": applied as soon as it is chosen, in this browser and in the account.
import { api } from "./api.js";
import { stored } from "./browser-storage.js";
import { toast } from "./ui.js";

const form = document.querySelector("[data-theme-form]");
const root = document.documentElement;

form.addEventListener("submit", async (event) => {
  const theme = event.submitter?.value;
  if (!theme) return;
  event.preventDefault();
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === theme));
  root.dataset.theme = theme;
  if (theme === "auto") stored("theme").remove();
  else stored("theme").write(theme);
  try {
    await api("PATCH", "/me/preferences", { json: { theme }, keepalive: true });
  } catch (error) {
    toast(error.message, { level: "error" });
  }
});
