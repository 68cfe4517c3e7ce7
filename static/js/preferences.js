// The theme is tried on at once; what this browser remembers by itself follows what is saved.
const form = document.querySelector("[data-preferences]");
const root = document.documentElement;

form.addEventListener("change", (event) => {
  if (event.target.name === "theme") root.dataset.theme = event.target.value;
});

form.addEventListener("submit", () => {
  try {
    const theme = form.elements.theme.value;
    if (theme === "auto") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Without storage the server's answer alone decides.
  }
});
