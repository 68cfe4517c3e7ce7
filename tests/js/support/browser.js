// Stands in for the parts of a browser that modules of static/js touch while they are loaded: import it before them.
// It is no DOM: what needs elements is tested in a real browser (tests/test_*browser.py, tests/test_player*.py).

/** Storage as browsers have it: keys are its own enumerable properties. */
export class MemoryStorage {
  getItem(key) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }

  setItem(key, value) {
    this[key] = String(value);
  }

  removeItem(key) {
    delete this[key];
  }
}

export class Element extends EventTarget {
  constructor(localName = "div", properties = {}) {
    super();
    Object.assign(this, { localName, dataset: {}, children: [], ...properties });
  }

  append(...children) {
    this.children.push(...children);
  }

  before() {}

  remove() {}

  setAttribute() {}

  closest() {
    return null;
  }

  matches() {
    return false;
  }

  querySelector() {
    return null;
  }
}

/**
 * Make the globals of a page at `url` that `account` ("" for a visitor) looks at. `null` stands for a page that names
 * nobody, as a frame on another site. Returns both storages.
 *
 * @param {string} url
 * @param {{ account?: string | null }} [options]
 */
export function openPage(url = "https://site.test/watch/a", { account = "" } = {}) {
  const page = new URL(url);
  const metas = { 'meta[name="account"]': account === null ? null : { content: account } };
  const document = Object.assign(new Element("html"), {
    hidden: false,
    cookie: "",
    referrer: "",
    createElement: (name) => new Element(name),
    querySelector: (selector) => metas[selector] ?? null,
    querySelectorAll: () => [],
  });
  document.documentElement = document;
  document.body = new Element("body");
  const pageEvents = new EventTarget();
  const globals = {
    document,
    Element,
    location: { href: page.href, origin: page.origin, protocol: page.protocol, pathname: page.pathname, search: page.search, hash: page.hash, assign() {} },
    localStorage: new MemoryStorage(),
    sessionStorage: new MemoryStorage(),
    addEventListener: pageEvents.addEventListener.bind(pageEvents),
    removeEventListener: pageEvents.removeEventListener.bind(pageEvents),
    dispatchEvent: pageEvents.dispatchEvent.bind(pageEvents),
  };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  globalThis.window = globalThis;
  return { local: globals.localStorage, tab: globals.sessionStorage };
}
