// The uploads of this page: new files, and those that an earlier page of the site handed over. One is sent at a time: on a
// slow connection, two at once would only delay each other.
import { api, errorText, whenVisible } from "../api.js";
import { gettext, interpolate } from "../i18n.js";
import { toast } from "../ui.js";
import { UploadItem } from "./item.js";
import { listKept, startKeeper, stopKeeper } from "./keeper.js";
import { guardLeaving } from "./leaving.js";
import { refusal } from "./texts.js";

/** What the upload page says about files; elsewhere the server alone knows. */
function limits() {
  const input = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-file]"));
  return {
    maxBytes: Number(input?.dataset.maxBytes) || Infinity,
    endings: (input?.accept ?? "").split(",").map((ending) => ending.trim().toLowerCase()).filter((ending) => ending.startsWith(".")),
  };
}

/**
 * Hold the lock of an upload until its page is left, so that of two tabs one sends it.
 *
 * @param {string} key
 * @param {() => Promise<boolean>} begin whether the upload is wanted
 */
function hold(key, begin) {
  if (!navigator.locks) return begin();
  return new Promise((resolve) => {
    navigator.locks.request(`upload:${key}`, async () => {
      const isWanted = await begin();
      resolve(isWanted);
      if (isWanted) await new Promise(() => {});
    });
  });
}

/** Dispatches "added", with the item as `detail`, and "change". */
class UploadQueue extends EventTarget {
  /** @type {UploadItem[]} */
  items = [];

  constructor() {
    super();
    guardLeaving(() => this.items.some((item) => item.isUnfinished));
  }

  /** @param {string} videoId */
  itemOf(videoId) {
    return this.items.find((item) => item.videoId === videoId);
  }

  /** @param {UploadItem} item */
  #add(item) {
    this.items.push(item);
    item.addEventListener("change", () => {
      this.#sendNext();
      this.dispatchEvent(new Event("change"));
    });
    item.addEventListener("gone", () => {
      this.items = this.items.filter((one) => one !== item);
      this.dispatchEvent(new Event("change"));
      if (!this.items.some((one) => one.isUnfinished)) stopKeeper();
    });
    this.dispatchEvent(new CustomEvent("added", { detail: item }));
  }

  #sendNext() {
    if (this.items.some((item) => item.state === "sending")) return;
    this.items.find((item) => item.state === "waiting")?.send();
  }

  /**
   * Add files, and return their items. Each has a private draft at once, in the order of the files. `draft` is an upload
   * that exists, for one file; `metadata` describes the video.
   *
   * @param {Iterable<File>} files
   * @param {{ draft?: import("./transfer.js").Draft, title?: string, metadata?: Record<string, string> }} [options]
   */
  add(files, { draft, title = "", metadata = {} } = {}) {
    const added = [];
    for (const file of files) {
      const problem = refusal(file, limits());
      if (problem) {
        toast(interpolate(gettext("%(name)s: %(problem)s"), { name: file.name, problem }), { level: "error" });
        continue;
      }
      added.push(new UploadItem({ file, draft, title, metadata: { visibility: "private", ...metadata } }));
    }
    for (const item of added) {
      this.#add(item);
      hold(item.key, async () => true);
    }
    if (added.length) startKeeper();
    this.#prepare(added);
    return added;
  }

  /** @param {UploadItem[]} items */
  async #prepare(items) {
    for (const item of items) await item.prepare();
  }

  /** Continue what earlier pages handed over, once no other tab has it. Return what was handed over. */
  async restore() {
    const kept = await listKept();
    for (const { key } of kept) this.#takeOver(key);
    if (!kept.length && !this.items.length) stopKeeper();
    return kept;
  }

  /** @param {string} key */
  async #takeOver(key) {
    // Of several tabs, the one that is looked at.
    await whenVisible();
    hold(key, async () => {
      const entry = (await listKept()).find((one) => one.key === key);
      if (!entry) return false;
      await startKeeper();
      const item = new UploadItem(entry);
      this.#add(item);
      this.#prepare([item]);
      return true;
    });
  }

  /**
   * Upload another file in the place of a video whose file is hopeless. The new video takes over the details, and the
   * failed one is deleted once it exists.
   *
   * @param {string} videoId
   * @param {File} file
   */
  async replace(videoId, file) {
    try {
      const { data } = await api("GET", `/videos/${videoId}`);
      const [item] = this.add([file], { title: data.title, metadata: { title: data.title, description: data.description ?? "" } });
      if (!item) return null;
      await new Promise((resolve) => { item.addEventListener("change", resolve, { once: true }); });
      if (!item.videoId) return item;
      const { tags, category, language, license, is_sensitive, visibility } = data;
      await api("PATCH", `/videos/${item.videoId}`, { json: { tags, category, language, license, is_sensitive, visibility } });
      await api("DELETE", `/videos/${videoId}`);
      return item;
    } catch (error) {
      toast(errorText(error), { level: "error" });
      return null;
    }
  }
}

export const queue = new UploadQueue();
