// A note about a file that the account has uploaded before.
import { gettext } from "../i18n.js";
import { withElements } from "../rich-text.js";
import { el, icon } from "../ui.js";

/** Tell the owner that they have already uploaded this file. It is not refused. */
export function showDuplicate(place, other) {
  if (!other || place.firstChild) return;
  const link = el("a", { href: other.url }, el("bdi", {}, other.title));
  place.append(el("p", { class: "notice", "data-level": "warn" }, icon("info"), el("span", {}, ...withElements(gettext("You already uploaded this file: %(video)s"), { video: link }))));
}
