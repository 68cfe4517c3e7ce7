// Rows that are dragged by their grip: by mouse, pen, and touch, with scrolling at the edges. SortableJS does the dragging;
// it is loaded when a pointer comes to the list, or a finger to the page, because most visits sort nothing.

/**
 * Let people drag the rows of `list`.
 *
 * @param {HTMLElement} list
 * @param {object} options
 * @param {string} options.rows selects the rows
 * @param {string} options.grip selects the part of a row that it is dragged by
 * @param {(row: HTMLElement, successor: Element | null) => void} options.onMoved called when a row stands elsewhere;
 *   `successor` is what it stood before until then
 */
export function dragRows(list, options) {
  let isAsked = false;
  const begin = () => {
    if (isAsked) return;
    isAsked = true;
    makeSortable(list, options).catch(() => (isAsked = false));
  };
  list.addEventListener("pointerover", begin);
  document.addEventListener("touchstart", begin, { passive: true });
}

async function makeSortable(list, { rows, grip, onMoved }) {
  await import("../vendor/sortablejs-1.15.7/Sortable.min.js");
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let successor = null;
  new globalThis.Sortable(list, {
    draggable: rows,
    handle: grip,
    animation: isStill ? 0 : 150,
    ghostClass: "is-dragged",
    onStart: ({ item }) => {
      successor = item.nextElementSibling;
    },
    onUpdate: ({ item }) => onMoved(item, successor),
  });
  // Tests and styles can tell that rows can be dragged now.
  list.dataset.draggable = "";
}
