// The page's side of keeper-worker.js: hands uploads over to the next page of the site. Without service workers (plain
// http, some private windows) nothing is kept, and the browser asks before a page with an upload is left.
import { account } from "../browser-storage.js";
import { sleep } from "../api.js";

const SCRIPT = new URL("./keeper-worker.js", import.meta.url);
const SCOPE_END = "/js/upload/";
const ANSWER_MS = 3000;
const AGAIN_MS = 20_000;

/**
 * What the next page needs to continue an upload.
 *
 * @typedef {{ key: string, account: string, file: File, draft: import("./transfer.js").Draft | null, metadata: Record<string, string>, title: string, isPaused: boolean, isSent: boolean, isPublished: boolean }} Entry
 */

/** @type {Map<string, Entry>} */
const mine = new Map();
/** @type {ServiceWorker | null} */
let worker = null;

/** Return the workers of this kind: an upload may have begun on a page of the previous release. */
async function registrations() {
  if (!navigator.serviceWorker || !navigator.locks) return [];
  const all = await navigator.serviceWorker.getRegistrations().catch(() => []);
  return all.filter(({ scope }) => scope.endsWith(SCOPE_END));
}

/** @param {ServiceWorkerRegistration} one */
const workerOf = (one) => one.active ?? one.waiting ?? one.installing;

/** Whether the next page of the site will have this page's uploads. */
export const isKeeping = () => worker !== null;

/** Start the worker. Does nothing where there is none. */
export async function startKeeper() {
  if (worker || !navigator.serviceWorker || !navigator.locks) return;
  try {
    worker = workerOf(await navigator.serviceWorker.register(SCRIPT));
    for (const entry of mine.values()) worker?.postMessage({ type: "keep", entry });
  } catch {
    worker = null;
  }
}

/** @param {Entry} entry */
export function keep(entry) {
  mine.set(entry.key, entry);
  worker?.postMessage({ type: "keep", entry });
}

/** @param {string} key */
export async function drop(key) {
  mine.delete(key);
  for (const one of await registrations()) workerOf(one)?.postMessage({ type: "drop", key });
}

/**
 * Return what pages of this account have handed over.
 *
 * @returns {Promise<Entry[]>}
 */
export async function listKept() {
  const found = [];
  for (const one of await registrations()) {
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
    workerOf(one)?.postMessage({ type: "list", account }, [port2]);
    found.push(...await Promise.race([answer, sleep(ANSWER_MS).then(() => [])]));
    port1.close();
  }
  return found;
}

/** Remove the workers once nothing is kept, so that other pages need not ask them. */
export async function stopKeeper() {
  if (mine.size || (await listKept()).length) return;
  for (const one of await registrations()) await one.unregister();
  worker = null;
}

function handOver() {
  for (const entry of mine.values()) worker?.postMessage({ type: "keep", entry });
}

// Now and then as well: the browser may have ended the worker meanwhile.
addEventListener("pagehide", handOver);
setInterval(handOver, AGAIN_MS);
