// While the site is read-only, buttons of forms that would change something are disabled, and say why.
// The server refuses what they send anyway; without this script its page says so.
const REASON = "site-mode-reason";
const WRITES = 'form[method="post"]:not([data-works-read-only])';
const BUTTONS = 'button:not([type="button"]):not([type="reset"]), input[type="submit"], input[type="image"]';

const text = document.getElementById(REASON)?.textContent ?? "";

/** @param {HTMLButtonElement | HTMLInputElement} button */
function disable(button) {
  button.disabled = true;
  button.title = text;
  if (text) button.setAttribute("aria-describedby", REASON);
}

/** @param {Document | Element} root */
function disableWithin(root) {
  /** @type {HTMLFormElement[]} */
  const forms = [...root.querySelectorAll(WRITES)];
  if (root instanceof Element && root.matches(WRITES)) forms.push(/** @type {HTMLFormElement} */ (root));
  // Also buttons elsewhere on the page that name a form.
  for (const form of forms) for (const element of form.elements) if (element.matches(BUTTONS)) disable(/** @type {any} */ (element));
}

disableWithin(document);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element) disableWithin(node);
}).observe(document.body, { childList: true, subtree: true });
