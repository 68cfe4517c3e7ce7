// Ends a stream whose last moment never comes. A segment shorter than hls.js's tolerance, such as the 21 ms of sound that
// an encoder's priming leaves behind the picture, may be passed over or add nothing to the buffer: hls.js then waits for
// it for ever, the browser waits for hls.js, and `ended` never fires.

// What may be missing at the end of a track.
const TOLERANCE = 0.25;
// How near the end playing has to be before anything is judged.
const NEAR_END = 2;

/** The end of the buffered range around `time`, or of one that begins within the tolerance; `time` when there is none. */
function bufferedTo(ranges, time) {
  let end = time;
  for (let index = 0; index < ranges.length; index += 1) {
    if (ranges.start(index) <= end + TOLERANCE && ranges.end(index) > end) end = ranges.end(index);
  }
  return end;
}

/** Whether every track is buffered from the playhead to within the tolerance of the end. */
function isBufferedToEnd(video, source) {
  const buffers = [...source.sourceBuffers];
  return buffers.length > 0 && buffers.every((buffer) => (
    !buffer.updating && bufferedTo(buffer.buffered, video.currentTime) >= source.duration - TOLERANCE
  ));
}

/** Tell hls.js that the stream is at its end as soon as all of it is buffered but a rest too short to be loaded. */
export function endOnTime(hls, Events, video) {
  let source = null;
  const check = () => {
    if (source?.readyState !== "open" || !Number.isFinite(source.duration)) return;
    if (video.currentTime < source.duration - NEAR_END) return;
    // A ladder that is still growing, or a stream that is live, has more to come.
    if (hls.latestLevelDetails?.live !== false) return;
    if (isBufferedToEnd(video, source)) hls.trigger(Events.BUFFER_EOS, {});
  };
  hls.on(Events.MEDIA_ATTACHED, (_, { mediaSource }) => {
    source = mediaSource ?? null;
  });
  hls.on(Events.MEDIA_DETACHED, () => {
    source = null;
  });
  hls.on(Events.FRAG_BUFFERED, check);
  for (const name of ["timeupdate", "waiting", "seeking", "stalled"]) video.addEventListener(name, check);
}
