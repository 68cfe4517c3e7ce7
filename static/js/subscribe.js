// Subscribe buttons update at once, and are reset when the server refuses.
import { api } from "./api.js";
import { gettext, interpolate, ngettext } from "./i18n.js";
import { compact } from "./locale.js";
import { removeLater, toast } from "./ui.js";

function show(form, { subscribed, notify }) {
  form.dataset.subscribed = subscribed ? "1" : "0";
  form.dataset.notify = notify;
  form.elements.action.value = subscribed ? "unsubscribe" : "subscribe";
  const label = form.querySelector("[data-label]");
  label.textContent = subscribed ? gettext("Subscribed") : gettext("Subscribe");
  const button = label.closest("button");
  const sentence = subscribed ? gettext("Subscribed to %(name)s") : gettext("Subscribe to %(name)s");
  button.ariaLabel = interpolate(sentence, { name: button.dataset.name });
  form.querySelector("[data-notify-toggle]")?.setAttribute("aria-pressed", String(subscribed && notify === "all"));
}

function showCount(username, subscribers) {
  for (const place of document.querySelectorAll(`[data-subscribers="${CSS.escape(username)}"]`)) {
    const shown = ngettext("%(count)s subscriber", "%(count)s subscribers", subscribers);
    place.textContent = interpolate(shown, { count: compact(subscribers) });
  }
}

const stateOf = (form) => ({ subscribed: form.dataset.subscribed === "1", notify: form.dataset.notify });

/** Offer to subscribe again, with the same notifications. */
function offerBack(form, before) {
  const said = interpolate(gettext("Unsubscribed from @%(name)s."), { name: form.dataset.subscribe });
  const box = toast(said, {
    action: gettext("Undo"),
    onAction: () => {
      box.remove();
      change(form, before);
    },
  });
  removeLater(box, 10_000);
}

async function change(form, wanted) {
  if (form.ariaBusy === "true") return;
  const before = stateOf(form);
  const path = `/channels/${encodeURIComponent(form.dataset.subscribe)}/subscription`;
  const video = form.elements.video_id?.value;
  show(form, wanted);
  form.ariaBusy = "true";
  try {
    const { data } = wanted.subscribed
      ? await api("PUT", path, { json: { notify: wanted.notify, video_id: video } })
      : await api("DELETE", video ? `${path}?video_id=${video}` : path);
    show(form, { subscribed: data.is_subscribed, notify: data.notify ?? "all" });
    showCount(form.dataset.subscribe, data.subscribers);
    if (before.subscribed && !data.is_subscribed) offerBack(form, before);
  } catch (error) {
    show(form, before);
    toast(error.message, { level: "error" });
  } finally {
    form.ariaBusy = "false";
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-subscribe]");
  if (!form) return;
  event.preventDefault();
  const { subscribed } = stateOf(form);
  change(form, { subscribed: !subscribed, notify: "all" });
});

document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-notify-toggle]")?.closest("[data-subscribe]");
  if (!form) return;
  const { notify } = stateOf(form);
  change(form, { subscribed: true, notify: notify === "all" ? "none" : "all" });
});

for (const form of document.querySelectorAll("[data-subscribe]")) show(form, stateOf(form));
