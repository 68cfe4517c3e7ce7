// One upload, from the chosen file to the processed video. It shows nothing: rows and the dialog listen to "change".
import { api, errorText } from "../api.js";
import { account } from "../browser-storage.js";
import { followProcessing } from "../processing.js";
import { gettext, interpolate } from "../i18n.js";
import { drop, keep } from "./keeper.js";
import { Speed } from "./speed.js";
import { processingText, sentText, size } from "./texts.js";
import { forgetUpload, prepareDraft, sendFile } from "./transfer.js";

const UNFINISHED = new Set(["preparing", "waiting", "sending", "paused"]);

/** Return a random key. Browsers have `randomUUID` on https only. */
const randomKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A file, its draft and its transfer. */
export class UploadItem extends EventTarget {
  /** @type {"preparing" | "waiting" | "sending" | "paused" | "processing" | "ready" | "failed" | "canceled"} */
  state = "preparing";
  text = "";
  progress = 0;
  /** @type {any} */
  job = null;
  // The file itself caused the failure, and another one is needed.
  isHopeless = false;
  // The video exists no more, or never did: nothing can be tried again.
  isGone = false;
  isResumed = false;
  #transfer = null;
  #speed = new Speed();
  #polling = new AbortController();
  // Counts the drafts: each creation repeats itself under a key of its own.
  #round = 0;

  /** @param {Partial<import("./keeper.js").Entry> & { file: File }} entry */
  constructor({ file, key = randomKey(), draft = null, metadata = {}, title = "", isPaused = false, isSent = false, isPublished = false }) {
    super();
    this.file = file;
    this.key = key;
    this.draft = draft;
    this.metadata = metadata;
    this.title = title;
    this.isSent = isSent;
    this.isPublished = isPublished;
    this.wasPaused = isPaused;
    this.text = interpolate(gettext("%(size)s · Starting…"), { size: size(file.size) });
  }

  get videoId() {
    return this.draft?.videoId ?? null;
  }

  get isUnfinished() {
    return UNFINISHED.has(this.state);
  }

