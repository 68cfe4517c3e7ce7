// Everything that the site keeps in the browser: each key, who owns it, and how long it lives. No other module touches
// localStorage or sessionStorage, except theme.js, which runs before modules can.

/**
 * Every key by name. A name that ends with ":" is followed by a part of its own, such as a subject.
 *
 * `owner` is "device" (everybody who uses this browser), "visitor" (whoever is not signed in) or "account": stored as
 * `name@id` for an account, and under the plain name for visitors. What belongs to visitors is removed as soon as
 * somebody logs in or out.
 * `life` is "kept" (until the browser's data is cleared), "owner" (until another account, or none, is seen), "tab" (the
 * same, in the storage of one tab) or "<n> days". `untilSignOut`: and not longer than until the account signs out.
 * `isText` marks a value that is stored as it is, and not as JSON; `isForeign` what a library writes in its own way.
 */
export const KEYS = {
  // Who was seen last in this browser, and in this tab: an account's id, "" for a visitor.
  account: { owner: "device", life: "kept", isText: true },
  "tab-account": { owner: "device", life: "tab", isText: true },
  // Read by theme.js as well.
  theme: { owner: "device", life: "kept", isText: true },
  nav: { owner: "device", life: "kept", isText: true },
  theatre: { owner: "device", life: "kept", isText: true },
  // Volume, mute and speed; switches of the player; how captions look.
  player: { owner: "device", life: "kept" },
  playback: { owner: "device", life: "kept" },
  captions: { owner: "device", life: "kept" },
  // Languages that were chosen.
  "caption-track": { owner: "account", life: "kept" },
  "sound-language": { owner: "account", life: "kept" },
  // Where a visitor left each video, also those seen to their end. An account's positions are on the server.
  positions: { owner: "visitor", life: "owner" },
  // The position that the server has not confirmed, the videos shown, the one to go on with, the unread notifications.
  "player-unsent": { owner: "account", life: "tab" },
  "player-played": { owner: "account", life: "tab" },
  "player-continue": { owner: "account", life: "tab" },
  unread: { owner: "account", life: "tab" },
  // What was typed and not sent, by form; a visitor's, on the way to the page where one signs in.
  "draft:": { owner: "account", life: "14 days", untilSignOut: true },
  "draft-handover": { owner: "device", life: "tab" },
  // Unfinished uploads: tus-js-client writes these; the account's name is in the key (upload/transfer.js).
  "tus::": { owner: "account", life: "30 days", isForeign: true },
};

// Keys of earlier versions.
const RETIRED = ["media-chrome-pref-subtitles-lang"];
const DAY_MS = 86_400_000;
const IS_ACCOUNTS = /@[0-9A-Za-z]+$/;

/** The storage of a life, null where the browser denies it: a frame on another site may not even name it. */
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

/** The id of the account that this page was made for, "" for a visitor. A frame does not know, and takes the browser's word. */
export const account = page ? page.content : local?.getItem("account") ?? "";

/** Whether nobody logged in or out in this browser since this page was made. */
export function isCurrent() {
  return (local?.getItem("account") ?? account) === account;
}

const daysOf = ({ life }) => Number(/^(\d+) days$/.exec(life)?.[1]) || 0;

/** The registered name that a stored key belongs to, if any. */
function nameOf(key) {
  const plain = key.split("@")[0];
  return Object.hasOwn(KEYS, plain) ? plain : Object.keys(KEYS).find((name) => name.endsWith(":") && key.startsWith(name));
}

/** One stored value. Without storage reads give the fallback and writes do nothing. */
class Value {
  #key;
  #entry;
  #storage;

  constructor(name, part) {
    this.#entry = KEYS[name];
    this.#storage = storageOf(this.#entry.life);
    const isAccounts = this.#entry.owner === "account" && account;
    this.#key = `${name}${part}${isAccounts ? `@${account}` : ""}`;
  }

