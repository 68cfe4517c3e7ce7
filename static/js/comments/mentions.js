// Completion of mentions in comment fields: typing @ lists the channels of the conversation, then those found by name.
// The field stays a text box; the list is a listbox that it owns, with the chosen option as its active descendant.
import { api } from "../api.js";
import { isComposing } from "../fields.js";
import { gettext, interpolate, ngettext } from "../i18n.js";
import { number } from "../locale.js";
import { el } from "../ui.js";

const WAIT_MS = 120;
// From an @ that starts a word to the caret.
const TYPED = /(?:^|[\s(["'“])@([\p{L}\p{N}._-]{0,30})$/u;
let count = 0;

/** Return the query that names the conversation of a comment form. */
function conversation(form) {
  const thread = form.dataset.replyTo || form.closest("[data-comment]")?.dataset.parent || form.dataset.edits;
  return thread ? `thread=${encodeURIComponent(thread)}` : form.dataset.mentions;
}

/** Return what is typed after the @ before the caret, `null` when there is none. */
function typedName(field) {
  if (field.selectionStart !== field.selectionEnd) return null;
  return TYPED.exec(field.value.slice(0, field.selectionStart))?.[1] ?? null;
}

function picture({ avatar_small_url: source, full_name: name, username }) {
  const image = source ? el("img", { src: source, alt: "", width: 96, height: 96 }) : (name || username).slice(0, 1).toUpperCase();
  return el("span", { class: "avatar", "aria-hidden": "true" }, image);
}

class MentionList {
  constructor(field) {
    this.field = field;
    this.options = [];
    this.chosen = 0;
    this.list = el("ul", { class: "mention-list", role: "listbox", id: `mentions-${++count}`, "aria-label": gettext("Channels to mention"), hidden: true });
    this.status = el("p", { class: "visually-hidden", role: "status" });
    field.after(this.list, this.status);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("blur", () => this.close());
    field.addEventListener("click", () => this.#hasMoved());
    // Otherwise the field would lose the focus, which closes the list before the click.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#take([...this.list.children].indexOf(option));
    });
  }

  ask() {
    clearTimeout(this.timer);
    this.asked?.abort();
    const typed = typedName(this.field);
    if (typed === null) return this.close();
    this.timer = setTimeout(async () => {
      this.asked = new AbortController();
      const query = `${conversation(this.field.form)}&q=${encodeURIComponent(typed)}`;
      try {
        const { data } = await api("GET", `/mentions?${query}`, { signal: this.asked.signal });
        if (typedName(this.field) === typed) this.#show(data.results);
      } catch {
        // Suggestions are optional.
      }
    }, WAIT_MS);
  }

  #show(channels) {
    if (!channels.length || document.activeElement !== this.field) return this.close();
    this.options = channels;
    this.list.replaceChildren(
      ...channels.map((channel, index) =>
        el(
          "li",
          { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false" },
          picture(channel),
          el(
            "span",
            {},
            el("bdi", {}, channel.full_name || channel.username),
            el("span", { class: "soft small" }, channel.is_owner ? interpolate(gettext("@%(username)s · Creator"), { username: channel.username }) : `@${channel.username}`),
          ),
        ),
      ),
    );
    this.list.hidden = false;
    this.status.textContent = interpolate(ngettext("%(count)s suggestion", "%(count)s suggestions", channels.length), { count: number(channels.length) });
    this.#choose(0);
  }

  #choose(index) {
    const rows = [...this.list.children];
    this.chosen = (index + rows.length) % rows.length;
    rows.forEach((row, place) => row.setAttribute("aria-selected", String(place === this.chosen)));
    this.field.setAttribute("aria-activedescendant", rows[this.chosen].id);
    rows[this.chosen].scrollIntoView({ block: "nearest" });
  }

  #take(index) {
    const typed = typedName(this.field);
    const channel = this.options[index];
    this.close();
    if (typed === null || !channel) return;
    const end = this.field.selectionStart;
    this.field.setRangeText(`@${channel.username} `, end - typed.length - 1, end, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }

  #hasMoved() {
    if (!this.list.hidden && typedName(this.field) === null) this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.status.textContent = "";
    this.field.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (this.list.hidden || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") this.#choose(this.chosen + 1);
    else if (event.key === "ArrowUp") this.#choose(this.chosen - 1);
    else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) this.#take(this.chosen);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

const lists = new WeakMap();

/** Offer channels for what is typed in a comment's field. */
export function completeMention(field) {
  if (!lists.has(field)) lists.set(field, new MentionList(field));
  lists.get(field).ask();
}
