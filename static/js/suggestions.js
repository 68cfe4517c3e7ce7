// Suggestions below the search fields. Their list is loaded when a field is first focused.
for (const form of document.querySelectorAll("form.search")) {
  const input = form.querySelector("input[type=search]");
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"]]) input.setAttribute(name, value);
  const load = () => import("./suggestions/list.js").then(({ Suggestions }) => new Suggestions(form)).catch(() => {});
  if (document.activeElement === input) load();
  else input.addEventListener("focus", load, { once: true });
}
