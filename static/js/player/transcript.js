// The transcript: cues to read along, to search, and to seek by. Loaded on first use.
import { api, errorText } from "../api.js";
import { isComposing } from "../fields.js";
import { clock } from "../clock.js";
import { gettext, interpolate, ngettext } from "../i18n.js";
import { number } from "../locale.js";
import { el } from "../ui.js";

// For this long after scrolling by hand, the list does not follow the video.
const HANDS_OFF_MS = 6000;

/** The transcript's panel. */
export class Transcript {
  #panel;
  #video;
  #id;
  #rows = [];
  #current = -1;
  #scrolledAt = 0;
  #wanted = 0;
  // The id of the caption track; until one is chosen, the server chooses by the video's language.
  #track = "";

  /** Open the panel; afterwards `toggle` shows and hides it. */
  constructor(panel, toggle, video, id) {
    this.#panel = panel;
    this.#video = video;
    this.#id = id;
    toggle.addEventListener("click", () => this.#toggle(toggle));
    this.#part("close").addEventListener("click", () => {
      this.#toggle(toggle);
      toggle.focus();
    });
    this.#part("again").addEventListener("click", () => {
      this.#part("search").focus({ preventScroll: true });
      this.#load();
    });
    this.#part("track").addEventListener("change", () => {
      this.#track = this.#part("track").value;
      this.#load();
    });
    this.#part("search").addEventListener("input", () => this.#filter());
    this.#part("search").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !isComposing(event)) this.#jumpToNext(event);
    });
    for (const name of ["wheel", "touchmove", "keydown"]) {
      this.#part("list").addEventListener(name, () => { this.#scrolledAt = Date.now(); }, { passive: true });
    }
    video.addEventListener("timeupdate", () => this.#follow());
    this.#toggle(toggle);
  }

  #part(name) {
    return this.#panel.querySelector(`[data-transcript-${name}]`);
  }

  #toggle(button) {
    this.#panel.hidden = !this.#panel.hidden;
    button.setAttribute("aria-expanded", String(!this.#panel.hidden));
    if (this.#panel.hidden) return;
    if (!this.#rows.length) this.#load();
    this.#part("search").focus({ preventScroll: true });
    this.#panel.scrollIntoView({ block: "nearest" });
  }

  #say(text, { failed = false } = {}) {
    this.#part("note").textContent = text;
    this.#part("note").hidden = !text;
    this.#part("again").hidden = !failed;
  }

  async #load() {
    this.#wanted += 1;
    const mine = this.#wanted;
    this.#say(gettext("Loading transcript…"));
    try {
      const query = new URLSearchParams({ track: this.#track });
      const { data } = await api("GET", `/videos/${this.#id}/transcript?${query}`);
      if (mine !== this.#wanted) return;
      this.#part("track").value = data.caption_id ?? "";
      this.#fill(data.results);
    } catch (error) {
      if (mine === this.#wanted) this.#say(errorText(error), { failed: true });
    }
  }

  #fill(cues) {
    this.#current = -1;
    this.#rows = cues.map((cue) => {
      const text = el("span", { class: "cue-text", dir: "auto" }, cue.text);
      const button = el("button", { type: "button", class: "cue" }, el("span", { class: "num" }, clock(cue.start)), text);
      button.addEventListener("click", () => this.#seek(cue.start));
      return { cue, text, item: el("li", {}, button) };
    });
    this.#part("list").replaceChildren(...this.#rows.map(({ item }) => item));
    this.#filter();
    this.#follow();
  }

  #seek(start) {
    this.#scrolledAt = 0;
    this.#video.currentTime = start;
    this.#video.play().catch(() => {});
  }

  #filter() {
    const words = this.#part("search").value.trim().toLocaleLowerCase();
    let hits = 0;
    for (const { cue, text, item } of this.#rows) {
      const at = words ? cue.text.toLocaleLowerCase().indexOf(words) : -1;
      item.hidden = Boolean(words) && at < 0;
      if (at < 0) {
        text.replaceChildren(cue.text);
      } else {
        hits += 1;
        const end = at + words.length;
        text.replaceChildren(cue.text.slice(0, at), el("mark", {}, cue.text.slice(at, end)), cue.text.slice(end));
      }
    }
    if (!this.#rows.length) this.#say(gettext("No transcript in this language."));
    else if (!words) this.#say("");
    else if (hits) this.#say(interpolate(ngettext("%(count)s match", "%(count)s matches", hits), { count: number(hits) }));
    else this.#say(interpolate(gettext("No matches for “%(query)s”."), { query: this.#part("search").value.trim() }));
  }

  /** Seek to the next match after the current time, and from the last one to the first. */
  #jumpToNext(event) {
    event.preventDefault();
    const hits = this.#rows.filter(({ item }) => !item.hidden);
    if (!this.#part("search").value.trim() || !hits.length) return;
    const next = hits.find(({ cue }) => cue.start > this.#video.currentTime + 0.25) ?? hits[0];
    this.#seek(next.cue.start);
    next.item.scrollIntoView({ block: "nearest" });
  }

  #follow() {
    if (this.#panel.hidden || !this.#rows.length) return;
    const time = this.#video.currentTime + 0.05;
    let now = -1;
    this.#rows.forEach(({ cue }, index) => {
      if (cue.start <= time) now = index;
    });
    if (now === this.#current) return;
    this.#rows[this.#current]?.item.removeAttribute("aria-current");
    this.#current = now;
    const row = this.#rows[now];
    if (!row) return;
    row.item.setAttribute("aria-current", "true");
    if (Date.now() - this.#scrolledAt < HANDS_OFF_MS || row.item.hidden) return;
    const list = this.#part("list");
    list.scrollTop = row.item.offsetTop - list.offsetTop - list.clientHeight / 2 + row.item.clientHeight / 2;
  }
}
