// The editor's cues: their text, what can be done with them, and times.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CueList } from "../../static/js/editor/cue-list.js";
import { formatTime, parseTime } from "../../static/js/editor/times.js";
import { parse, write } from "../../static/js/editor/vtt.js";

const TEXT = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nHello &amp; <i>you</i>\n\n01:00:01.000 --> 01:00:03.500\n&lt;3 two\nlines\n";
const two = () => new CueList([{ start: 1, end: 2, text: "one two" }, { start: 3, end: 4, text: "three" }]);

test("a text that nobody changed stays as it is", () => {
  const cues = parse(TEXT);
  assert.deepEqual(cues.map(({ text }) => text), ["Hello & <i>you</i>", "<3 two\nlines"]);
  assert.equal(write(cues), TEXT);
  assert.deepEqual(parse(""), []);
  assert.equal(write([]), "");
});

test("a text that is not understood is left alone", () => {
  for (const text of ["nonsense", "WEBVTT\n\n00:0x.000 --> 00:01.000\nHi", "WEBVTT\n\nSTYLE\nred"]) assert.equal(parse(text), null);
});

test("typed text is escaped, but for the tags that a track may have", () => {
  const [cue] = parse(write([{ start: 0, end: 1, text: "x < y <b>z</b> & --> q\n\nw" }]));
  assert.equal(cue.raw, "x &lt; y <b>z</b> &amp; --&gt; q\nw");
  assert.equal(cue.text, "x < y <b>z</b> & --> q\nw");
});

test("a cue is split at the cursor and the playhead, or by its words", () => {
  const list = two();
  list.split(0, 3, 1.2);
  assert.deepEqual(list.cues.slice(0, 2), [{ start: 1, end: 1.2, text: "one" }, { start: 1.2, end: 2, text: "two" }]);
  const other = two();
  other.split(0, 0, 9);
  assert.deepEqual(other.cues.map(({ text }) => text), ["one", "two", "three"]);
  assert.equal(two().split(1, 0, 9), false);
});

test("cues are merged, shifted, added and removed, and all of it is undone", () => {
  const list = two();
  list.merge(0);
  assert.deepEqual(list.cues, [{ start: 1, end: 4, text: "one two\nthree" }]);
  assert.equal(list.shift(-5), -1);
  assert.equal(list.cues[0].start, 0);
  assert.equal(list.add(3.5), 1);
  list.remove(0);
  assert.equal(list.setEnd(0, 1), false);
  for (let count = 0; count < 4; count += 1) assert.equal(list.undo(), true);
  assert.deepEqual(list.cues, two().cues);
  assert.equal(list.undo(), false);
});

test("a start that passes the end takes it along, and a new cue ends where the next one starts", () => {
  const list = two();
  list.setStart(0, 2.5);
  assert.deepEqual(list.cues[0], { start: 2.5, end: 3.5, text: "one two" });
  const other = two();
  assert.deepEqual(other.cues[other.add(2.5)], { start: 2.5, end: 3, text: "" });
});

test("times are read as people write them", () => {
  assert.deepEqual(["1:30", "90", "1:02:03.5", "0,4", "1:75", "x", ""].map(parseTime), [90, 90, 3723.5, 0.4, null, null, null]);
  assert.deepEqual([formatTime(3723.5), formatTime(90, true), formatTime(59.9996)], ["1:02:03.500", "1:30", "1:00.000"]);
});
