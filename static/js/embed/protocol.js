// The frame's side of the player.js protocol (https://github.com/embedly/player.js, version 0.0.11): commands from the
// page around the frame, answers and events to it. docs/embedding.md documents it for users.

const CONTEXT = "player.js";
const VERSION = "0.0.11";
const MAX_LISTENERS = 200;
export const METHOD_NOT_SUPPORTED = 2;

/**
 * Whether a list of domains (see videos/embed_allowlist.py) contains the host. An empty list contains every host.
 *
 * @param {string[]} domains
 * @param {string} host
 */
export function allowsHost(domains, host) {
  if (!domains.length) return true;
  return domains.some((name) => (name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name));
}

/** Return the origin of the page around the frame, or "" when the browser doesn't tell. */
function parentOrigin() {
  const told = location.ancestorOrigins?.[0];
  if (told) return told === "null" ? "" : told;
  try {
    return new URL(document.referrer).origin;
  } catch {
    return "";
  }
}

/**
 * Return a message's fields, or an empty object for what is no message.
 *
 * @param {any} data
 * @returns {{ context?: string, method?: unknown, value?: any, listener?: any }}
 */
function parse(data) {
  if (data !== null && typeof data === "object") return data;
  try {
    return JSON.parse(data) ?? {};
  } catch {
    return {};
  }
}

/** Receives commands from the page around the frame and sends it answers and events. */
export class Receiver {
  /** @type {Record<string, (value: any) => unknown>} */
  #methods;
  /** @type {string[]} */
  #events;
  /** @type {string[]} */
  #domains;
  /** @type {{ name: string, listener: any, origin: string }[]} */
  #listeners = [];
  #isReady = false;
  /** @type {object | null} */
  #failure = null;

  /**
   * @param {object} options
   * @param {Record<string, (value: any) => unknown>} options.methods functions of the message's value, by name; what
   *   they return, or what their promise resolves to, is the answer
   * @param {string[]} options.events the names that can be listened to
   * @param {string[]} [options.domains] the hosts that may send messages; all of them when empty
   */
  constructor({ methods, events, domains = [] }) {
    this.#methods = methods;
    this.#events = events;
    this.#domains = domains;
    if (window.parent === window) return;
    addEventListener("message", (event) => this.#receive(event));
  }

  /** Tell the page that commands are accepted from now on. The message contains nothing that the page doesn't know. */
  ready() {
    this.#isReady = true;
    if (window.parent === window) return;
    const origin = parentOrigin();
    if (origin && !this.#isTrusted(origin)) return;
    this.#post(origin || "*", { event: "ready", value: this.#supported() });
  }

  /**
   * Send `event` to everyone who listens for it.
   *
   * @param {string} event
   * @param {unknown} [value]
   */
  emit(event, value) {
    for (const { name, listener, origin } of this.#listeners) {
      if (name === event) this.#post(origin, { event, value, listener });
    }
  }

  /**
   * Report an error, also to those who start to listen for errors later, until `recover`.
   *
   * @param {object} value
   */
  fail(value) {
    this.#failure = value;
    this.emit("error", value);
  }

  /** Forget the last error. */
  recover() {
    this.#failure = null;
  }

  #supported() {
    const methods = ["addEventListener", "removeEventListener", ...Object.keys(this.#methods)];
    return { src: location.href, events: this.#events, methods };
  }

  /**
   * Whether messages of `origin` are accepted. A page without an origin of its own (a sandbox, a local file) is not: it
   * could be answered only with "*".
   *
   * @param {string} origin
   */
  #isTrusted(origin) {
    if (origin === "null") return false;
    return origin === location.origin || allowsHost(this.#domains, new URL(origin).hostname);
  }

  /**
   * @param {string} origin
   * @param {object} fields
   */
  #post(origin, fields) {
    window.parent.postMessage(JSON.stringify({ context: CONTEXT, version: VERSION, ...fields }), origin);
  }

  /** @param {MessageEvent} event */
  async #receive(event) {
    if (event.source !== window.parent || !this.#isTrusted(event.origin)) return;
    const { context, method, value, listener } = parse(event.data);
    if (context !== CONTEXT || typeof method !== "string") return;
    if (method === "addEventListener") this.#listen(value, listener, event.origin);
    else if (method === "removeEventListener") this.#forget(value, listener, event.origin);
    else if (!Object.hasOwn(this.#methods, method)) this.#refuse(method, event.origin);
    else {
      const answer = await this.#methods[method](value);
      if (answer !== undefined) this.#post(event.origin, { event: method, value: answer, listener });
    }
  }

  /**
   * @param {string} name
   * @param {any} listener
   * @param {string} origin
   */
  #listen(name, listener, origin) {
    if (!this.#events.includes(name) || this.#listeners.length >= MAX_LISTENERS) return;
    this.#listeners.push({ name, listener, origin });
    if (name === "ready" && this.#isReady) this.#post(origin, { event: "ready", value: this.#supported(), listener });
    if (name === "error" && this.#failure) this.#post(origin, { event: "error", value: this.#failure, listener });
  }

  /**
   * @param {string} name
   * @param {any} listener
   * @param {string} origin
   */
  #forget(name, listener, origin) {
    this.#listeners = this.#listeners.filter(
      (one) => one.name !== name || one.origin !== origin || (listener !== undefined && one.listener !== listener),
    );
  }

  /**
   * @param {string} method
   * @param {string} origin
   */
  #refuse(method, origin) {
    const value = { code: METHOD_NOT_SUPPORTED, msg: `Method not supported: "${method.slice(0, 80)}"` };
    for (const { name, listener, origin: to } of this.#listeners) {
      if (name === "error" && to === origin) this.#post(to, { event: "error", value, listener });
    }
  }
}
