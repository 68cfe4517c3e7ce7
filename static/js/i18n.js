// Texts in the page's language. The catalog of a language other than English is loaded before any module runs.
/** @type {{ messages?: Record<string, string | string[]>, plural?: (count: number) => number }} */
const catalog = globalThis.streamsiteCatalog ?? {};

/**
 * Return the translation of an English text, or the text itself.
 *
 * @param {string} text
 * @returns {string}
 */
export function gettext(text) {
  const found = catalog.messages?.[text];
  if (Array.isArray(found)) return found[catalog.plural?.(1) ?? 0] ?? text;
  return found ?? text;
}

/**
 * Return the form for a count.
 *
 * @param {string} one
 * @param {string} many
 * @param {number} count
 * @returns {string}
 */
export function ngettext(one, many, count) {
  const forms = catalog.messages?.[one];
  if (Array.isArray(forms) && catalog.plural) return forms[catalog.plural(count)] ?? many;
  return count === 1 ? one : many;
}

/**
 * Fill in `%(name)s` placeholders.
 *
 * @param {string} format
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function interpolate(format, values) {
  return format.replace(/%\((\w+)\)s/g, (whole, name) => String(values[name] ?? whole));
}
