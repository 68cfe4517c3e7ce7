// Controls a player in a frame of this page by the messages of protocol.js.

const CONTEXT = "player.js";
const VERSION = "0.0.11";

/** Sends commands to a player and receives its events. Commands wait until the player is ready. */
export class FrameClient {
  #frame;
  #queue = [];
  #answers = new Map();
  #handlers = new Map();
  #isReady = false;
  #count = 0;

  /** `frame` shows pages of this origin. Each document it loads is subscribed to the events again. */
  constructor(frame) {
    this.#frame = frame;
    addEventListener("message", (event) => this.#receive(event));
  }

  get isReady() {
    return this.#isReady;
  }

  /** Prepare for another document: questions to the last one are no longer answered. */
  expectAnother() {
    this.#isReady = false;
    this.#queue = [];
    this.#answers.clear();
  }

  /** Call `handler(value)` on each `event`; "ready" fires once per document. */
  on(event, handler) {
    this.#handlers.set(event, handler);
    if (this.#isReady) this.#send({ method: "addEventListener", value: event });
  }

  /** Call a method once the player is ready. */
  call(method, value) {
    this.#enqueue({ method, value });
  }

  /** Call a method and resolve to its answer. Never resolves when the document is replaced before. */
  ask(method, value) {
    return new Promise((resolve) => {
      const listener = `${method}-${(this.#count += 1)}`;
      this.#answers.set(listener, resolve);
      this.#enqueue({ method, value, listener });
    });
  }

  #enqueue(message) {
    if (this.#isReady) this.#send(message);
    else this.#queue.push(message);
  }

  #send(fields) {
    this.#frame.contentWindow.postMessage(JSON.stringify({ context: CONTEXT, version: VERSION, ...fields }), location.origin);
  }

  #receive(event) {
    if (event.source !== this.#frame.contentWindow || event.origin !== location.origin) return;
    const { context, event: name, value, listener } = JSON.parse(event.data);
    if (context !== CONTEXT) return;
    if (this.#answers.has(listener)) {
      this.#answers.get(listener)(value);
      this.#answers.delete(listener);
      return;
    }
    if (name === "ready") this.#begin();
    this.#handlers.get(name)?.(value);
  }

  #begin() {
    if (this.#isReady) return;
    this.#isReady = true;
    for (const name of this.#handlers.keys()) {
      if (name !== "ready") this.#send({ method: "addEventListener", value: name });
    }
    for (const message of this.#queue.splice(0)) this.#send(message);
  }
}
