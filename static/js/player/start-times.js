// Parses start times in addresses. videos/start_times.py parses the query by the same rules.

const MOMENT = /^(?:npt:)?(?:(?=.)(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,7}(?:\.\d{1,9})?|\.\d{1,9})s?)?|(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2}(?:\.\d{1,9})?))(?:,[\d:.]*)?$/i;

/**
 * Parse a start time in seconds: `90`, `90s`, `12.5`, `1m30s`, `1h2m3s`, `1:30`, `1:02:03`. Return null for anything else.
 *
 * @param {string} text
 * @returns {number | null}
 */
export function parseStartTime(text) {
  const groups = MOMENT.exec(text.trim())?.slice(1) ?? [];
  const [hours, minutes, seconds] = groups.slice(0, 3).some(Boolean) ? groups : groups.slice(3);
  if (!hours && !minutes && !seconds) return null;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}

/**
 * Return the start time in an address's fragment (`#t=90`), which the server never sees, or null.
 *
 * @param {string} hash
 */
export function hashStartTime(hash) {
  const params = new URLSearchParams(hash.slice(1));
  return parseStartTime(params.get("t") ?? "") ?? parseStartTime(params.get("start") ?? "");
}
