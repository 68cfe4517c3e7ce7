// The upload page.
import { beginUploads } from "./upload/begin.js";
import { acceptDrops } from "./upload/drop.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-upload-form]"));
const input = /** @type {HTMLInputElement} */ (form.querySelector("[data-file]"));

function begin() {
  beginUploads([...input.files]);
  input.value = "";
}

input.required = false;
input.addEventListener("change", begin);
// Chosen before this script was loaded.
if (input.files.length) begin();
form.addEventListener("submit", (event) => event.preventDefault());
acceptDrops(beginUploads);
