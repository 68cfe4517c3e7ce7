// Runs before the first paint, so that no page flashes in the wrong theme or moves when the sidebar changes.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  let theme = null;
  let nav = null;
  let theatre = null;
  try {
    theme = localStorage.getItem("theme");
    nav = localStorage.getItem("nav");
    theatre = localStorage.getItem("theatre");
  } catch {
    // Without storage the system's theme is used.
  }
  // An account's theme is in the page: it applies on every device.
  if (!root.dataset.theme && (theme === "light" || theme === "dark")) root.dataset.theme = theme;
  if (theatre) root.dataset.theatre = "1";
  // Below this width the whole sidebar opens in a sheet over the page (shell.js).
  if (!root.dataset.nav) root.dataset.nav = matchMedia("(width >= 82rem)").matches ? nav ?? "full" : "mini";
})();
