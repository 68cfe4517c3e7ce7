// Adds a passkey: the browser makes it, and the form takes it to the site.
import { explain, isSupported, makePasskey, showProblem } from "./ceremony.js";
import { gettext } from "../i18n.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-passkey-new]"));

async function add(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  showProblem(form, "");
  try {
    /** @type {HTMLInputElement} */ (form.elements.namedItem("credential")).value = await makePasskey();
    form.submit();
  } catch (error) {
    if (error.code === "proof_required") {
      location.assign(form.dataset.confirm);
      return;
    }
    showProblem(form, explain(error));
    button.disabled = false;
  }
}

if (form) {
  if (isSupported()) form.addEventListener("submit", add);
  else {
    showProblem(form, gettext("This browser doesn't support passkeys on this site."));
    form.querySelector("button").disabled = true;
  }
}
