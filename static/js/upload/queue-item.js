// One row of the upload queue, from the waiting file to the processed video.
import { api, errorText } from "../api.js";
import { followProcessing, showSteps, STATUS_WORDS } from "../processing.js";
import { confirmAction } from "../dialog.js";
import { gettext, interpolate, ngettext } from "../i18n.js";
import { number, percent } from "../locale.js";
import { withElements } from "../rich-text.js";
import { el, icon } from "../ui.js";
import { sendFile } from "./transfer.js";
import { size, span } from "./texts.js";

const BADGES = {
  waiting: gettext("Waiting"),
  sending: gettext("Uploading"),
  paused: gettext("Paused"),
  canceled: gettext("Canceled"),
  failed: gettext("Failed"),
};
const BADGE_STATUS = { sending: "uploading", failed: "failed", ready: "ready", processing: "processing" };
const UNFINISHED = new Set(["waiting", "sending", "paused"]);
// The speed is measured over the last seconds, so that a pause does not distort the estimate.
const WINDOW_MS = 8000;

let count = 0;

/** A file, its upload and its row. */
export class UploadItem {
  /** `links` are the prefixes of the watch and edit addresses; `onIdle` is called when the next file can be sent. */
  constructor(file, choices, template, { account, links, onIdle, onVideo, onAnother }) {
    this.file = file;
    this.choices = choices;
    this.account = account;
    this.links = links;
    this.onIdle = onIdle;
    this.onVideo = onVideo;
    this.onAnother = onAnother;
    this.state = "waiting";
    this.videoId = null;
    this.savedTitle = null;
    this.suggestedTitle = "";
    this.samples = [];
    this.polling = new AbortController();
    this.element = template.content.firstElementChild.cloneNode(true);
    this.#wire();
    this.#show("waiting", interpolate(gettext("%(size)s · Waiting for other uploads"), { size: size(file.size) }));
  }

  get isUnfinished() {
    return UNFINISHED.has(this.state);
  }

  #part(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  #wire() {
    const title = this.#part("title");
    count += 1;
    title.placeholder = this.file.name;
    title.id = `upload-title-${count}`;
    this.#part("title-label").htmlFor = title.id;
    this.#part("title-label").textContent = interpolate(gettext("Title of %(name)s"), { name: this.file.name });
    this.#part("progress").setAttribute("aria-label", interpolate(gettext("Upload progress of %(name)s"), { name: this.file.name }));
    title.addEventListener("change", () => this.#saveTitle());
    this.#part("pause").addEventListener("click", () => this.pause());
    this.#part("resume").addEventListener("click", () => this.resume());
    this.#part("cancel").addEventListener("click", () => this.cancel());
    this.#part("retry").addEventListener("click", () => this.#retry());
    this.#part("another").addEventListener("click", () => this.onAnother());
    this.#part("delete").addEventListener("click", () => this.#delete());
  }

  /** Fill in the title that the server suggests, unless one was typed meanwhile. */
  suggest(title) {
    const field = this.#part("title");
    if (!field.value) field.value = title;
    this.suggestedTitle = title;
  }

