// The page of a case: keys for its buttons, and a question before a decision is sent.
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-case-form]"));
const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector("[data-case-confirm]"));
/** @type {HTMLButtonElement | null} */
let chosen = null;
let isSent = false;

/** @param {HTMLButtonElement} button */
function ask(button) {
  if (!dialog || isSent) return;
  chosen = button;
  const question = dialog.querySelector("[data-question]");
  if (question) question.textContent = button.dataset.question ?? "";
  const confirm = /** @type {HTMLButtonElement} */ (dialog.querySelector("[data-confirm]"));
  confirm.textContent = button.dataset.label ?? "";
  confirm.dataset.style = button.dataset.style ?? "";
  dialog.showModal();
  confirm.focus();
}

function send() {
  if (!form || !chosen || isSent) return;
  isSent = true;
  const button = chosen;
  dialog?.close();
  form.requestSubmit(button);
}

form?.addEventListener("submit", (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (!button || !button.dataset.question || isSent) return;
  event.preventDefault();
  ask(button);
});
dialog?.querySelector("[data-confirm]")?.addEventListener("click", send);
dialog?.querySelector("[data-cancel]")?.addEventListener("click", () => dialog.close());
// Back from the next page by the browser's cache: the form may be sent again, which changes nothing twice.
addEventListener("pageshow", () => {
  isSent = false;
});

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])"));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || dialog?.open) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") /** @type {HTMLElement} */ (event.target).blur();
    return;
  }
  const target = /** @type {HTMLElement | null} */ (
    document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)
  );
  if (!target) return;
  event.preventDefault();
  if (target instanceof HTMLVideoElement) {
    if (target.paused) target.play().catch(() => {});
    else target.pause();
  } else if (target instanceof HTMLTextAreaElement) target.focus();
  else target.click();
});
