// Everything that the site stores in the browser: each key, who owns it, and how long it is kept. No other module uses
// localStorage or sessionStorage, except theme.js, which runs before modules can.

/**
 * @typedef {object} Entry
 * @property {string} owner "device" (everyone who uses this browser), "visitor" (not signed in) or "account": stored as
 *   `name@id` for an account, and under the plain name for visitors. Visitors' values are removed when somebody signs in
 *   or out
 * @property {string} life "kept" (until the browser's data is cleared), "owner" (until another account, or none, is
 *   seen), "tab" (the same, in the storage of one tab) or "<n> days"
 * @property {boolean} [untilSignOut] removed when the account signs out, at the latest
 * @property {boolean} [isText] stored as it is, and not as JSON
 * @property {boolean} [isForeign] written by a library in its own format
 */

/**
 * Every key by name. A name that ends with ":" is followed by a part of its own, such as a subject.
 *
 * @type {Record<string, Entry>}
 */
export const KEYS = {
  // The account that was seen last in this browser, and in this tab: its id, "" for a visitor.
  account: { owner: "device", life: "kept", isText: true },
  "tab-account": { owner: "device", life: "tab", isText: true },
  // Read by theme.js as well.
  theme: { owner: "device", life: "kept", isText: true },
  nav: { owner: "device", life: "kept", isText: true },
  theatre: { owner: "device", life: "kept", isText: true },
  // The framework whose examples the developer guide shows.
  framework: { owner: "device", life: "kept", isText: true },
  // Volume, mute and speed; the player's switches; the look of captions.
  player: { owner: "device", life: "kept" },
  playback: { owner: "device", life: "kept" },
  captions: { owner: "device", life: "kept" },
  // The caption track and the audio language that were chosen.
  "caption-track": { owner: "account", life: "kept" },
  "sound-language": { owner: "account", life: "kept" },
  // Where a visitor left each video, finished ones too. An account's positions are on the server.
  positions: { owner: "visitor", life: "owner" },
  // The position that the server has not confirmed, the videos played, the address to continue at, the unread count.
  "player-unsent": { owner: "account", life: "tab" },
  "player-played": { owner: "account", life: "tab" },
  "player-continue": { owner: "account", life: "tab" },
  unread: { owner: "account", life: "tab" },
  // Whether the offer to turn on notifications of this browser was dismissed.
  "push-offer": { owner: "account", life: "kept" },
  // Unsent text by form; a visitor's unsent comment on the way to the sign-in page.
  "draft:": { owner: "account", life: "14 days", untilSignOut: true },
  "draft-handover": { owner: "device", life: "tab" },
  // Unfinished uploads: tus-js-client writes these; the account's id is in the key (upload/transfer.js).
  "tus::": { owner: "account", life: "30 days", isForeign: true },
};

// Keys of earlier versions.
const RETIRED = ["media-chrome-pref-subtitles-lang"];
const DAY_MS = 86_400_000;
const IS_ACCOUNTS = /@[0-9A-Za-z]+$/;

/**
 * Return the storage for a `life`, or null where the browser denies it: a frame on another site may not even name it.
 *
 * @param {string} life
 * @returns {any}
 */
function storageOf(life) {
  try {
    return life === "tab" ? sessionStorage : localStorage;
  } catch {
    return null;
  }
}

const local = storageOf("kept");
const tab = storageOf("tab");
const page = document.querySelector('meta[name="account"]');

/**
 * The id of the account that this page was made for, "" for a visitor. A page in a frame does not know: it takes the one
 * that the browser saw last.
 *
 * @type {string}
 */
export const account = page ? page.content : local?.getItem("account") ?? "";

/** Whether nobody has signed in or out in this browser since this page was made. */
export function isCurrent() {
  return (local?.getItem("account") ?? account) === account;
}

/** @param {Entry} entry */
const daysOf = ({ life }) => Number(/^(\d+) days$/.exec(life)?.[1]) || 0;

/**
 * Return the name in `KEYS` that a stored key belongs to, if any.
 *
 * @param {string} key
 * @returns {any}
 */
function nameOf(key) {
  const plain = key.split("@")[0];
  return Object.hasOwn(KEYS, plain) ? plain : Object.keys(KEYS).find((name) => name.endsWith(":") && key.startsWith(name));
}

/** One stored value. Without storage, reads return the fallback and writes do nothing. */
class Value {
  #key;
  #entry;
  #storage;

  /**
   * @param {string} name
   * @param {string} part
   */
  constructor(name, part) {
    this.#entry = KEYS[name];
    this.#storage = storageOf(this.#entry.life);
    const isAccounts = this.#entry.owner === "account" && account;
    this.#key = `${name}${part}${isAccounts ? `@${account}` : ""}`;
  }

