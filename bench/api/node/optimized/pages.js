export const PAGE_SIZE = 20;

/** Return the condition for rows after the cursor `<milliseconds>_<id>`, newest first by `field`. */
export function after(cursor, field) {
  if (!cursor) return {};
  const [milliseconds, id] = cursor.split("_", 2);
  const at = new Date(Number(milliseconds));
  return { [field]: { $lte: at }, $or: [{ [field]: { $lt: at } }, { [field]: at, _id: { $lt: id } }] };
}

/** Return the cursor of the next page, null at the end; `rows` holds one row more than the page. */
export function nextCursor(rows, field, size = PAGE_SIZE) {
  if (rows.length <= size) return null;
  const last = rows[size - 1];
  return `${last[field].getTime()}_${last._id}`;
}
