// The frame's side of the player.js protocol (https://github.com/embedly/player.js, version 0.0.11): messages from the
// page around the frame, answers and events to it. docs/embedding.md describes it for users.

const CONTEXT = "player.js";
const VERSION = "0.0.11";
const MAX_LISTENERS = 200;
export const METHOD_NOT_SUPPORTED = 2;

/** Whether a list of domains (see videos/embed_domains.py) has the host; an empty list has every host. */
export function allowsHost(domains, host) {
  if (!domains.length) return true;
  return domains.some((name) => (name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name));
}

/** The origin of the page around the frame, "" when the browser doesn't tell. */
function parentOrigin() {
  const told = location.ancestorOrigins?.[0];
  if (told) return told === "null" ? "" : told;
  try {
    return new URL(document.referrer).origin;
  } catch {
    return "";
  }
}

function parse(data) {
  if (data !== null && typeof data === "object") return data;
  try {
    return JSON.parse(data) ?? {};
  } catch {
    return {};
  }
}

export class Receiver {
  #methods;
  #events;
  #domains;
  #listeners = [];
  #isReady = false;
  #failure = null;

  /**
   * `methods` maps names to functions of the message's value; what they return (or its promise resolves to) is the
   * answer. `events` are the names that can be listened to, `domains` the hosts that may send messages, all when empty.
   */
  constructor({ methods, events, domains = [] }) {
    this.#methods = methods;
    this.#events = events;
    this.#domains = domains;
    if (window.parent === window) return;
    addEventListener("message", (event) => this.#receive(event));
  }

  /** Tells the page that commands are understood from now on. Carries nothing that the page doesn't know. */
  ready() {
    this.#isReady = true;
    if (window.parent === window) return;
    const origin = parentOrigin();
    if (origin && !this.#isTrusted(origin)) return;
    this.#post(origin || "*", { event: "ready", value: this.#supported() });
  }

  /** Tells everyone who listens for `event`. */
  emit(event, value) {
    for (const { name, listener, origin } of this.#listeners) {
      if (name === event) this.#post(origin, { event, value, listener });
    }
  }

  /** Tells of an error, also those who listen for errors later, until `recover`. */
  fail(value) {
    this.#failure = value;
    this.emit("error", value);
  }

  recover() {
    this.#failure = null;
  }

  #supported() {
    const methods = ["addEventListener", "removeEventListener", ...Object.keys(this.#methods)];
    return { src: location.href, events: this.#events, methods };
  }

  // A page without an origin of its own (a sandbox, a local file) could only be answered with "*".
  #isTrusted(origin) {
    if (origin === "null") return false;
    return origin === location.origin || allowsHost(this.#domains, new URL(origin).hostname);
  }

  #post(origin, fields) {
    window.parent.postMessage(JSON.stringify({ context: CONTEXT, version: VERSION, ...fields }), origin);
  }

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

  #listen(name, listener, origin) {
    if (!this.#events.includes(name) || this.#listeners.length >= MAX_LISTENERS) return;
    this.#listeners.push({ name, listener, origin });
    if (name === "ready" && this.#isReady) this.#post(origin, { event: "ready", value: this.#supported(), listener });
    if (name === "error" && this.#failure) this.#post(origin, { event: "error", value: this.#failure, listener });
  }

  #forget(name, listener, origin) {
    this.#listeners = this.#listeners.filter(
      (one) => one.name !== name || one.origin !== origin || (listener !== undefined && one.listener !== listener),
    );
  }

  #refuse(method, origin) {
    const value = { code: METHOD_NOT_SUPPORTED, msg: `Method not supported: "${method.slice(0, 80)}"` };
    for (const { name, listener, origin: to } of this.#listeners) {
      if (name === "error" && to === origin) this.#post(to, { event: "error", value, listener });
    }
  }
}
