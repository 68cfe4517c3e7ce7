// The message laid over the player when there is nothing to play.

/** Shows why nothing plays and what the viewer can do. */
export class MessageScreen {
  /** @type {HTMLElement} */
  #root;
  /** @type {(() => void) | null} */
  #action = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#part("action").addEventListener("click", () => this.#action?.());
  }

  /**
   * @param {string} name
   * @returns {any}
   */
  #part(name) {
    return this.#root.querySelector(`[data-state-${name}]`);
  }

  /**
   * Show a message. Parts that are left out are not shown.
   *
   * @param {object} message
   * @param {string} message.title
   * @param {string} message.text
   * @param {{ label: string, run: () => void }} [message.action]
   * @param {number} [message.progress] from 0 to 1
   * @param {boolean} [message.isHopeless] offer the owner another file instead of another try
   * @param {boolean} [message.isUnsupported] this browser can play no video of the site
   */
  show({ title, text, action, progress, isHopeless = false, isUnsupported = false }) {
    this.#root.toggleAttribute("data-unsupported", isUnsupported);
    this.#part("title").textContent = title;
    this.#part("text").textContent = text;
    const bar = this.#part("progress");
    if (bar) {
      bar.hidden = progress === undefined;
      if (progress !== undefined) bar.value = progress;
    }
    const hopeless = this.#part("hopeless");
    if (hopeless) hopeless.hidden = !isHopeless;
    this.#action = action?.run ?? null;
    this.#part("action").hidden = !action;
    if (action) this.#part("action").textContent = action.label;
    this.#root.hidden = false;
  }

  /** Hide the message. */
  hide() {
    this.#root.hidden = true;
  }
}
