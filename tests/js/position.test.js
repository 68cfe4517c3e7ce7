// Where a visitor continues a video, and when it counts as finished.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openPage } from "./support/browser.js";

const { local } = openPage("https://site.test/watch/a");
const { isFinished, storedPosition, watchMark, noteUnsent, startPosition } = await import("../../static/js/player/position.js");

const CASES = JSON.parse(readFileSync(new URL("cases/positions.json", import.meta.url), "utf8"));

for (const { position, duration, percent, isFinished: finished } of CASES) {
  test(`${position} s of ${duration} s`, () => {
    assert.equal(isFinished(position, duration), finished);
    assert.deepEqual(watchMark(position, duration), percent === null ? null : { percent, isFinished: finished });
  });
}

test("an unknown length is never finished", () => {
  assert.equal(isFinished(50, NaN), false);
  assert.equal(watchMark(50, NaN), null);
});

test("a visitor continues where this browser says", () => {
  local.setItem("positions", JSON.stringify([["a", 42.5], ["b", 3], ["c", 99]]));
  assert.equal(storedPosition("a"), 42.5);
  assert.equal(storedPosition("nothing"), 0);
  assert.equal(startPosition({ videoId: "a", resume: "7", start: "" }, 100), 42.5);
  assert.equal(startPosition({ videoId: "b", start: "" }, 100), 0, "the first seconds are not worth continuing");
  assert.equal(startPosition({ videoId: "c", start: "" }, 100), 0, "a finished video begins anew");
});

test("the address comes first, unless it names a moment behind the end", () => {
  assert.equal(startPosition({ videoId: "a", start: "10" }, 100), 10);
  assert.equal(startPosition({ videoId: "a", start: "100" }, 100), 0);
  assert.equal(startPosition({ videoId: "a", start: "100" }, 0), 100);
});

test("positions that cannot be read count as none", () => {
  local.setItem("positions", "{not json");
  assert.equal(storedPosition("a"), 0);
});

test("a visitor's position is not noted as unsent", () => {
  const confirm = noteUnsent("a", 5);
  confirm();
  assert.deepEqual(Object.keys(local).filter((key) => key.startsWith("player-unsent")), []);
});
