// Modal dialogs, and the question before something that cannot be undone.
import { gettext } from "./i18n.js";
import { el, icon } from "./ui.js";

/** Open a modal dialog with a title, a close button and `body`, and return it. It is removed when closed. */
export function modal(title, ...body) {
  const close = el("button", { class: "icon-btn icon-btn-small", type: "button", "aria-label": gettext("Close") }, icon("close"));
  const heading = el("h2", { id: `dialog-${Date.now()}` }, title);
  const dialog = el("dialog", { "aria-labelledby": heading.id }, el("div", { class: "dialog-head" }, heading, close), ...body);
  close.addEventListener("click", () => dialog.close());
  const texts = "textarea, input:not([type=checkbox], [type=radio], [type=hidden])";
  const hasText = () => [...dialog.querySelectorAll(texts)].some((field) => field.value !== field.defaultValue);
  // A dialog with typed text is closed only by its buttons.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && !hasText()) dialog.close();
  });
  dialog.addEventListener("cancel", (event) => {
    if (hasText()) event.preventDefault();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Ask before something that cannot be undone. Resolve to whether the user agreed. */
export function confirmAction(title, text, action) {
  return new Promise((resolve) => {
    const yes = el("button", { class: "btn btn-danger", type: "button" }, action);
    const no = el("button", { class: "btn", type: "button", autofocus: true }, gettext("Cancel"));
    const dialog = modal(title, el("p", {}, text), el("div", { class: "dialog-actions" }, no, yes));
    let answer = false;
    yes.addEventListener("click", () => {
      answer = true;
      dialog.close();
    });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => resolve(answer));
  });
}
