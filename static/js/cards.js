// Cards of videos: what their menus and previews need is loaded when somebody reaches for a card.

// The pointer or the focus comes before a menu is opened, so that its items are there by then.
for (const type of ["pointerover", "pointerout", "pointerdown", "focusin", "keydown"]) {
  document.addEventListener(type, async (event) => {
    if (!/** @type {Element} */ (event.target).closest?.(".card")) return;
    const { reach } = await import("./card-reach.js");
    reach(event);
  }, true);
}

export {};
