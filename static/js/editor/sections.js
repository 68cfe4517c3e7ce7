// Marks the section in view in the editor's navigation, and tells the form, so that a page without scripts' help returns there.

/** @param {HTMLElement} nav @param {() => HTMLInputElement | null} sectionField */
export function followSections(nav, sectionField) {
  const links = [...nav.querySelectorAll("a")].filter((link) => new URL(link.href).hash);

  function mark() {
    // Saving puts new sections in the place of the former ones.
    const sections = links.map((link) => document.getElementById(new URL(link.href).hash.slice(1)));
    const line = nav.getBoundingClientRect().bottom + 80;
    // At the end of the page the last sections are in view, however short they are.
    const isAtEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    let current = sections.findLastIndex((section) => section && section.getBoundingClientRect().top <= line);
    if (isAtEnd) current = Math.max(current, sections.findIndex((section) => section && `#${section.id}` === location.hash));
    current = Math.max(0, current);
    for (const [index, link] of links.entries()) {
      if (index === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const link = links[current];
    if (link.offsetLeft < nav.scrollLeft || link.offsetLeft + link.offsetWidth > nav.scrollLeft + nav.clientWidth) nav.scrollLeft = link.offsetLeft - 48;
    const field = sectionField();
    if (field) field.value = sections[current]?.id ?? "";
  }

  let isWaiting = false;
  const later = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      mark();
    });
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later);
  addEventListener("hashchange", later);
  mark();
}
