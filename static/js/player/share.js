// The share dialog: the link, with a start time if wanted, and the embed code. Loaded on first use.
import { copyOnClick } from "../clipboard.js";
import { clock } from "../clock.js";
import { modal } from "../dialog.js";
import { gettext, interpolate } from "../i18n.js";
import { el, icon, style } from "../ui.js";

const SIZES = [
  [480, 270],
  [640, 360],
  [854, 480],
  [1280, 720],
];
const USUAL_WIDTH = 640;
// Height in pixels of the bar below the picture, see static/css/pages/embed-playlist.css.
const PLAYLIST_BAR = 48;

function field(label, id, value) {
  const input = el("input", { class: "input", id, readonly: true, dir: "ltr", value });
  const copy = el("button", { class: "btn", type: "button" }, gettext("Copy"));
  copyOnClick(copy, () => input.value);
  input.addEventListener("focus", () => input.select());
  return { input, row: el("div", { class: "field" }, el("label", { for: id }, label), el("div", { class: "share-row" }, input, copy)) };
}

function check(label, id) {
  const input = el("input", { type: "checkbox", id });
  return { input, row: el("div", { class: "field field-check" }, input, el("label", { for: id }, label)) };
}

/**
 * Return the options of an embed: `[parameter, value, checkbox]` each.
 *
 * @param {HTMLElement} frame
 * @returns {any[][]}
 */
function embedOptions(frame) {
  const hasCaptions = Number(frame.dataset.captions) > 0;
  return [
    ["autoplay", "1", check(gettext("Autoplay"), "share-autoplay")],
    ["loop", "1", check(gettext("Loop"), "share-loop")],
    ["controls", "0", check(gettext("Hide controls"), "share-controls")],
    ...(hasCaptions ? [["cc", "1", check(gettext("Show subtitles"), "share-cc")]] : []),
  ];
}

function sizeField() {
  const select = el("select", { class: "input", id: "share-size" });
  for (const [width, height] of SIZES) {
    select.append(el("option", { value: width, selected: width === USUAL_WIDTH }, `${width} × ${height}`));
  }
  return { select, row: el("div", { class: "field" }, el("label", { for: "share-size" }, gettext("Size")), select) };
}

/** Return the embed code's fields and a function that updates them. `startAt()` returns the second to start at, or null. */
function embedSection(frame, startAt) {
  const list = document.querySelector("[data-playlist-embed]")?.dataset;
  const options = embedOptions(frame);
  const whole = list ? check(gettext("Whole playlist"), "share-playlist") : null;
  const size = sizeField();
  const code = () => {
    const isList = whole?.input.checked;
    const url = new URL(isList ? `/embed/playlist/${list.playlistEmbed}` : `/embed/${frame.dataset.videoId}`, location.origin);
    if (isList && Number(list.index) > 1) url.searchParams.set("index", list.index);
    if (startAt() !== null) url.searchParams.set("start", String(startAt()));
    for (const [name, value, { input }] of options) {
      if (input.checked) url.searchParams.set(name, value);
    }
    const [width, height] = SIZES.find(([one]) => String(one) === size.select.value);
    const iframe = el("iframe", {
      src: url.href,
      width,
      height: height + (isList ? PLAYLIST_BAR : 0),
      title: frame.dataset.title,
      style: "border:0",
      allow: "autoplay; fullscreen; picture-in-picture",
      allowfullscreen: true,
      loading: "lazy",
    });
    return iframe.outerHTML;
  };
  const embed = field(gettext("Embed code"), "share-embed", code());
  const update = () => {
    embed.input.value = code();
  };
  const checks = [...options.map(([, , one]) => one), ...(whole ? [whole] : [])];
  const choices = el("div", { class: "share-options" }, ...checks.map(({ row }) => row), size.row);
  choices.addEventListener("change", update);
  const details = el("details", {}, el("summary", {}, gettext("Embed options"), icon("chevron-down")), choices);
  return { rows: [embed.row, details], update };
}

/** Open the dialog. */
export async function share(frame, video) {
  await style("components/player-dialogs");
  const url = new URL(`/watch/${frame.dataset.videoId}`, location.origin);
  const link = field(gettext("Link"), "share-link", url.href);
  const now = Math.floor(video.currentTime);
  const at = check(interpolate(gettext("Start at %(time)s"), { time: clock(now) }), "share-at");
  const embed = frame.dataset.embeddable ? embedSection(frame, () => (at.input.checked ? now : null)) : null;
  at.input.addEventListener("change", () => {
    if (at.input.checked) url.searchParams.set("t", String(now));
    else url.searchParams.delete("t");
    link.input.value = url.href;
    embed?.update();
  });
  modal(gettext("Share"), el("div", { class: "form" }, link.row, at.row, ...(embed?.rows ?? [])));
}
