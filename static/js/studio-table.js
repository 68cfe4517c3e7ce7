// Selecting rows in the table of videos: "all on this page", the number selected, and a confirmation before deleting.
// Without scripts the same form works: the server knows which rows the page showed, and asks on a page of its own.
import { confirmAction } from "./dialog.js";
import { gettext, interpolate, ngettext } from "./i18n.js";
import { list, number } from "./locale.js";
import { el, toast } from "./ui.js";

const MAX_VIDEOS = 100;
const form = document.querySelector("[data-bulk]");
const picks = () => [...document.querySelectorAll("[data-pick]")];

function show() {
  const all = form.querySelector("[data-all]");
  const every = picks();
  const chosen = every.filter((pick) => pick.checked).length;
  all.checked = chosen > 0 && chosen === every.length;
  all.indeterminate = chosen > 0 && chosen < every.length;
  form.querySelector("[data-chosen]").textContent = chosen ? interpolate(ngettext("%(count)s selected", "%(count)s selected", chosen), { count: number(chosen) }) : "";
}

async function remove(button) {
  const titles = picks().filter((pick) => pick.checked).map((pick) => pick.closest("[data-row]").dataset.title);
  // Isolate titles in other writing directions from the sentence.
  const named = titles.slice(0, 5).map((title) => `“\u2068${title}\u2069”`);
  const more = titles.length - named.length;
  if (more > 0) named.push(interpolate(ngettext("%(count)s more", "%(count)s more", more), { count: number(more) }));
  const isOne = titles.length === 1;
  const count = { count: number(titles.length) };
  const title = ngettext("Delete %(count)s video?", "Delete %(count)s videos?", titles.length);
  const action = ngettext("Delete %(count)s video", "Delete %(count)s videos", titles.length);
  const sure = await confirmAction(
    isOne ? gettext("Delete this video?") : interpolate(title, count),
    interpolate(gettext("This permanently deletes %(titles)s, with all files and comments."), { titles: list(named) }),
    isOne ? gettext("Delete video") : interpolate(action, count),
  );
  if (!sure) return;
  form.append(el("input", { type: "hidden", name: "confirmed", value: "1" }));
  form.requestSubmit(button);
}

if (form) {
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[data-all]")) return;
    for (const pick of picks()) pick.checked = event.target.checked;
    show();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-pick]")) return;
    show();
    // On a narrow screen the open form would cover the rows.
    if (event.target.checked && matchMedia("(width >= 40rem)").matches) form.querySelector("[data-changes]").open = true;
  });
  form.addEventListener("submit", (event) => {
    const chosen = picks().filter((pick) => pick.checked).length;
    if (chosen === 0 || chosen > MAX_VIDEOS) {
      event.preventDefault();
      const most = ngettext("Select up to %(count)s video at a time.", "Select up to %(count)s videos at a time.", MAX_VIDEOS);
      toast(chosen ? interpolate(most, { count: number(MAX_VIDEOS) }) : gettext("Select videos first."), { level: "error" });
    } else if (event.submitter?.matches("[data-delete-chosen]") && !form.elements.confirmed) {
      event.preventDefault();
      remove(event.submitter);
    }
  });
  document.addEventListener("htmx:after:swap", show);
  // After Back, the browser restores the checkboxes.
  window.addEventListener("pageshow", () => {
    form.elements.confirmed?.remove();
    show();
  });
}
