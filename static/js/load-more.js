// "Load more": moves the focus to the first new row, unless the viewer has moved it elsewhere, and reports failures.
import { offerFocus } from "./focus.js";
import { gettext } from "./i18n.js";
import { toast } from "./ui.js";

let marker = null;

document.addEventListener("click", (event) => {
  const more = event.target.closest(".more");
  if (more) marker = { list: more.parentElement, count: more.parentElement.children.length - 1 };
});

document.addEventListener("htmx:after:swap", () => {
  const first = marker?.list.children[marker.count];
  marker = null;
  offerFocus(first?.querySelector("a:not([tabindex]), button, input"), { preventScroll: true });
});

for (const name of ["htmx:response:error", "htmx:error"]) {
  document.addEventListener(name, () => {
    toast(gettext("Couldn't load more."), { level: "error", action: gettext("Reload"), onAction: () => location.reload() });
  });
}
