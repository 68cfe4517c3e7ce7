// The share dialog: the link, the link at this moment, and code for other sites. Loaded when it is first asked for.
import { copies } from "../clipboard.js";
import { el, modal } from "../ui.js";

function field(label, id, value) {
  const input = el("input", { class: "input", id, readonly: true, value });
  const copy = el("button", { class: "btn", type: "button" }, "Copy");
  copies(copy, () => input.value);
  input.addEventListener("focus", () => input.select());
  return { input, row: el("div", { class: "field" }, el("label", { for: id }, label), el("div", { class: "share-row" }, input, copy)) };
}

/** 75 is "1:15". */
function clock(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const parts = hours ? [hours, String(minutes).padStart(2, "0")] : [minutes];
  return [...parts, String(seconds % 60).padStart(2, "0")].join(":");
}

export function share(frame, video) {
  const url = new URL(`/watch/${frame.dataset.videoId}`, location.origin);
  const link = field("Link", "share-link", url.href);
  const now = Math.floor(video.currentTime);
  const at = el("input", { type: "checkbox", id: "share-at" });
  const parts = [link.row, el("div", { class: "field field-check" }, at, el("label", { for: "share-at" }, `Start at ${clock(now)}`))];
  let embed = null;
  const code = () => {
    const address = new URL(`/embed/${frame.dataset.videoId}${at.checked ? `?t=${now}` : ""}`, location.origin);
    return `<iframe src="${address.href}" width="640" height="360" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen loading="lazy"></iframe>`;
  };
  if (frame.dataset.embeddable) {
    embed = field("Embed", "share-embed", code());
    parts.push(embed.row);
  }
  at.addEventListener("change", () => {
    if (at.checked) url.searchParams.set("t", String(now));
    else url.searchParams.delete("t");
    link.input.value = url.href;
    if (embed) embed.input.value = code();
  });
  modal("Share", el("div", { class: "form" }, ...parts));
}
