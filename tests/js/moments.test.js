// Moments in addresses: the table that videos/tests/test_times.py holds for the server's side.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { moment, momentOfHash } from "../../static/js/player/moments.js";

const CASES = JSON.parse(readFileSync(new URL("cases/moments.json", import.meta.url), "utf8"));

for (const [text, seconds] of CASES) {
  test(`${JSON.stringify(text)} is ${seconds}`, () => assert.equal(moment(text), seconds));
}

test("a fragment names its moment by t, else by start", () => {
  assert.equal(momentOfHash("#t=90"), 90);
  assert.equal(momentOfHash("#start=1m"), 60);
  assert.equal(momentOfHash("#t=5&start=9"), 5);
  assert.equal(momentOfHash("#t=x&start=9"), 9);
  assert.equal(momentOfHash("#comments"), null);
  assert.equal(momentOfHash(""), null);
});
