// The list of suggestions below a search field: videos, channels, and playlists. Arrow keys select, Enter opens, Escape closes.
import { api } from "../api.js";
import { isComposing } from "../fields.js";
import { gettext, interpolate } from "../i18n.js";
import { el } from "../ui.js";

const WAIT_MS = 120;
let count = 0;

/** Return the API's suggestions as `{ text, url, note }`; `note` names the kind of result, empty for videos. */
function options({ results, channels, playlists }) {
  const handles = new Map(channels.map(({ url, username }) => [url, interpolate(gettext("Channel · @%(username)s"), { username })]));
  return [
    ...results.map(({ text, url }) => ({ text, url, note: handles.get(url) ?? "" })),
    ...playlists.map(({ title, url }) => ({ text: title, url, note: gettext("Playlist") })),
  ];
}

/** The list of one search field. */
export class Suggestions {
  constructor(form) {
    this.input = form.querySelector("input[type=search]");
    this.list = el("ul", { class: "suggestions", role: "listbox", id: `suggestions-${++count}`, "aria-label": gettext("Search suggestions"), hidden: true });
    this.chosen = -1;
    form.append(this.list);
    const { input } = this;
    input.setAttribute("aria-controls", this.list.id);
    input.addEventListener("input", () => this.#ask());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.close());
    // Otherwise the field would lose the focus, which closes the list before the click.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    // Typed while this was loaded.
    if (input.value !== input.defaultValue) this.#ask();
  }

  #ask() {
    clearTimeout(this.timer);
    this.asked?.abort();
    const typed = this.input.value;
    if (!typed.trim()) return this.close();
    this.timer = setTimeout(async () => {
      this.asked = new AbortController();
      try {
        const { data } = await api("GET", `/search/suggest?q=${encodeURIComponent(typed)}`, { signal: this.asked.signal });
        if (this.input.value === typed) this.#show(options(data));
      } catch {
        // Suggestions are optional.
      }
    }, WAIT_MS);
  }

  #show(results) {
    if (!results.length || document.activeElement !== this.input) return this.close();
    this.chosen = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(
      ...results.map(({ text, url, note }, index) =>
        el(
          "li",
          { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false" },
          el("a", { href: url, tabindex: "-1" }, el("bdi", {}, text), note ? el("span", { class: "soft small" }, note) : ""),
        ),
      ),
    );
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.chosen = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    const options = [...this.list.children];
    if (this.list.hidden || isComposing(event)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.chosen = ((this.chosen + 1 + step + options.length + 1) % (options.length + 1)) - 1;
      options.forEach((option, index) => option.setAttribute("aria-selected", String(index === this.chosen)));
      const active = options[this.chosen];
      if (active) this.input.setAttribute("aria-activedescendant", active.id);
      else this.input.removeAttribute("aria-activedescendant");
    } else if (event.key === "Enter" && this.chosen >= 0) {
      event.preventDefault();
      location.assign(options[this.chosen].querySelector("a").href);
    }
  }
}
