// Rows that are dragged by their grip: by mouse, pen, and touch, with scrolling at the edges. SortableJS does the dragging;
// it is loaded once the page has nothing else to do.

const LONGEST_WAIT_MS = 1000;

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
  const begin = () => makeSortable(list, options).catch(() => {}); // buttons and keys move rows, too
  if ("requestIdleCallback" in window) requestIdleCallback(begin, { timeout: LONGEST_WAIT_MS });
  else setTimeout(begin, LONGEST_WAIT_MS);
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
