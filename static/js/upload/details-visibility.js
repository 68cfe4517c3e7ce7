// Who may see the video, and when: the last choice of the upload dialog, with a sentence of what will happen.
import { ApiError } from "../api.js";
import { gettext, interpolate } from "../i18n.js";
import { dates } from "../locale.js";
import { clockTime, momentOf } from "../wall-clock.js";

const HOUR_MS = 3_600_000;
const moments = dates({ dateStyle: "medium", timeStyle: "short" });

const BUTTONS = { private: gettext("Save as private"), unlisted: gettext("Publish"), public: gettext("Publish"), schedule: gettext("Schedule") };
const OUTCOMES = {
  private: gettext("Only you can see this video."),
  unlisted: gettext("Anyone with the link can see this video once it's processed."),
  public: gettext("Everyone can see this video once it's processed."),
};

/** The choice of one form. */
export class Visibility {
  /** @param {any} form */
  constructor(form) {
    this.form = form;
    this.at = form.querySelector("[data-publish-at]");
    // A round time, tomorrow.
    this.at.value = clockTime(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + 24 * HOUR_MS);
    this.at.min = clockTime(Date.now());
    form.addEventListener("change", () => this.#show());
    this.#show();
  }

  get #chosen() {
    return this.form.elements.visibility.value;
  }

  #show() {
    this.form.querySelector("[data-schedule]").hidden = this.#chosen !== "schedule";
    this.form.querySelector("[data-publish]").textContent = BUTTONS[this.#chosen];
    this.form.querySelector("[data-outcome]").textContent = this.outcome();
  }

  /** Say what will happen. */
  outcome() {
    if (this.#chosen !== "schedule") return OUTCOMES[this.#chosen];
    if (!this.at.value) return gettext("Choose a date and time.");
    const time = moments.format(momentOf(this.at.value));
    return interpolate(gettext("Private now. Everyone can see this video from %(time)s, your time."), { time });
  }

  /** Throw the error of a schedule without a time. */
  requireTime() {
    if (this.#chosen !== "schedule" || this.at.value) return;
    const text = gettext("Choose a date and time.");
    throw new ApiError(400, { code: "invalid", detail: text, fields: { publish_at: [text] } });
  }

  /** Return the choice as the API takes it. */
  changes() {
    if (this.#chosen !== "schedule") return { visibility: this.#chosen };
    const at = new Date(momentOf(this.at.value)).toISOString();
    return { visibility: "private", publish_at: at, publish_visibility: "public" };
  }
}
