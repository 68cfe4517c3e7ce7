// Long documents: a copy button on every example, and the current section marked in the table of contents.
import { copyOnClick } from "./clipboard.js";
import { gettext } from "./i18n.js";
import { el } from "./ui.js";

for (const block of document.querySelectorAll('.code:not([data-language="text"])')) {
  const button = el("button", { class: "btn btn-small code-copy", type: "button", "aria-label": gettext("Copy code example") }, gettext("Copy"));
  block.querySelector(".code-label").after(button);
  copyOnClick(button, () => block.querySelector("code").textContent);
}

const links = new Map([...document.querySelectorAll(".toc-wide a[href^='#']")].map((link) => [link.hash.slice(1), link]));
const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);

function mark() {
  const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
  const here = passed.at(-1)?.id;
  for (const [id, link] of links) {
    if (id === here) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
}

let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; mark(); });
}, { passive: true });
mark();

// Fold the contents again after a section was chosen in them, so that it is visible.
const folded = document.querySelector(".toc-narrow details");
folded?.addEventListener("click", (event) => {
  if (event.target.closest("a")) folded.open = false;
});