  /** Hand the upload over to the next page of the site. */
  #keep() {
    const { key, file, draft, metadata, title, isSent, isPublished } = this;
    keep({ key, account, file, draft, metadata, title, isSent, isPublished, isPaused: this.state === "paused" });
  }

  #show(state, text) {
    this.state = state;
    this.text = text;
    if (["ready", "canceled"].includes(state) || this.isHopeless || this.isGone) drop(this.key);
    else this.#keep();
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** Note what the dialog saved. */
  describe({ title = this.title, isPublished = this.isPublished }) {
    this.title = title;
    this.isPublished = isPublished;
    if (this.isUnfinished || this.state === "processing") this.#keep();
    this.#changed();
  }

  /** Have a draft, so that the upload can be described and its turn may come. `isTurn`: it has come. */
  async prepare({ isTurn = false } = {}) {
    this.#keep();
    try {
      if (!this.draft) {
        const { draft, isResumed } = await prepareDraft({ file: this.file, metadata: this.metadata, key: `${this.key}-${this.#round}` });
        if (this.state === "canceled") {
          await forgetUpload(draft.url.split("/").pop());
          return;
        }
        Object.assign(this, { draft, isResumed });
        await this.#readTitle();
      }
      if (this.isSent) this.#follow();
      else if (this.wasPaused) this.#show("paused", gettext("Paused"));
      else this.#show("waiting", interpolate(gettext("%(size)s · Waiting for other uploads"), { size: size(this.file.size) }));
    } catch (error) {
      if (this.state === "canceled") return;
      // Too many unfinished uploads: some of them are before this one.
      if (error.status === 409 && !isTurn) this.#show("waiting", errorText(error));
      else this.#show("failed", errorText(error));
    }
  }

  async #readTitle() {
    const { data } = await api("GET", `/videos/${this.videoId}`);
    this.title = data.title;
  }

  /** Send what has not arrived yet. */
  async send() {
    if (!this.draft) await this.prepare({ isTurn: true });
    if (!this.draft || this.state !== "waiting") return;
    this.#show("sending", this.isResumed ? gettext("Resuming…") : sentText(0, this.file.size));
    this.#speed.reset();
    try {
      this.#transfer = await sendFile(this.file, this.draft, {
        progress: (sent, total) => this.#sent(sent, total),
        done: () => this.#follow(),
        failed: (error) => this.#failed(error),
        retrying: () => this.#retrying(),
      });
      // Paused or canceled while the client was loading.
      if (/** @type {string} */ (this.state) !== "sending") this.#transfer.pause();
    } catch {
      this.#failed(new Error(gettext("Couldn't start the upload. Reload the page and try again.")));
    }
  }

  #sent(sent, total) {
    if (this.state !== "sending") return;
    const speed = this.#speed.add(sent, performance.now());
    this.progress = total ? sent / total : 0;
    this.text = sent < total ? sentText(sent, total, speed) : gettext("Upload complete. Checking the file…");
    this.#changed();
  }

  #retrying() {
    if (this.state !== "sending") return;
    this.text = gettext("Connection lost. Trying again…");
    this.#changed();
  }

  /** @param {any} error */
  #failed(error) {
    if (this.state === "canceled") return;
    // Canceled in another tab, or expired: a retry starts from the beginning.
    if (error.status === 404) this.#forgetDraft();
    this.#show("failed", error.status === undefined ? error.message : errorText(error));
  }

  #forgetDraft() {
    this.draft = null;
    this.#round += 1;
  }

  async #follow() {
    this.isSent = true;
    this.progress = 0;
    this.#show("processing", gettext("Upload complete. You can close this page. Processing will continue."));
    const job = await followProcessing(this.videoId, (now) => {
      this.job = now;
      this.progress = now.progress ?? 0;
      this.text = processingText(now);
      this.#changed();
    }, this.#polling.signal);
    if (this.#polling.signal.aborted) return;
    this.isHopeless = job?.error?.retryable === false;
    this.isGone = job === null;
    if (job?.status === "ready") this.#show("ready", gettext("Ready to watch."));
    else if (job) this.#show("failed", job.error?.detail ?? gettext("Couldn't process this file."));
    else this.#show("failed", gettext("This video was deleted."));
  }

  /** Process the file again if it arrived; otherwise queue it again, to continue where it stopped. */
  async retry() {
    try {
      const { data } = this.isSent ? await api("GET", `/videos/${this.videoId}`) : { data: null };
      if (data?.status === "failed") {
        await api("POST", `/videos/${this.videoId}/retry`);
        this.#follow();
        return;
      }
    } catch (error) {
      if (error.status !== 404) {
        this.#show("failed", errorText(error));
        return;
      }
    }
    this.isSent = false;
    this.#show("preparing", gettext("Starting…"));
    await this.prepare();
  }

  pause() {
    this.#transfer?.pause();
    this.#show("paused", gettext("Paused"));
  }

  resume() {
    this.wasPaused = false;
    this.#speed.reset();
    if (!this.#transfer) {
      this.#show("waiting", gettext("Waiting for other uploads"));
      return;
    }
    this.#show("sending", gettext("Resuming…"));
    this.#transfer.resume();
  }

  /** Cancel the upload and delete its draft. */
  async cancel() {
    const had = this.draft;
    this.#transfer?.pause();
    this.#transfer = null;
    this.#forgetDraft();
    this.#show("canceled", gettext("Upload canceled."));
    try {
      if (had) await forgetUpload(had.url.split("/").pop());
    } catch {
      // The server removes unfinished uploads after a while.
    }
  }

  /** Delete the video. Rejects with an `ApiError`. */
  async delete() {
    this.#polling.abort();
    if (this.videoId) await api("DELETE", `/videos/${this.videoId}`);
    this.dismiss();
  }

  /** Leave the queue. What is processed goes on. */
  dismiss() {
    this.#polling.abort();
    drop(this.key);
    this.dispatchEvent(new Event("gone"));
  }
}
