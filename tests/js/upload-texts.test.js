// Sizes, times and refusals on the upload page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./support/browser.js";

openPage();
const { processingText, refusal, sentText, size, span } = await import("../../static/js/upload/texts.js");
const { Speed } = await import("../../static/js/upload/speed.js");

for (const [bytes, text] of [
  [0, "0 bytes"], [999, "999 bytes"], [1000, "1 kB"], [1500, "2 kB"], [1_000_000, "1.0 MB"], [60_600_000, "60.6 MB"],
  [150_000_000, "150 MB"], [2_500_000_000, "2.5 GB"], [5e15, "5000 TB"],
]) {
  test(`${bytes} bytes are ${text}`, () => assert.equal(size(bytes), text));
}

for (const [seconds, text] of [
  [0, "less than a minute"], [59, "less than a minute"], [60, "1 minute"], [89, "1 minute"], [150, "3 minutes"],
  [3560, "59 minutes"], [3600, "1 hour"], [7200, "2 hours"],
]) {
  test(`${seconds} seconds are ${text}`, () => assert.equal(span(seconds), text));
}

const LIMITS = { maxBytes: 1000, endings: [".mp4", ".mov"] };

test("a file is refused with the reason", () => {
  assert.equal(refusal({ name: "a.MP4", size: 1000 }, LIMITS), "");
  assert.match(refusal({ name: "a.mp4", size: 0 }, LIMITS), /empty/);
  assert.match(refusal({ name: "a.mp4", size: 1001 }, LIMITS), /limit is 1 kB/);
  assert.match(refusal({ name: "mp4", size: 10 }, LIMITS), /\.mp4 and \.mov/);
  assert.equal(refusal({ name: "a.anything", size: 10 }, { maxBytes: 1000, endings: [] }), "");
});

test("where the endings are not known, the browser's type tells", () => {
  const open = { maxBytes: 1000, endings: [] };
  assert.match(refusal({ name: "a.txt", size: 10, type: "text/plain" }, open), /video or audio/);
  for (const type of ["video/mp4", "audio/flac", "image/gif", "application/mxf", ""]) {
    assert.equal(refusal({ name: "a", size: 10, type }, open), "");
  }
});

test("how much was sent, and how long the rest takes", () => {
  assert.equal(sentText(0, 2_000_000), "0 bytes of 2.0 MB");
  assert.equal(sentText(1_000_000, 181_000_000, 1_000_000), "1.0 MB of 181 MB · 3 minutes left");
});

test("how far processing is", () => {
  assert.match(processingText({ playable: false, ahead: 2, progress: 0 }), /2 other videos/);
  assert.match(processingText({ playable: false, ahead: 0, progress: 0.25 }), /25% done/);
  assert.match(processingText({ playable: false, ahead: 2, progress: 0, waiting_for: "space" }), /free space/);
  assert.match(processingText({ playable: false, ahead: 2, progress: 0, waiting_for: null }), /2 other videos/);
  assert.match(processingText({ playable: true, ahead: 0, progress: 0.5 }), /Higher resolutions are 50% done/);
});

test("the speed is that of the last seconds", () => {
  const speed = new Speed();
  assert.equal(speed.add(0, 0), 0);
  assert.equal(speed.add(1000, 1000), 1000);
  // A minute of silence later, the old samples count no more.
  speed.add(1000, 60_000);
  assert.equal(speed.add(3000, 61_000), 2000);
  speed.reset();
  assert.equal(speed.add(3000, 62_000), 0);
});
