// Applies a filter as soon as it is chosen. Arrow keys change a list at every step, so there Enter or the button applies it.
const form = document.querySelector("[data-filters]");
let lastKeyAt = -Infinity;

form?.addEventListener("keydown", (event) => {
  lastKeyAt = event.key === "Enter" ? -Infinity : event.timeStamp;
});

form?.addEventListener("change", (event) => {
  if (event.timeStamp - lastKeyAt > 500) form.requestSubmit();
});

// Leave filters that are not set, and the default order, out of the address.
form?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
  if (event.formData.get("sort") === "relevance") event.formData.delete("sort");
});

export {};
