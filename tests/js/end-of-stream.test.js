// The end of a stream whose last fragment adds nothing to the buffer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { endWhenBuffered } from "../../static/js/player/end-of-stream.js";

const Events = { MEDIA_ATTACHED: "attached", MEDIA_DETACHED: "detached", FRAG_BUFFERED: "buffered", BUFFER_EOS: "eos" };

const ranges = (...pairs) => ({ length: pairs.length, start: (index) => pairs[index][0], end: (index) => pairs[index][1] });

/** A stream of 10 seconds at `currentTime`; `buffers` holds the buffered ranges of each track. */
function stream({ currentTime = 9, buffers = [[[0, 10]]], live = false, readyState = "open", updating = false } = {}) {
  const video = Object.assign(new EventTarget(), { currentTime });
  const handlers = {};
  const triggered = [];
  const hls = { latestLevelDetails: { live }, on: (name, handler) => { handlers[name] = handler; }, trigger: (name) => triggered.push(name) };
  endWhenBuffered(hls, Events, video);
  const mediaSource = { readyState, duration: 10, sourceBuffers: buffers.map((pairs) => ({ updating, buffered: ranges(...pairs) })) };
  handlers.attached("attached", { mediaSource });
  return { video, handlers, triggered };
}

test("a stream that is buffered to within a quarter of a second of its end is ended", () => {
  const { video, triggered } = stream({ buffers: [[[0, 9.8]], [[0, 10]]] });
  video.dispatchEvent(new Event("waiting"));
  assert.deepEqual(triggered, ["eos"]);
});

test("a small gap is passed over, a large one is not", () => {
  const small = stream({ buffers: [[[0, 9.2], [9.4, 10]]] });
  small.handlers.buffered();
  assert.deepEqual(small.triggered, ["eos"]);
  const large = stream({ buffers: [[[0, 9.1], [9.6, 10]]] });
  large.handlers.buffered();
  assert.deepEqual(large.triggered, []);
});

for (const [why, options] of [
  ["far from the end", { currentTime: 5 }],
  ["while one track is missing", { buffers: [[[0, 10]], [[0, 9]]] }],
  ["while the stream grows", { live: true }],
  ["while a buffer is being filled", { updating: true }],
  ["once it has ended", { readyState: "ended" }],
  ["without any track", { buffers: [] }],
]) {
  test(`nothing is ended ${why}`, () => {
    const { video, handlers, triggered } = stream(options);
    video.dispatchEvent(new Event("timeupdate"));
    handlers.buffered();
    assert.deepEqual(triggered, []);
  });
}

test("nothing is ended after the element let go", () => {
  const { handlers, triggered } = stream();
  handlers.detached();
  handlers.buffered();
  assert.deepEqual(triggered, []);
});
