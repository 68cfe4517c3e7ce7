// Polls a video's processing job and shows its steps.
import { api, sleep, whenVisible } from "./api.js";
import { gettext } from "./i18n.js";
import { amount, percent } from "./locale.js";
import { el } from "./ui.js";

const FIRST_WAIT = 1000;
const MAX_WAIT = 8000;

const STEP_NAMES = {
  inspect: gettext("Checking file"),
  encode: gettext("Encoding"),
  poster: gettext("Thumbnail"),
  storyboard: gettext("Seek previews"),
  captions: gettext("Embedded subtitles"),
  download: gettext("Download file"),
  publish: gettext("Finishing"),
};

const STATES = { waiting: gettext("waiting"), running: gettext("in progress"), done: gettext("done"), failed: gettext("failed") };

function stepName(name) {
  return STEP_NAMES[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("_", " ")}`;
}

/** Fill an <ol> with one row per step. */
export function showSteps(list, steps) {
  list.replaceChildren(
    // Steps that this video does not need are left out.
    ...steps.filter(({ state }) => state !== "skipped").map(({ name, state, percent: hundredths, seconds }) => {
      const running = state === "running" && hundredths > 0 ? ` ${percent(hundredths / 100)}` : "";
      const took = state === "done" && seconds >= 1 ? ` ${amount(Math.round(seconds), "second", { unitDisplay: "narrow" })}` : "";
      const row = el("li", { "data-state": state in STATES ? state : "waiting" }, stepName(name), running || took);
      row.append(el("span", { class: "visually-hidden" }, ` (${STATES[state] ?? STATES.waiting})`));
      return row;
    }),
  );
  list.hidden = steps.length === 0;
}

export const STATUS_WORDS = {
  uploading: gettext("Uploading"),
  queued: gettext("Queued"),
  processing: gettext("Processing"),
  ready: gettext("Ready"),
  failed: gettext("Failed"),
};

/**
 * Call `onChange(job)` until the job is ready or failed, and resolve to that job; to null when the video is gone or
 * `signal` was aborted. Polls less often while nothing changes, and not at all in a hidden tab.
 *
 * @param {string} id
 * @param {(job: any) => void} onChange
 * @param {AbortSignal} [signal]
 */
export async function followProcessing(id, onChange, signal) {
  let wait = FIRST_WAIT;
  let seen = "";
  while (!signal?.aborted) {
    await whenVisible();
    try {
      const { data } = await api("GET", `/videos/${encodeURIComponent(id)}/processing`);
      if (signal?.aborted) return null;
      onChange(data);
      if (data.status === "ready" || data.status === "failed") return data;
      const now = JSON.stringify([data.status, data.progress]);
      wait = now === seen ? Math.min(wait * 1.6, MAX_WAIT) : FIRST_WAIT;
      seen = now;
    } catch (error) {
      if (error.status === 404) return null;
      wait = Math.max(error.retryAfter * 1000, MAX_WAIT);
    }
    await sleep(wait);
  }
  return null;
}
