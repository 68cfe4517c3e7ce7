// Like and dislike buttons update at once, and are reset when the server refuses.
import { api } from "./api.js";
import { compact } from "./locale.js";
import { toast } from "./ui.js";

function show(form, reaction, likes) {
  form.dataset.reaction = reaction ?? "";
  form.dataset.likes = String(likes);
  for (const button of form.querySelectorAll("button[name=value]")) {
    button.setAttribute("aria-pressed", String(button.value === reaction));
  }
  form.querySelector("[data-likes-shown]").textContent = compact(likes);
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-react]");
  const value = event.submitter?.value;
  if (!form || !value) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  const before = form.dataset.reaction || null;
  const likes = Number(form.dataset.likes);
  const wanted = value === before ? null : value;
  show(form, wanted, likes + Number(wanted === "like") - Number(before === "like"));
  form.ariaBusy = "true";
  try {
    const { data } = wanted
      ? await api("PUT", form.dataset.react, { json: { value: wanted }, keepalive: true })
      : await api("DELETE", form.dataset.react, { keepalive: true });
    show(form, data.reaction, data.likes);
  } catch (error) {
    show(form, before, likes);
    toast(error.message, { level: "error" });
  } finally {
    form.ariaBusy = "false";
  }
});