  /** Whether somebody has signed in or out since: a page that was left open must not write for whoever came after. */
  get #isStale() {
    const { owner, life } = this.#entry;
    if (owner === "device" || life === "tab") return false;
    return (life === "owner" || !account) && !isCurrent();
  }

  /** Whether the value is a visitor's and the page an account's. */
  get #isAbsent() {
    return this.#entry.owner === "visitor" && account !== "";
  }

  /**
   * Return the value, or `fallback` when there is none that can be read.
   *
   * @param {any} [fallback]
   * @returns {any}
   */
  read(fallback) {
    try {
      const stored = this.#isAbsent ? null : this.#storage.getItem(this.#key);
      if (stored === null || this.#entry.isText) return stored ?? fallback;
      const value = JSON.parse(stored);
      if (!daysOf(this.#entry)) return value ?? fallback;
      return isExpired(value.at, this.#entry) ? fallback : value.value;
    } catch {
      return fallback;
    }
  }

  /** @param {any} value */
  write(value) {
    try {
      if (this.#isAbsent || this.#isStale) return;
      const kept = daysOf(this.#entry) ? { value, at: Date.now() } : value;
      this.#storage.setItem(this.#key, this.#entry.isText ? kept : JSON.stringify(kept));
    } catch {
      // Without storage, or with a full one, the value lasts as long as this page.
    }
  }

  /** Remove the value. */
  remove() {
    try {
      this.#storage.removeItem(this.#key);
    } catch {
      // Without storage there is nothing to remove.
    }
  }
}

/**
 * Return the stored value `name` of `KEYS`; `part` follows a name that ends with ":".
 *
 * @param {string} name
 */
export function stored(name, part = "") {
  return new Value(name, part);
}

/**
 * Keep the newest values whose key starts with `name`, at most `most` of them with at most `length` characters in total.
 *
 * @param {string} name
 * @param {{ most: number, length: number }} limits
 */
export function keepNewest(name, { most, length }) {
  const keys = Object.keys(local ?? {}).filter((key) => key.startsWith(name));
  /** @param {string} key */
  const atOf = (key) => {
    try {
      return JSON.parse(local.getItem(key)).at || 0;
    } catch {
      return 0;
    }
  };
  const newest = keys.map((key) => [atOf(key), key]).sort(([one], [other]) => other - one);
  let sum = 0;
  newest.forEach(([, key], index) => {
    sum += local.getItem(key).length;
    if (index >= most || sum > length) local.removeItem(key);
  });
}

/**
 * Remove the values whose key starts with `name` and whose text fulfils `wanted`.
 *
 * @param {string} name
 * @param {(text: string) => boolean} wanted
 */
export function removeWhere(name, wanted) {
  for (const key of Object.keys(local ?? {})) {
    if (key.startsWith(name) && wanted(local.getItem(key) ?? "")) local.removeItem(key);
  }
}

/**
 * @param {string | number} at when the value was written
 * @param {Entry} entry
 */
function isExpired(at, entry) {
  const days = daysOf(entry);
  return days > 0 && !(Date.now() - new Date(at).getTime() < days * DAY_MS);
}

/**
 * @param {string} text
 * @param {Entry} entry
 */
function isFresh(text, entry) {
  try {
    const value = JSON.parse(text);
    return !isExpired(value.at ?? value.creationTime, entry);
  } catch {
    return false;
  }
}

/**
 * Whether a stored key is kept when `account` follows another one.
 *
 * @param {string} key
 * @param {Entry} entry
 */
function outlivesChange(key, { owner, life, isForeign }) {
  if (owner === "device" || isForeign) return true;
  if (account && key.endsWith(`@${account}`)) return true;
  return life !== "owner" && life !== "tab" && IS_ACCOUNTS.test(key);
}

/**
 * Remove expired values and, after a change of account, those of the account before.
 *
 * @param {Storage} storage
 * @param {{ isChange: boolean }} options
 */
function sweep(storage, { isChange }) {
  for (const key of Object.keys(storage)) {
    const entry = KEYS[nameOf(key)];
    if (!entry) continue;
    const isOld = daysOf(entry) > 0 && !isFresh(storage.getItem(key) ?? "", entry);
    if (isOld || (isChange && !outlivesChange(key, entry))) storage.removeItem(key);
  }
}

/** Give values that earlier versions stored without an owner to the current account, and remove the rest. */
function adopt() {
  for (const [name, { owner, life }] of Object.entries(KEYS)) {
    const value = owner === "account" && life === "kept" && account ? local.getItem(name) : null;
    if (value !== null) local.setItem(`${name}@${account}`, value);
  }
  for (const name of [...RETIRED, "positions"]) local.removeItem(name);
}

/**
 * Remove the values of the account before when this page belongs to another one. `marker` is the key that says whose
 * values `storage` holds.
 *
 * @param {Storage} storage
 * @param {string} marker
 */
function changeOwner(storage, marker) {
  const before = storage.getItem(marker);
  if (before === account) return;
  if (before === null && storage === local) adopt();
  sweep(storage, { isChange: before !== null || account !== "" });
  storage.setItem(marker, account);
}

try {
  if (page) {
    changeOwner(local, "account");
    if (tab.getItem("tab-account") === null) sweep(local, { isChange: false });
    changeOwner(tab, "tab-account");
  }
} catch {
  // Without storage there is nothing to remove.
}

/**
 * Remove the values that do not outlive an account's sign-out.
 *
 * @param {string} mark the account's id
 */
function removeSignedOut(mark) {
  for (const key of Object.keys(local ?? {})) {
    if (key.endsWith(`@${mark}`) && KEYS[nameOf(key)]?.untilSignOut) local.removeItem(key);
  }
}

const signedOut = globalThis.streamsiteAccount?.signedOut();
if (signedOut) {
  removeSignedOut(signedOut);
  globalThis.streamsiteAccount?.forgetSignedOut();
}

// A form that deletes something on the server may name the stored values to remove: <form data-forgets="positions">.
document.addEventListener("submit", (event) => {
  for (const name of event.target?.dataset?.forgets?.split(" ") ?? []) stored(name).remove();
});
