// Numbers, dates, and times follow the page's language and time zone, and sentences keep their elements.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./support/browser.js";
import { withElements } from "../../static/js/rich-text.js";
import { clock } from "../../static/js/clock.js";

const MOMENT = new Date("2026-11-29T23:30:00Z");
let pages = 0;

/** Load the module as a page in `lang` does. */
async function locale(lang, dataset = {}) {
  openPage();
  Object.assign(document.documentElement, { lang, dataset });
  pages += 1;
  return import(`../../static/js/locale.js?${pages}`);
}

test("the page's language decides, and not the browser's", async () => {
  const german = await locale("de", { timeZone: "Asia/Tokyo" });
  assert.equal(german.number(1234.5), "1.234,5");
  assert.match(german.percent(0.4), /^40\s%$/);
  assert.equal(german.amount(3, "minute"), "3 Minuten");
  assert.equal(german.list(["a", "b", "c"]), "a, b und c");
  assert.equal(german.dates({ dateStyle: "short", timeStyle: "short" }).format(MOMENT), "30.11.26, 08:30");
  const english = await locale("", { timeZone: "America/New_York" });
  assert.equal(english.compact(1234), "1.2K");
  assert.equal(english.percent(0.4), "40%");
  assert.equal(english.dates({ dateStyle: "medium" }).format(MOMENT), "Nov 29, 2026");
});

test("counts are cut off as on the server", async () => {
  const shown = async (lang) => {
    const { compact } = await locale(lang);
    return [0, 999, 1999, 123_999, 5_000_000].map((count) => compact(count).replace("\u00a0", " "));
  };
  assert.deepEqual(await shown("en"), ["0", "999", "1.9K", "123K", "5M"]);
  assert.deepEqual(await shown("de"), ["0", "999", "1.999", "123.999", "5 Mio."]);
  assert.deepEqual(await shown("ar"), ["0", "999", "1.9 ألف", "123 ألف", "5 مليون"]);
});

test("Arabic has its plurals and the digits of the server's pages", async () => {
  const arabic = await locale("ar");
  assert.equal(arabic.amount(2, "hour"), "ساعتان");
  assert.equal(arabic.amount(3, "hour"), "3 ساعات");
});

test("elements keep their places in a sentence", () => {
  const link = /** @type {any} */ ({});
  assert.deepEqual(withElements("%(video)s: already here", { video: link }), ["", link, ": already here"]);
  assert.deepEqual(withElements("See %(video)s.", {}), ["See ", "video", "."]);
});

test("positions", () => {
  assert.deepEqual([0, 9.9, 75, 3675].map(clock), ["0:00", "0:09", "1:15", "1:01:15"]);
});

test("date fields take the clock of the account's time zone", async () => {
  openPage();
  Object.assign(document.documentElement, { lang: "en", dataset: { timeZone: "Europe/Berlin" } });
  const { clockTime, momentOf } = await import("../../static/js/wall-clock.js");
  assert.equal(clockTime(MOMENT.getTime()), "2026-11-30T00:30");
  for (const [text, utc] of [
    ["2026-11-30T00:30", "2026-11-29T23:30:00.000Z"],
    ["2026-07-01T12:00", "2026-07-01T10:00:00.000Z"],
    // The night of a change, before and after it.
    ["2026-03-29T01:30", "2026-03-29T00:30:00.000Z"],
    ["2026-03-29T03:30", "2026-03-29T01:30:00.000Z"],
    ["2026-10-25T01:30", "2026-10-24T23:30:00.000Z"],
  ]) {
    assert.equal(new Date(momentOf(text)).toISOString(), utc, text);
  }
});
