// Plays the preview of a video in the admin: by hls.js where Media Source Extensions exist, else by the browser itself.
const HLS_TYPE = "application/vnd.apple.mpegurl";

/** @param {HTMLVideoElement} video */
async function load(video) {
  const url = String(video.dataset.preview);
  const fail = () => {
    const text = /** @type {HTMLElement | null} */ (video.parentElement?.querySelector(".preview-error"));
    if (text) text.hidden = false;
  };
  const { default: Hls } = await import("../../vendor/hls.js-1.7.4/hls.player.min.mjs");
  if (Hls.isSupported()) {
    const hls = new Hls({ enableWorker: false, capLevelToPlayerSize: true });
    hls.on(Hls.Events.ERROR, (/** @type {unknown} */ _, /** @type {{ fatal: boolean }} */ problem) => {
      if (problem.fatal) fail();
    });
    hls.loadSource(url);
    hls.attachMedia(video);
  } else if (video.canPlayType(HLS_TYPE)) video.src = url;
  else fail();
}

for (const video of /** @type {NodeListOf<HTMLVideoElement>} */ (document.querySelectorAll("video[data-preview]"))) {
  // Nothing is fetched before somebody plays it.
  video.addEventListener(
    "play",
    async () => {
      await load(video);
      video.play().catch(() => {});
    },
    { once: true },
  );
}
