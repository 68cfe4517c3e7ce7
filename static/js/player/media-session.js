// Media session: the system's media keys and lock screen control the player.
import { goTo, nextInQueue, previousInQueue } from "./queue.js";

const STEP = 10;

/** Set up the media session. */
export function bindMediaSession(frame, video) {
  const session = navigator.mediaSession;
  if (!session) return;
  const { title, channel } = frame.dataset;
  const artwork = video.poster ? [{ src: video.poster, sizes: "1280x720", type: "image/webp" }] : [];
  session.metadata = new MediaMetadata({ title, artist: channel ?? "", artwork });
  const actions = {
    play: () => video.play(),
    pause: () => video.pause(),
    seekbackward: ({ seekOffset }) => { video.currentTime -= seekOffset ?? STEP; },
    seekforward: ({ seekOffset }) => { video.currentTime += seekOffset ?? STEP; },
    seekto: ({ seekTime }) => { video.currentTime = seekTime; },
    nexttrack: nextInQueue() ? () => goTo(nextInQueue()) : null,
    previoustrack: previousInQueue() ? () => goTo(previousInQueue()) : null,
  };
  for (const [name, run] of Object.entries(actions)) {
    try {
      session.setActionHandler(name, run);
    } catch {
      // Not every browser supports every action.
    }
  }
  video.addEventListener("timeupdate", () => {
    const { duration, currentTime: position, playbackRate } = video;
    if (!Number.isFinite(duration) || duration <= 0 || position > duration) return;
    session.setPositionState?.({ duration, position, playbackRate });
  });
}
