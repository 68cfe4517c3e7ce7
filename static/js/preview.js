// Previews of videos on their cards: a few silent seconds of the lowest rung, or the frames of the storyboard where this
// browser cannot play that. Nothing is sent that would count as a view.
import { el, style } from "./ui.js";

const MAX_SECONDS = 20;
// A preview begins behind titles and openings.
const START_SHARE = 0.2;
const FRAMES = 12;
const FRAME_MS = 700;
const VIDEO_CODEC = /^(avc[13]|hvc1|hev1|av01|vp09)/;
const mediaSource = globalThis.ManagedMediaSource ?? globalThis.MediaSource;

/** @typedef {{ uri: string, seconds: number, start: number, range?: string }} Segment */

/** @param {string} text @param {string} name */
function attribute(text, name) {
  const match = new RegExp(`(?:^|[:,])${name}=("[^"]*"|[^,]*)`).exec(text);
  return match ? match[1].replaceAll('"', "") : "";
}

/** @param {string} codec */
const typeOf = (codec) => `video/mp4; codecs="${codec}"`;

/**
 * Return URI and codec of the smallest rung that this browser can decode.
 *
 * @param {string} master
 */
export function smallestRung(master) {
  const lines = master.split("\n").map((line) => line.trim());
  const rungs = lines.flatMap((line, at) => {
    if (!line.startsWith("#EXT-X-STREAM-INF:")) return [];
    const codec = attribute(line, "CODECS").split(",").find((one) => VIDEO_CODEC.test(one)) ?? "";
    return [{ uri: lines[at + 1], codec, bandwidth: Number(attribute(line, "BANDWIDTH")) }];
  });
  const playable = rungs.filter(({ codec }) => codec && mediaSource?.isTypeSupported(typeOf(codec)));
  return playable.sort((one, other) => one.bandwidth - other.bandwidth)[0];
}

/**
 * Return the init segment and the segments of a media playlist.
 *
 * @param {string} playlist
 */
export function segmentsOf(playlist) {
  /** @type {Segment[]} */
  const segments = [];
  let init = { uri: "", range: "" };
  let seconds = 0;
  let start = 0;
  let range = "";
  const rangeOf = (text) => {
    const [length, offset = "0"] = text.split("@");
    return `bytes=${offset}-${Number(offset) + Number(length) - 1}`;
  };
  for (const line of playlist.split("\n").map((one) => one.trim())) {
    if (line.startsWith("#EXT-X-MAP:")) {
      const bytes = attribute(line, "BYTERANGE");
      init = { uri: attribute(line, "URI"), range: bytes ? rangeOf(bytes) : "" };
    } else if (line.startsWith("#EXTINF:")) seconds = Number.parseFloat(line.slice(8));
    else if (line.startsWith("#EXT-X-BYTERANGE:")) range = rangeOf(line.slice(17));
    else if (line && !line.startsWith("#")) {
      segments.push({ uri: line, seconds, start, range });
      start += seconds;
      range = "";
    }
  }
  return { init, segments, duration: start };
}

/** @param {URL} url @param {AbortSignal} signal @param {string} [range] */
async function fetched(url, signal, range) {
  const response = await fetch(url, { signal, credentials: "same-origin", headers: range ? { Range: range } : {} });
  if (!response.ok) throw new Error(String(response.status));
  return response;
}

/** @param {SourceBuffer} buffer @param {ArrayBuffer} bytes */
function append(buffer, bytes) {
  return new Promise((resolve, reject) => {
    buffer.addEventListener("updateend", resolve, { once: true });
    buffer.addEventListener("error", reject, { once: true });
    buffer.appendBuffer(bytes);
  });
}

/**
 * Play the preview in a new element below the badges of `thumb`.
 *
 * @param {HTMLElement} thumb
 * @param {URL} master
 * @param {AbortSignal} signal
 */
