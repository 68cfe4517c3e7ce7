// Profile images: previews before saving, drag and drop, and the server's checks of type and size.
import { gettext, interpolate } from "./i18n.js";
import { amount } from "./locale.js";
import { el } from "./ui.js";

const TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif"];
const MAX_MEGABYTES = 10;

function problemOf(file) {
  if (!TYPES.includes(file.type)) return gettext("Choose a JPEG, PNG, WebP, or GIF image.");
  if (file.size > MAX_MEGABYTES * 1024 * 1024) return interpolate(gettext("Images can be up to %(size)s."), { size: amount(MAX_MEGABYTES, "megabyte", { unitDisplay: "short" }) });
  return "";
}

function say(field, text) {
  field.querySelector("[data-problem]").replaceChildren(...(text ? [el("ul", { class: "errors" }, el("li", {}, text))] : []));
  field.querySelector("input").setAttribute("aria-invalid", String(Boolean(text)));
}

function preview(field, before) {
  const input = field.querySelector("input");
  const place = field.querySelector("[data-preview]");
  const shown = place.querySelector("img[data-chosen]");
  if (shown) URL.revokeObjectURL(shown.src);
  const [file] = input.files;
  const problem = file ? problemOf(file) : "";
  if (problem) input.value = "";
  say(field, problem);
  if (!file || problem) {
    place.replaceChildren(...before);
    return;
  }
  const image = el("img", { src: URL.createObjectURL(file), alt: gettext("Your new image, not saved yet"), "data-chosen": true });
  image.addEventListener("error", () => {
    input.value = "";
    place.replaceChildren(...before);
    say(field, gettext("Couldn't read this image. Choose another one."));
  });
  place.replaceChildren(image);
}

for (const field of document.querySelectorAll("[data-picture]")) {
  const input = field.querySelector("input");
  const before = [...field.querySelector("[data-preview]").childNodes];
  input.addEventListener("change", () => preview(field, before));
  for (const name of ["dragenter", "dragover"]) {
    field.addEventListener(name, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      field.dataset.over = "";
    });
  }
  field.addEventListener("dragleave", (event) => {
    if (!field.contains(event.relatedTarget)) delete field.dataset.over;
  });
  field.addEventListener("drop", (event) => {
    delete field.dataset.over;
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
    preview(field, before);
  });
}
