// Translated sentences that contain elements.

/**
 * Fill `%(name)s` placeholders with elements or texts. Return the parts of the sentence in their order.
 *
 * @param {string} format
 * @param {Record<string, Node | string>} values
 * @returns {(Node | string)[]}
 */
export const withElements = (format, values) => (
  // Every second part is a placeholder's name.
  format.split(/%\((\w+)\)s/).map((part, index) => (index % 2 ? values[part] ?? part : part))
);
