// The lists of the admin's forms explain themselves by an icon that has a label, but no role that may have one.

addEventListener("load", () => {
  // Django's own handler of this event draws them.
  setTimeout(() => {
    for (const icon of document.querySelectorAll(".search-label-icon[aria-label]")) icon.setAttribute("role", "img");
  });
});