async function playRung(thumb, master, signal) {
  if (!mediaSource) throw new Error();
  const rung = smallestRung(await (await fetched(master, signal)).text());
  if (!rung) throw new Error();
  const index = new URL(rung.uri, master);
  const { init, segments, duration } = segmentsOf(await (await fetched(index, signal)).text());
  const first = Math.max(0, segments.findLastIndex(({ start }) => start <= duration * START_SHARE));
  const chosen = segments.slice(first).filter(({ start }, at) => at === 0 || start - segments[first].start < MAX_SECONDS);
  const video = el("video", { class: "thumb-preview", muted: true, playsinline: true, disableremoteplayback: true, tabindex: "-1", "aria-hidden": "true" });
  video.muted = true;
  video.disableRemotePlayback = true;
  const source = new mediaSource();
  const address = URL.createObjectURL(source);
  signal.addEventListener("abort", () => {
    video.pause();
    video.removeAttribute("src");
    video.load();
    video.remove();
    URL.revokeObjectURL(address);
  });
  const opened = new Promise((resolve) => source.addEventListener("sourceopen", resolve, { once: true }));
  video.src = address;
  thumb.querySelector(":is(picture,img)")?.after(video);
  await opened;
  const buffer = source.addSourceBuffer(typeOf(rung.codec));
  /** @param {{ uri: string, range?: string }} segment */
  const load = async ({ uri, range }) => append(buffer, await (await fetched(new URL(uri, index), signal, range)).arrayBuffer());
  await load(init);
  for (const [at, segment] of chosen.entries()) {
    if (signal.aborted) return;
    await load(segment);
    if (at > 0) continue;
    const begin = buffer.buffered.length ? buffer.buffered.start(0) : 0;
    video.currentTime = begin;
    video.addEventListener("playing", () => video.classList.add("is-playing"), { once: true });
    video.addEventListener("ended", () => {
      video.currentTime = begin;
      video.play().catch(() => {});
    });
    await video.play();
  }
  if (source.readyState === "open") source.endOfStream();
}

/** @param {string} text a time in WebVTT */
const secondsOf = (text) => text.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);

/**
 * Show frames of the storyboard, one after the other.
 *
 * @param {HTMLElement} thumb
 * @param {URL} board
 * @param {AbortSignal} signal
 */
async function showFrames(thumb, board, signal) {
  const text = await (await fetched(board, signal)).text();
  const cues = [...text.matchAll(/([\d:.]+) --> [^\n]*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g)].map(([, at, uri, ...box]) => (
    { at: secondsOf(at), uri, box: box.map(Number) }
  ));
  const step = Math.max(1, Math.floor(cues.length / FRAMES));
  const frames = cues.filter((_, at) => at % step === 0);
  if (frames.length < 2) return;
  const shown = el("div", { class: "thumb-preview thumb-frames is-playing", "aria-hidden": "true" });
  const sheets = new Map();
  const sheetOf = (uri) => {
    if (!sheets.has(uri)) {
      const image = new Image();
      image.src = new URL(uri, board).href;
      sheets.set(uri, image.decode().then(() => image));
    }
    return sheets.get(uri);
  };
  const canvas = el("canvas", {});
  shown.append(canvas);
  const draw = async ({ uri, box }) => {
    const [x, y, width, height] = box;
    const image = await sheetOf(uri);
    canvas.width = width;
    canvas.height = height;
    canvas.getContext("2d").drawImage(image, x, y, width, height, 0, 0, width, height);
  };
  await draw(frames[0]);
  if (signal.aborted) return;
  thumb.querySelector(":is(picture,img)")?.after(shown);
  let at = 0;
  const timer = setInterval(() => {
    at = (at + 1) % frames.length;
    draw(frames[at]).catch(() => {});
  }, FRAME_MS);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    shown.remove();
  });
}

/**
 * Preview the video of a card until `signal` is aborted. A video that cannot be previewed keeps its thumbnail.
 *
 * @param {HTMLElement} thumb an element with `data-preview`, the address of the storyboard
 * @param {AbortSignal} signal
 */
export async function preview(thumb, signal) {
  const board = new URL(thumb.dataset.preview ?? "", location.href);
  const master = new URL("master.m3u8?subtitles=none", board);
  await style("components/preview");
  if (signal.aborted) return;
  try {
    await playRung(thumb, master, signal);
  } catch {
    if (signal.aborted) return;
    for (const left of thumb.querySelectorAll(".thumb-preview")) left.remove();
    await showFrames(thumb, board, signal).catch(() => {});
  }
}
