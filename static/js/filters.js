// A choice is applied at once. Who goes through a list by arrow keys changes it at every step: there Enter or the button does.
const form = document.querySelector("[data-filters]");
let stepped = -Infinity;

form?.addEventListener("keydown", (event) => {
  stepped = event.key === "Enter" ? -Infinity : event.timeStamp;
});

form?.addEventListener("change", (event) => {
  if (event.timeStamp - stepped > 500) form.requestSubmit();
});

// What is not chosen need not stand in the address.
form?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
  if (event.formData.get("sort") === "relevance") event.formData.delete("sort");
});
