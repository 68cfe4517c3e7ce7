// One row of the queue: from the waiting file to the finished video.
import { api, inWords } from "../api.js";
import { followProcessing, showSteps, STATUS_WORDS } from "../processing.js";
import { randomKey, sendFile } from "./transfer.js";
import { size, span, titleOf } from "./words.js";

export class UploadItem {
  /** `links` holds the watch and edit addresses' prefixes; `onIdle` is called when the transfer is over. */
  constructor(file, visibility, template, { links, onIdle }) {
    this.file = file;
    this.visibility = visibility;
    this.links = links;
    this.onIdle = onIdle;
    this.state = "waiting";
    this.video = null;
    this.key = randomKey();
    this.polling = new AbortController();
    this.element = template.content.firstElementChild.cloneNode(true);
    this.#wire();
    this.#show("waiting", `${size(file.size)}, waiting for its turn.`);
  }

  get isUnfinished() {
    return this.state === "waiting" || this.state === "sending";
  }

  #part(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  #wire() {
    const title = this.#part("title");
    title.value = titleOf(this.file.name);
    title.id = `title-${this.key}`;
    this.#part("title-label").htmlFor = title.id;
    this.#part("title-label").textContent = `Title of ${this.file.name}`;
    this.#part("progress").setAttribute("aria-label", `Progress of ${this.file.name}`);
    title.addEventListener("change", () => this.#saveTitle());
    this.#part("cancel").addEventListener("click", () => this.cancel());
    this.#part("retry").addEventListener("click", () => this.#retry());
  }

  #show(state, text, badge = { waiting: "Waiting", sending: "Uploading", cancelled: "Cancelled", failed: "Failed" }[state]) {
    this.state = state;
    this.element.dataset.state = state;
    this.#part("text").textContent = text;
    this.#part("badge").textContent = badge;
    this.#part("badge").dataset.status = { sending: "uploading", failed: "failed", ready: "ready", processing: "processing" }[state] ?? "";
    this.#part("cancel").hidden = !this.isUnfinished;
    this.#part("retry").hidden = state !== "failed" && state !== "cancelled";
    this.#part("progress").hidden = ["ready", "failed", "cancelled"].includes(state);
  }

  /** The draft title is what the video gets; a later change is sent on its own. */
  async #saveTitle() {
    const title = this.#part("title").value.trim();
    if (!this.video || !title || title === this.video.title) return;
    try {
      const { data } = await api("PATCH", `/videos/${this.video.id}`, { json: { title } });
      this.video = data;
    } catch (error) {
      this.#part("text").textContent = `The title was not saved: ${inWords(error)}`;
    }
  }

  async send() {
    const started = performance.now();
    this.#show("sending", `0 of ${size(this.file.size)}`);
    // A repeated attempt with the same key must send the same words, or the server refuses it.
    this.sentTitle ??= this.#part("title").value.trim() || titleOf(this.file.name);
    this.transfer = sendFile({ file: this.file, title: this.sentTitle, visibility: this.visibility, key: this.key }, (sent, total) => {
      this.#part("progress").value = sent / total;
      const left = ((performance.now() - started) / 1000 / sent) * (total - sent);
      this.#part("text").textContent = sent < total
        ? `${size(sent)} of ${size(total)}, ${span(left)} left`
        : "All sent. The server is checking the file.";
    });
    try {
      this.video = await this.transfer.done;
    } catch (error) {
      if (error.name === "AbortError") this.#show("cancelled", "Cancelled. Nothing was kept.");
      else this.#show("failed", inWords(error));
      if (error.status) {
        this.key = randomKey();
        this.sentTitle = undefined;
      }
      return;
    } finally {
      this.onIdle();
    }
    this.#offerLinks();
    this.#saveTitle();
    this.#follow();
  }

  #offerLinks() {
    this.#part("edit").href = this.links.edit + this.video.id;
    this.#part("edit").hidden = false;
    this.#part("watch").href = this.links.watch + this.video.id;
  }

  async #follow() {
    this.#show("processing", "Uploaded. You may leave this page; processing goes on.", "Processing");
    this.#part("progress").value = 0;
    const job = await followProcessing(this.video.id, (now) => {
      this.#part("progress").value = now.progress ?? 0;
      this.#part("badge").textContent = STATUS_WORDS[now.status] ?? now.status;
      this.#part("text").textContent = `Uploaded. Processing is ${Math.round((now.progress ?? 0) * 100)} % done; you may leave this page.`;
      showSteps(this.#part("steps"), now.steps ?? []);
    }, this.polling.signal);
    if (job?.status === "ready") {
      this.#show("ready", "Ready to watch.", "Ready");
      this.#part("watch").hidden = false;
    } else if (job?.status === "failed") {
      this.#show("failed", job.error?.detail ?? "The file could not be processed.");
    } else if (!this.polling.signal.aborted) {
      this.#show("failed", "This video was removed.");
      this.#part("retry").hidden = true;
    }
  }

  /** A file that arrived is processed anew; one that did not is queued again. */
  async #retry() {
    if (!this.video) {
      this.#show("waiting", "Waiting for its turn.");
      this.onIdle();
      return;
    }
    try {
      await api("POST", `/videos/${this.video.id}/retry`);
      this.#follow();
    } catch (error) {
      this.#show("failed", inWords(error));
    }
  }

  cancel() {
    if (this.state === "sending") this.transfer.cancel();
    else if (this.state === "waiting") this.#show("cancelled", "Cancelled.");
  }
}
