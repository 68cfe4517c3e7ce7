// The guide's frameworks: all groups of tabs show the same one, and it is remembered. The tabs work without this.
import { stored } from "./browser-storage.js";

const choice = stored("framework");
const groups = document.querySelectorAll(".frameworks");

/** @param {string} framework */
function show(framework) {
  for (const group of groups) {
    const radio = group.querySelector(`input[value="${CSS.escape(framework)}"]`);
    if (radio instanceof HTMLInputElement) radio.checked = true;
  }
}

for (const group of groups) {
  group.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    const before = target.getBoundingClientRect().top;
    show(target.value);
    choice.write(target.value);
    // Groups above this one have changed their height.
    scrollBy({ top: target.getBoundingClientRect().top - before, behavior: "instant" });
  });
}

show(choice.read(""));
