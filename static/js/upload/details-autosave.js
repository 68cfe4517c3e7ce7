// Saves the fields of the upload dialog to the draft while they are written, so that nothing is lost at a reload.
import { api, csrfToken, errorText } from "../api.js";
import { gettext } from "../i18n.js";

const WAIT_MS = 700;
const FIELDS = ["title", "description", "tags", "category", "language", "license", "is_sensitive", "allow_comments"];

/** Return the value of a field as the API takes it. */
function valueOf(field) {
  if (field.type === "checkbox") return field.checked;
  if (field.name === "tags") return field.value.split(",").map((tag) => tag.trim()).filter(Boolean);
  return field.value;
}

/** The changes of one form that are not saved yet. */
export class Autosave {
  #timer = 0;
  /** @type {Record<string, any>} */
  #changes = {};
  /** @type {Promise<any>} */
  #last = Promise.resolve();

  /**
   * @param {import("./item.js").UploadItem} item
   * @param {any} form
   * @param {(error: any) => void} onProblem
   */
  constructor(item, form, onProblem) {
    this.item = item;
    this.form = form;
    this.onProblem = onProblem;
    this.status = form.querySelector("[data-saved]");
    const note = (event) => this.#note(event.target);
    form.addEventListener("input", note);
    form.addEventListener("change", note);
    this.leave = () => this.flush({ keepalive: true });
    addEventListener("pagehide", this.leave);
  }

  #note(field) {
    if (!FIELDS.includes(field.name)) return;
    this.#changes[field.name] = valueOf(field);
    this.status.textContent = gettext("Saving…");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), WAIT_MS);
  }

  /** Take the changes that can be saved: a draft always has a title. */
  #take() {
    clearTimeout(this.#timer);
    const changes = this.#changes;
    this.#changes = {};
    if (changes.title !== undefined && !changes.title.trim()) delete changes.title;
    return changes;
  }

  /** Save what was typed just now. */
  async flush({ keepalive = false } = {}) {
    const json = this.#take();
    if (!Object.keys(json).length) return;
    if (keepalive) {
      fetch(`/api/v1/videos/${this.item.videoId}`, {
        method: "PATCH",
        keepalive: true,
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
        body: JSON.stringify(json),
      }).catch(() => {});
      return;
    }
    try {
      await this.#patch(json);
      this.onProblem(null);
      if (!Object.keys(this.#changes).length) this.status.textContent = gettext("Saved");
    } catch (error) {
      // Tried again with the next change, and when the video is published.
      this.#changes = { ...json, ...this.#changes };
      this.status.textContent = error.status === 0 ? errorText(error) : gettext("Not saved");
      if (error.status !== 0) this.onProblem(error);
    }
  }

  /** Send changes one after the other, so that an older one does not arrive last. */
  #patch(json) {
    this.#last = this.#last.catch(() => {}).then(() => api("PATCH", `/videos/${this.item.videoId}`, { json }));
    return this.#last.then(({ data }) => {
      this.item.describe({ title: data.title });
      return data;
    });
  }

  /**
   * Save everything together with `more`. Return the video. Rejects with an `ApiError`.
   *
   * @param {Record<string, any>} more
   */
  async send(more) {
    this.#take();
    const fields = FIELDS.map((name) => this.form.elements[name]).filter(Boolean);
    const json = { ...Object.fromEntries(fields.map((field) => [field.name, valueOf(field)])), ...more };
    try {
      const data = await this.#patch(json);
      removeEventListener("pagehide", this.leave);
      return data;
    } catch (error) {
      this.#changes = { ...json, ...this.#changes };
      for (const name of Object.keys(more)) delete this.#changes[name];
      throw error;
    }
  }
}
