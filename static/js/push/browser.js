// Notifications of this browser: whether they are on, and turning them on and off. The worker that shows them is
// worker.js; the site keeps where to send them.
import { api, ApiError, sleep } from "../api.js";
import { gettext } from "../i18n.js";

const WORKER = "/push/worker.js";
const SCOPE = "/push/";
const SUBSCRIPTIONS = "/me/push-subscriptions";
// Where the browser cannot reach its service, it may never answer.
const SUBSCRIBE_MS = 20_000;

/** @typedef {"unsupported" | "blocked" | "off" | "on"} State */

/** Whether this browser can show notifications of this page's site. */
export const isSupported = () => isSecureContext && "serviceWorker" in navigator && "PushManager" in window && Boolean(window.Notification);

/** @returns {Promise<PushSubscription | null>} */
async function current() {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  return await registration?.pushManager.getSubscription() ?? null;
}

/** Return the id by which the site knows a subscription. */
async function idOf(endpoint) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint)));
  return [...digest.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Return whether notifications are on in this browser for the account that is signed in.
 *
 * @returns {Promise<State>}
 */
export async function pushState() {
  if (!isSupported()) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  const subscription = Notification.permission === "granted" ? await current() : null;
  if (!subscription) return "off";
  const { data } = await api("GET", SUBSCRIPTIONS);
  const id = await idOf(subscription.endpoint);
  return data.results.some((row) => row.id === id) ? "on" : "off";
}

/** Return the id of this browser's subscription, "" without one. */
export async function currentId() {
  const subscription = isSupported() ? await current() : null;
  return subscription ? idOf(subscription.endpoint) : "";
}

/**
 * Ask for permission if it is needed, and turn notifications on. Reject when the browser or the site cannot do it.
 *
 * @returns {Promise<State>}
 */
export async function turnOn() {
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? "blocked" : "off";
  const { data } = await api("GET", SUBSCRIPTIONS);
  const registration = await activeRegistration();
  const key = bytesOf(data.public_key);
  const former = await registration.pushManager.getSubscription();
  if (former && !hasKey(former, key)) await former.unsubscribe();
  const asked = registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }).catch(() => null);
  const subscription = await Promise.race([asked, sleep(SUBSCRIBE_MS).then(() => null)]);
  if (!subscription) throw new Error(gettext("Your browser couldn't reach its notification service. Try again later."));
  await api("POST", SUBSCRIPTIONS, { json: subscription.toJSON() });
  return "on";
}

/**
 * Turn notifications off in this browser.
 *
 * @returns {Promise<State>}
 */
export async function turnOff() {
  const subscription = await current();
  if (subscription) {
    await api("DELETE", `${SUBSCRIPTIONS}/${await idOf(subscription.endpoint)}`).catch((error) => {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    });
    await subscription.unsubscribe();
  }
  return "off";
}

/** @returns {Promise<ServiceWorkerRegistration>} */
async function activeRegistration() {
  const registration = await navigator.serviceWorker.register(WORKER);
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  if (!registration.active && worker) {
    await new Promise((resolve) => {
      const look = () => registration.active && resolve(undefined);
      worker.addEventListener("statechange", look);
      look();
    });
  }
  return registration;
}

/** @param {string} text base64url */
function bytesOf(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/**
 * @param {PushSubscription} subscription
 * @param {Uint8Array} key
 */
function hasKey(subscription, key) {
  const known = new Uint8Array(subscription.options.applicationServerKey ?? new ArrayBuffer(0));
  return known.length === key.length && known.every((byte, index) => byte === key[index]);
}
