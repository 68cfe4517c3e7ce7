// The upload page.
import { beginUploads } from "./upload/begin.js";
import { acceptDrops } from "./upload/drop.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-upload-form]"));
const input = /** @type {HTMLInputElement} */ (form.querySelector("[data-file]"));

input.required = false;
input.addEventListener("change", () => {
  beginUploads([...input.files]);
  input.value = "";
});
form.addEventListener("submit", (event) => event.preventDefault());
acceptDrops(beginUploads);
