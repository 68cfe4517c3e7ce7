// The screen laid over the frame when there is nothing to play: why, and what can be done.

export class StateScreen {
  #root;
  #action = null;

  constructor(root) {
    this.#root = root;
    this.#part("action").addEventListener("click", () => this.#action?.());
  }

  #part(name) {
    return this.#root.querySelector(`[data-state-${name}]`);
  }

  /**
   * `action` is `{ label, run }`; `progress` a number from 0 to 1; `isHopeless` offers the owner another file instead of
   * another try. What is left out is not shown.
   */
  show({ title, text, action, progress, isHopeless = false }) {
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

  hide() {
    this.#root.hidden = true;
  }
}