  /** Show a state. `isHopeless`: the file itself caused the failure, and another one is needed. */
  #show(state, text, badge = BADGES[state], { isHopeless = false } = {}) {
    this.state = state;
    this.element.dataset.state = state;
    this.#part("text").textContent = text;
    this.#part("badge").textContent = badge;
    this.#part("badge").dataset.status = BADGE_STATUS[state] ?? "";
    this.#part("pause").hidden = state !== "sending";
    this.#part("resume").hidden = state !== "paused";
    this.#part("cancel").hidden = !this.isUnfinished;
    this.#part("retry").hidden = isHopeless || (state !== "failed" && state !== "canceled");
    this.#part("another").hidden = !isHopeless;
    this.#part("delete").hidden = !isHopeless;
    this.#part("progress").hidden = ["ready", "failed", "canceled"].includes(state);
  }

  /** Save a changed title. The first one is sent with the upload. */
  async #saveTitle() {
    const title = this.#part("title").value.trim();
    if (!this.videoId || !title || title === (this.savedTitle ?? this.suggestedTitle)) return;
    try {
      const { data } = await api("PATCH", `/videos/${this.videoId}`, { json: { title } });
      this.savedTitle = data.title;
    } catch (error) {
      this.#part("text").textContent = interpolate(gettext("Couldn't save the title. %(problem)s"), { problem: errorText(error) });
    }
  }

  async send() {
    this.#show("sending", this.#sentText(0, this.file.size));
    this.samples = [];
    const title = this.#part("title").value.trim();
    // Without a title, the server uses the one that it suggests.
    const metadata = { ...this.choices, ...(title && { title }) };
    this.savedTitle = title || null;
    try {
      this.transfer = await sendFile({ file: this.file, metadata, account: this.account }, {
        progress: (sent, total) => this.#progress(sent, total),
        video: (id) => this.#offerLinks(id),
        done: () => this.#sent(),
        failed: (error) => this.#failed(error),
      });
    } catch {
      this.#failed(new Error(gettext("Couldn't start the upload. Reload the page and try again.")));
      return;
    }
    if (this.transfer.resumed) this.#part("text").textContent = gettext("Resuming…");
  }

  #progress(sent, total) {
    if (this.state !== "sending") return;
    const now = performance.now();
    this.samples.push([now, sent]);
    while (this.samples.length > 2 && now - this.samples[0][0] > WINDOW_MS) this.samples.shift();
    const [since, before] = this.samples[0];
    const speed = now > since ? ((sent - before) * 1000) / (now - since) : 0;
    this.#part("progress").value = total ? sent / total : 0;
    this.#part("text").textContent = sent < total ? this.#sentText(sent, total, speed) : gettext("Upload complete. Checking the file…");
  }

  /** Say how much was sent and, at a known `speed` in bytes a second, how long the rest takes. */
  #sentText(sent, total, speed = 0) {
    const parts = { sent: size(sent), total: size(total) };
    if (speed <= 0) return interpolate(gettext("%(sent)s of %(total)s"), parts);
    return interpolate(gettext("%(sent)s of %(total)s · %(time)s left"), { ...parts, time: span((total - sent) / speed) });
  }

  #offerLinks(id) {
    if (this.videoId === id) return;
    this.videoId = id;
    this.#part("edit").href = this.links.edit + id;
    this.#part("edit").hidden = false;
    this.#part("watch").href = this.links.watch + id;
    this.onVideo(id);
  }

  #sent() {
    this.onIdle();
    this.#saveTitle();
    this.#follow();
  }

  #failed(error) {
    this.#show("failed", error.status === undefined ? error.message : errorText(error));
    this.onIdle();
  }

  async #follow() {
    this.#show("processing", gettext("Upload complete. You can close this page. Processing will continue."), gettext("Processing"));
    this.#part("progress").value = 0;
    const job = await followProcessing(this.videoId, (now) => {
      this.#part("progress").value = now.progress ?? 0;
      this.#part("badge").textContent = STATUS_WORDS[now.status] ?? now.status;
      this.#part("watch").hidden = !now.playable;
      this.#showDuplicate(now.duplicate_of);
      this.#part("text").textContent = this.#processingText(now);
      showSteps(this.#part("steps"), now.steps ?? []);
    }, this.polling.signal);
    if (job?.status === "ready") {
      this.#show("ready", gettext("Ready to watch."), gettext("Ready"));
      this.#part("watch").hidden = false;
    } else if (job?.status === "failed") {
      const isHopeless = job.error?.retryable === false;
      this.#show("failed", job.error?.detail ?? gettext("Couldn't process this file."), BADGES.failed, { isHopeless });
    } else if (!this.polling.signal.aborted) {
      this.#show("failed", gettext("This video was deleted."));
      this.#part("retry").hidden = true;
    }
  }

  #processingText({ playable, ahead, progress }) {
    const done = { percent: percent(progress ?? 0) };
    if (playable) return interpolate(gettext("Ready to watch. Higher resolutions are %(percent)s done."), done);
    if (!(ahead > 0)) return interpolate(gettext("Processing is %(percent)s done. You can close this page."), done);
    const waiting = ngettext(
      "Waiting for %(count)s other video to process. You can close this page.",
      "Waiting for %(count)s other videos to process. You can close this page.",
      ahead,
    );
    return interpolate(waiting, { count: number(ahead) });
  }

  /** Tell the owner that they have already uploaded this file. It is not refused. */
  #showDuplicate(other) {
    const place = this.#part("duplicate");
    if (!other || place.firstChild) return;
    const link = el("a", { href: other.url }, el("bdi", {}, other.title));
    place.append(el("p", { class: "notice", "data-level": "warn" }, icon("info"), el("span", {}, ...withElements(gettext("You already uploaded this file: %(video)s"), { video: link }))));
  }

  /** Process the file again if it arrived; otherwise queue it again, to continue where it stopped. */
  async #retry() {
    try {
      if (this.videoId && this.state === "failed") {
        const { data } = await api("GET", `/videos/${this.videoId}`);
        if (data.status === "failed") {
          await api("POST", `/videos/${this.videoId}/retry`);
          this.#follow();
          return;
        }
      }
    } catch (error) {
      if (error.status !== 404) {
        this.#show("failed", errorText(error));
        return;
      }
    }
    this.#show("waiting", gettext("Waiting for other uploads"));
    this.onIdle();
  }

  async #delete() {
    const sure = await confirmAction(
      gettext("Delete this video?"),
      interpolate(gettext("This permanently deletes “%(title)s”."), { title: this.#part("title").value }),
      gettext("Delete video"),
    );
    if (!sure) return;
    try {
      await api("DELETE", `/videos/${this.videoId}`);
      this.element.remove();
    } catch (error) {
      this.#part("text").textContent = errorText(error);
    }
  }

  pause() {
    this.transfer?.pause();
    this.#show("paused", gettext("Paused"));
    this.onIdle();
  }

  resume() {
    this.samples = [];
    this.#show("sending", gettext("Resuming…"));
    this.transfer?.resume();
  }

  async cancel() {
    const had = this.transfer;
    this.#show("canceled", gettext("Upload canceled."));
    this.#part("edit").hidden = true;
    this.videoId = null;
    this.transfer = null;
    try {
      await had?.cancel();
    } catch {
      // The server removes unfinished uploads after a while.
    }
    this.onIdle();
  }
}
