// The part of a video that an embed plays.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Span } from "../../static/js/embed/play-range.js";

function player(options) {
  const ended = [];
  const video = Object.assign(new EventTarget(), {
    currentTime: 0, paused: false, seeking: false, ended: false, playbackRate: 1, loop: false, plays: 0,
    pause() { this.paused = true; },
    async play() { this.plays += 1; },
  });
  const span = new Span(video, { start: 0, end: 0, loop: false, onEnd: () => ended.push(video.currentTime), ...options });
  const at = (seconds, name = "timeupdate") => {
    video.currentTime = seconds;
    video.dispatchEvent(new Event(name));
  };
  return { video, span, at, ended };
}

test("playing stops at the end, once", () => {
  const { video, at, ended } = player({ start: 5, end: 10 });
  at(9);
  assert.equal(video.paused, false);
  at(10.1);
  assert.equal(video.paused, true);
  video.paused = false;
  at(10.3);
  assert.deepEqual(ended, [10.1], "whoever plays on past the end may");
});

test("near the end a timer takes over, at the speed of playing", (context) => {
  context.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ["setTimeout"] });
  const { video, at, ended } = player({ end: 10 });
  video.playbackRate = 2;
  at(9.75);
  video.currentTime = 10;
  mock.timers.tick(124);
  assert.equal(ended.length, 0);
  mock.timers.tick(1);
  assert.equal(ended.length, 1);
});

test("a part that repeats goes back to its beginning", () => {
  const { video, at, ended } = player({ start: 5, end: 10, loop: true });
  assert.equal(video.loop, false, "the browser's own loop goes back to 0");
  at(10);
  assert.equal(video.currentTime, 5);
  assert.equal(video.plays, 1);
  assert.deepEqual(ended, []);
});

test("the whole video repeats by the browser's own loop", () => {
  const { video, span } = player({ loop: true });
  assert.equal(video.loop, true);
  span.loop = false;
  assert.equal(video.loop, false);
});

test("seeking back before the end arms it again", () => {
  const { at, ended } = player({ end: 10 });
  at(12, "seeking");
  at(12.5);
  assert.deepEqual(ended, []);
  at(3, "seeking");
  at(10);
  assert.deepEqual(ended, [10]);
});
