// Ends a stream whose last segment is never buffered. A segment shorter than hls.js's tolerance, such as the 21 ms of
// audio that an encoder's priming leaves after the picture, may be skipped or add nothing to the buffer: hls.js then waits
// for it forever, the browser waits for hls.js, and `ended` never fires.

// In seconds: how much may be missing at the end of a track.
const TOLERANCE = 0.25;
// In seconds: how close to the end playback must be before anything is checked.
const NEAR_END = 2;

/**
 * Return the end of the buffered range around `time`, joined with those that start within the tolerance, or `time` when
 * there is none.
 *
 * @param {TimeRanges} ranges
 * @param {number} time
 */
function bufferedEndFrom(ranges, time) {
  let end = time;
  for (let index = 0; index < ranges.length; index += 1) {
    if (ranges.start(index) <= end + TOLERANCE && ranges.end(index) > end) end = ranges.end(index);
  }
  return end;
}

/**
 * Whether every track is buffered from the playhead to within the tolerance of the end.
 *
 * @param {HTMLVideoElement} video
 * @param {MediaSource} source
 */
function isBufferedToEnd(video, source) {
  const buffers = [...source.sourceBuffers];
  return buffers.length > 0 && buffers.every((buffer) => (
    !buffer.updating && bufferedEndFrom(buffer.buffered, video.currentTime) >= source.duration - TOLERANCE
  ));
}

/**
 * Tell hls.js that the stream has ended once everything is buffered but a rest too short to load.
 *
 * @param {any} hls
 * @param {Record<string, string>} Events
 * @param {HTMLVideoElement} video
 */
export function endWhenBuffered(hls, Events, video) {
  /** @type {MediaSource | null} */
  let source = null;
  const check = () => {
    if (source?.readyState !== "open" || !Number.isFinite(source.duration)) return;
    if (video.currentTime < source.duration - NEAR_END) return;
    // A ladder that is still growing, or a live stream, has more to come.
    if (hls.latestLevelDetails?.live !== false) return;
    if (isBufferedToEnd(video, source)) hls.trigger(Events.BUFFER_EOS, {});
  };
  hls.on(Events.MEDIA_ATTACHED, (/** @type {string} */ _, /** @type {{ mediaSource?: MediaSource }} */ { mediaSource }) => {
    source = mediaSource ?? null;
  });
  hls.on(Events.MEDIA_DETACHED, () => {
    source = null;
  });
  hls.on(Events.FRAG_BUFFERED, check);
  for (const name of ["timeupdate", "waiting", "seeking", "stalled"]) video.addEventListener(name, check);
}
