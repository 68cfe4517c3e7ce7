// The embed part of the share dialog: the code, its options, and a preview of the player that it shows.
import { gettext } from "../i18n.js";
import { el } from "../ui.js";
import { checkField, copyField, foldedPart } from "./share-parts.js";

const SIZES = [
  [480, 270],
  [640, 360],
  [854, 480],
  [1280, 720],
];
const USUAL_WIDTH = 640;
// Height in pixels of the bar below the picture, see static/css/pages/embed-playlist.css.
const PLAYLIST_BAR = 48;

/**
 * Return the options of an embed: `[parameter, value, checkbox]` each.
 *
 * @param {HTMLElement} frame
 * @returns {any[][]}
 */
function embedOptions(frame) {
  const hasCaptions = Number(frame.dataset.captions) > 0;
  return [
    ["autoplay", "1", checkField(gettext("Autoplay"), "share-autoplay")],
    ["loop", "1", checkField(gettext("Loop"), "share-loop")],
    ["controls", "0", checkField(gettext("Hide controls"), "share-controls")],
    ...(hasCaptions ? [["cc", "1", checkField(gettext("Show subtitles"), "share-cc")]] : []),
  ];
}

function sizeField() {
  const select = el("select", { class: "input", id: "share-size" });
  for (const [width, height] of SIZES) {
    select.append(el("option", { value: width, selected: width === USUAL_WIDTH }, `${width} × ${height}`));
  }
  return { select, row: el("div", { class: "field" }, el("label", { for: "share-size" }, gettext("Player size")), select) };
}

function iframe(frame, src, width, height) {
  return el("iframe", { src, width, height, title: frame.dataset.title, style: "border:0", allow: "autoplay; fullscreen; picture-in-picture", allowfullscreen: true, loading: "lazy" });
}

/** Return the part and a function that updates it. `startAt()` returns the second to start at, or null. */
export function embedSection(frame, startAt) {
  const list = document.querySelector("[data-playlist-embed]")?.dataset;
  const options = embedOptions(frame);
  const whole = list ? checkField(gettext("Whole playlist"), "share-playlist") : null;
  const size = sizeField();
  const address = (isPreview) => {
    const isList = whole?.input.checked;
    const url = new URL(isList ? `/embed/playlist/${list.playlistEmbed}` : `/embed/${frame.dataset.videoId}`, location.origin);
    if (isList && Number(list.index) > 1) url.searchParams.set("index", list.index);
    if (startAt() !== null) url.searchParams.set("start", String(startAt()));
    for (const [name, value, { input }] of options) {
      // Two videos that play at once would disturb.
      if (input.checked && !(isPreview && name === "autoplay")) url.searchParams.set(name, value);
    }
    return url.href;
  };
  const code = () => {
    const [width, height] = SIZES.find(([one]) => String(one) === size.select.value);
    return iframe(frame, address(false), width, height + (whole?.input.checked ? PLAYLIST_BAR : 0)).outerHTML;
  };
  const embed = copyField(gettext("Embed code"), "share-embed", code());
  const preview = el("div", { class: "share-preview" });
  const open = el("a", { class: "small", target: "_blank", rel: "noopener" }, gettext("Open preview"));
  const update = () => {
    embed.input.value = embed.input.defaultValue = code();
    open.href = address(false);
    const shown = preview.querySelector("iframe");
    const wanted = address(true);
    if (!part.open || shown?.src === wanted) return;
    const player = iframe(frame, wanted, USUAL_WIDTH, SIZES[1][1] + (whole?.input.checked ? PLAYLIST_BAR : 0));
    player.title = gettext("Preview of the embedded player");
    player.loading = "eager";
    preview.replaceChildren(player);
  };
  const checks = [...options.map(([, , one]) => one), ...(whole ? [whole] : [])];
  const choices = el("div", { class: "share-options" }, ...checks.map(({ row }) => row), size.row);
  choices.addEventListener("change", update);
  const part = foldedPart(gettext("Embed"), () => update(), preview, embed.row, choices, el("p", {}, open));
  return { row: part, update };
}
