// Keeps the files that are being uploaded while the page changes: a page hands them over when it is left, and the next one
// takes them back. Answers no requests and stores nothing: the browser ends it soon after the last page is closed. A
// classic script, because not every browser has workers of modules.
(() => {
  /** @type {any} */
  const worker = self;
  const kept = new Map();
  // Long enough for a page that loads slowly.
  const HOLD_MS = 90_000;

  worker.addEventListener("install", () => worker.skipWaiting());
  worker.addEventListener("message", (event) => {
    const { type, entry, key, account } = event.data;
    if (type === "keep") {
      kept.set(entry.key, entry);
      event.waitUntil(new Promise((resolve) => setTimeout(resolve, HOLD_MS)));
    } else if (type === "drop") {
      kept.delete(key);
    } else if (type === "list") {
      // Whoever signed in before has nothing in this browser any more.
      for (const one of kept.values()) if (one.account !== account) kept.delete(one.key);
      event.ports[0].postMessage([...kept.values()]);
    }
  });
})();
