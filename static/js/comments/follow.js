// The bell of a thread turns notifications about replies on and off. Without scripts it is a plain form.
import { api, errorText } from "../api.js";
import { gettext } from "../i18n.js";
import { toast } from "../ui.js";

async function toggle(form) {
  const button = form.querySelector("button");
  const follows = button.getAttribute("aria-pressed") === "true";
  try {
    const { data } = await api(follows ? "DELETE" : "PUT", `/comments/${form.dataset.commentFollow}/follow`);
    button.setAttribute("aria-pressed", String(data.following));
    button.value = data.following ? "stop" : "follow";
    toast(data.following ? gettext("You'll be notified about replies.") : gettext("You won't be notified about replies anymore."));
  } catch (error) {
    toast(errorText(error), { level: "error" });
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-comment-follow]")) return;
  event.preventDefault();
  toggle(event.target);
});
