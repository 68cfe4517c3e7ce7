// The share dialog: the link with a start time if wanted, the browser's own sharing, the embed code with a preview, and
// a QR code. Loaded on first use; without scripts its link leads to a page with the same.
import { clock } from "../clock.js";
import { modal } from "../dialog.js";
import { gettext } from "../i18n.js";
import { el, icon, style } from "../ui.js";
import { embedSection } from "./share-embed.js";
import { checkField, copyField, foldedPart } from "./share-parts.js";
import { parseStartTime } from "./start-times.js";

/** Return the row that chooses the start time, and `startAt()`, which returns the whole second or null. */
function startRow(video, onChange) {
  const { duration } = video;
  const use = checkField(gettext("Start at"), "share-at");
  const time = el("input", { class: "input share-time", dir: "ltr", inputmode: "numeric", autocomplete: "off", "aria-label": gettext("Start time"), value: clock(video.currentTime) });
  time.defaultValue = time.value;
  const startAt = () => {
    const second = Math.floor(parseStartTime(time.value) ?? -1);
    const isValid = second >= 0 && !(duration > 0 && second > duration);
    time.ariaInvalid = isValid ? null : "true";
    return use.input.checked && isValid ? second : null;
  };
  time.addEventListener("input", () => {
    use.input.checked = true;
    // Closing the dialog loses none of the text typed here.
    time.defaultValue = time.value;
    onChange();
  });
  use.input.addEventListener("change", onChange);
  use.row.append(time);
  return { row: use.row, startAt };
}

function nativeButton(title, read) {
  if (!navigator.share) return [];
  const button = el("button", { class: "btn", type: "button" }, icon("share"), gettext("Share with an app"));
  button.addEventListener("click", () => navigator.share({ title, url: read() }).catch(() => {}));
  return [button];
}

function qrPart(address) {
  const image = el("img", { class: "share-qr", alt: gettext("QR code of the link"), width: 224, height: 224 });
  const save = el("a", { class: "btn btn-small", download: "qr-code.svg" }, icon("download"), gettext("Download"));
  const update = () => {
    if (!details.open) return;
    image.src = address();
    save.href = image.src;
  };
  const note = el("p", { class: "soft small" }, gettext("Scan this code with a phone to open the video."));
  const details = foldedPart(gettext("QR code"), () => update(), el("div", { class: "share-code" }, image, note, save));
  return { row: details, update };
}

/** Open the dialog. */
export async function share(frame, video) {
  await style("components/player-dialogs");
  const page = `/watch/${frame.dataset.videoId}`;
  const address = (path) => {
    const url = new URL(path, location.origin);
    if (start.startAt() !== null) url.searchParams.set("t", String(start.startAt()));
    return url.href;
  };
  const start = startRow(video, () => update());
  const link = copyField(gettext("Link"), "share-link", address(page));
  const embed = frame.dataset.embeddable ? embedSection(frame, start.startAt) : null;
  const code = qrPart(() => address(`${page}/qr.svg`));
  const update = () => {
    link.input.value = link.input.defaultValue = address(page);
    embed?.update();
    code.update();
  };
  const parts = [link.row, start.row, ...nativeButton(frame.dataset.title, () => link.input.value), ...(embed ? [embed.row] : []), code.row];
  const dialog = modal(gettext("Share"), el("div", { class: "form share" }, ...parts));
  link.input.focus({ preventScroll: true });
  return dialog;
}