  /** A page that was left open while somebody logged in or out must not write for whoever came after. */
  get #isStale() {
    const { owner, life } = this.#entry;
    if (owner === "device" || life === "tab") return false;
    return (life === "owner" || !account) && !isCurrent();
  }

  get #isAbsent() {
    return this.#entry.owner === "visitor" && account !== "";
  }

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

  write(value) {
    try {
      if (this.#isAbsent || this.#isStale) return;
      const kept = daysOf(this.#entry) ? { value, at: Date.now() } : value;
      this.#storage.setItem(this.#key, this.#entry.isText ? kept : JSON.stringify(kept));
    } catch {
      // Without storage, or with a full one, it is remembered for this page only.
    }
  }

  remove() {
    try {
      this.#storage.removeItem(this.#key);
    } catch {
      // There is nothing then.
    }
  }
}

/** The stored value called `name`, with its own `part` behind a name that ends with ":". `{ read, write, remove }`. */
export function stored(name, part = "") {
  return new Value(name, part);
}

/** Keep the newest of this browser's values called `name`: at most `most`, of at most `length` characters together. */
export function keepNewest(name, { most, length }) {
  const keys = Object.keys(local ?? {}).filter((key) => key.startsWith(name));
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

/** Remove the local values whose key begins with `name` and whose text is `wanted`. */
export function removeWhere(name, wanted) {
  for (const key of Object.keys(local ?? {})) {
    if (key.startsWith(name) && wanted(local.getItem(key) ?? "")) local.removeItem(key);
  }
}

function isExpired(at, entry) {
  const days = daysOf(entry);
  return days > 0 && !(Date.now() - new Date(at).getTime() < days * DAY_MS);
}

function isFresh(text, entry) {
  try {
    const value = JSON.parse(text);
    return !isExpired(value.at ?? value.creationTime, entry);
  } catch {
    return false;
  }
}

/** Whether a stored key outlives the moment at which `account` is seen instead of another one. */
function outlivesChange(key, { owner, life, isForeign }) {
  if (owner === "device" || isForeign) return true;
  if (account && key.endsWith(`@${account}`)) return true;
  return life !== "owner" && life !== "tab" && IS_ACCOUNTS.test(key);
}

/** Remove what is too old and, after a change of owner, what belonged to those before. */
function sweep(storage, { isChange }) {
  for (const key of Object.keys(storage)) {
    const entry = KEYS[nameOf(key)];
    if (!entry) continue;
    const isOld = daysOf(entry) > 0 && !isFresh(storage.getItem(key), entry);
    if (isOld || (isChange && !outlivesChange(key, entry))) storage.removeItem(key);
  }
}

/** What earlier versions stored without an owner goes to the account in use, or to nobody. */
function adopt() {
  for (const [name, { owner, life }] of Object.entries(KEYS)) {
    const value = owner === "account" && life === "kept" && account ? local.getItem(name) : null;
    if (value !== null) local.setItem(`${name}@${account}`, value);
  }
  for (const name of [...RETIRED, "positions"]) local.removeItem(name);
}

/** Clear what belongs to those who were here before, when this page is another's. */
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
  // Without storage nothing of anybody's is kept.
}

/** Remove what an account leaves in no browser that it signed out of. */
function removeSignedOut(mark) {
  for (const key of Object.keys(local ?? {})) {
    if (key.endsWith(`@${mark}`) && KEYS[nameOf(key)]?.untilSignOut) local.removeItem(key);
  }
}

const signedOut = globalThis.streamsiteAccount?.signedOut();
if (signedOut) {
  removeSignedOut(signedOut);
  globalThis.streamsiteAccount.forgetSignedOut();
}

// A form that removes something on the server may name what it removes here: <form data-forgets="positions">.
document.addEventListener("submit", (event) => {
  for (const name of event.target.dataset?.forgets?.split(" ") ?? []) stored(name).remove();
});
