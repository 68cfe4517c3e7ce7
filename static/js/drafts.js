// Drafts: unsent text of a form is kept in this browser for the account that typed it, and restored with the form after
// Back, a reload, signing in, or an answer that refused it. A draft is removed when the form is sent, when it is
// discarded, after two weeks, and when the account signs out. See docs/decisions/0034.
import { account, keepNewest, stored } from "./browser-storage.js";
import { isTextField } from "./fields.js";
import { gettext } from "./i18n.js";
import { el } from "./ui.js";

const LIMITS = { most: 50, length: 1_000_000 };
const WAIT_MS = 300;
const HANDOVER_MS = 60 * 60 * 1000;
const SENT = "draft-sent";

/** Return the form's fields by name: `{ value, initial, set(value) }`. Radio buttons of a name are one field. */
function fieldsOf(form) {
  const found = {};
  for (const element of form.elements) {
    const { name } = element;
    if (isTextField(element) && name) {
      found[name] = { value: element.value, initial: element.defaultValue, set: (value) => { element.value = value; } };
    } else if (element.type === "radio" && form.hasAttribute("data-draft-choices")) {
      const all = [...form.elements].filter((other) => other.type === "radio" && other.name === name);
      found[name] = {
        value: all.find(({ checked }) => checked)?.value ?? "",
        initial: all.find(({ defaultChecked }) => defaultChecked)?.value ?? "",
        set: (value) => { for (const one of all) one.checked = one.value === value; },
      };
    }
  }
  return found;
}

/** The draft of one form: the fields whose value differs from what the page or the caller put into them. */
export class Draft {
  #form;
  #kept;
  #note = null;
  // The server's values of fields that came back with an answer that refused them.
  #unsaved = {};
  #timer = 0;

  constructor(form, subject) {
    this.#form = form;
    this.#kept = stored("draft:", subject);
    form.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#save(), WAIT_MS);
    });
    for (const name of ["submit", "focusout"]) form.addEventListener(name, () => this.flush());
    form.addEventListener("reset", () => this.forget());
    form.addEventListener("click", (event) => {
      if (event.target.closest("[data-cancel], [data-close]")) this.forget();
    });
    addEventListener("pagehide", () => this.flush());
    this.isRestored = this.#restore();
  }

  /** Save what was typed just now. */
  flush() {
    if (this.#timer) this.#save();
  }

  #save() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (globalThis.streamsiteAccount?.isOver()) return;
    const fields = {};
    for (const [name, field] of Object.entries(fieldsOf(this.#form))) {
      const initial = this.#unsaved[name] ?? field.initial;
      if (field.value !== initial) fields[name] = { value: field.value, initial };
    }
    if (Object.keys(fields).length) {
      this.#kept.write({ fields });
      keepNewest("draft:", LIMITS);
    } else {
      this.#kept.remove();
    }
  }

  /** Restore the draft into fields that nobody has typed into, and tell the user. Return whether there was anything. */
  #restore() {
    const fields = fieldsOf(this.#form);
    let isOlder = false;
    let isRestored = false;
    for (const [name, { value, initial }] of Object.entries(this.#kept.read({}).fields ?? {})) {
      const field = fields[name];
      if (field && field.initial === value && initial !== value) this.#unsaved[name] = initial;
      if (!field || field.value !== field.initial || field.value === value) continue;
      field.set(value);
      isRestored = true;
      // A default such as "@name" does not count as saved text; the server's text does.
      isOlder ||= initial !== "" && field.initial !== "" && initial !== field.initial;
    }
    if (isRestored) this.#say(isOlder ? gettext("Draft restored. The saved text has changed since you wrote it.") : gettext("Draft restored."));
    return isRestored;
  }

  #say(text) {
    const discard = el("button", { class: "btn btn-plain btn-small", type: "button" }, gettext("Discard"));
    discard.addEventListener("click", () => {
      for (const field of Object.values(fieldsOf(this.#form))) field.set(field.initial);
      this.forget();
      this.#form.querySelector("textarea, input:not([type=hidden])")?.focus();
    });
    this.#note = el("p", { class: "draft-note soft small", role: "status" }, text, " ", discard);
    const buttons = this.#form.querySelector(".form-actions, .comment-buttons");
    if (buttons) buttons.before(this.#note);
    else this.#form.append(this.#note);
  }

  /** Remove the draft, after the text was sent or discarded. */
  forget() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#kept.remove();
    this.#note?.remove();
  }
}

/** Keep a visitor's text while they sign in, for the next account that signs in in this tab. */
export function keepForSignIn(subject, text) {
  stored("draft-handover").write({ subject, text, at: Date.now() });
}

function restoreAfterSignIn() {
  if (!account) return;
  const handed = stored("draft-handover").read(null);
  if (!handed) return;
  stored("draft-handover").remove();
  if (!(Date.now() - handed.at < HANDOVER_MS)) return;
  const kept = stored("draft:", handed.subject);
  const had = kept.read({}).fields?.text?.value;
  const value = had && had !== handed.text ? `${had}\n\n${handed.text}` : handed.text;
  kept.write({ fields: { text: { value, initial: "" } } });
}

/** Remove the draft of the form that the server accepted: it names the form in a cookie, whatever page follows. */
function removeSentDraft() {
  const pair = document.cookie.split("; ").find((one) => one.startsWith(`${SENT}=`));
  if (!pair) return;
  stored("draft:", decodeURIComponent(pair.slice(SENT.length + 1))).remove();
  document.cookie = `${SENT}=; Max-Age=0; path=/; SameSite=Lax`;
}

removeSentDraft();
restoreAfterSignIn();
for (const form of document.querySelectorAll("form[data-draft]")) {
  form.append(el("input", { type: "hidden", name: "draft", value: form.dataset.draft }));
  if (new Draft(form, form.dataset.draft).isRestored) form.closest("details")?.setAttribute("open", "");
}
