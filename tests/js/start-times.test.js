// Start times in addresses: the table that videos/tests/test_times.py holds for the server's side.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hashStartTime, parseStartTime } from "../../static/js/player/start-times.js";

const CASES = JSON.parse(readFileSync(new URL("cases/start-times.json", import.meta.url), "utf8"));

for (const [text, seconds] of CASES) {
  test(`${JSON.stringify(text)} is ${seconds}`, () => assert.equal(parseStartTime(text), seconds));
}

test("a fragment names its moment by t, else by start", () => {
  assert.equal(hashStartTime("#t=90"), 90);
  assert.equal(hashStartTime("#start=1m"), 60);
  assert.equal(hashStartTime("#t=5&start=9"), 5);
  assert.equal(hashStartTime("#t=x&start=9"), 9);
  assert.equal(hashStartTime("#comments"), null);
  assert.equal(hashStartTime(""), null);
});
