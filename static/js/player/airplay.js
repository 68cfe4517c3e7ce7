// AirPlay with Managed Media Source: Safari passes the plain HLS address of a second <source> to the receiver, and playback
// returns to this element when the receiver stops.
import { el } from "../ui.js";

const HLS_TYPE = "application/vnd.apple.mpegurl";

/** Offer `url` to AirPlay receivers while `hls` plays `video`. Does nothing without Managed Media Source. */
export function offerAirPlay(hls, Events, video, url) {
  if (!globalThis.ManagedMediaSource || !video.webkitShowPlaybackTargetPicker) return;
  hls.on(Events.MEDIA_ATTACHED, () => {
    if (video.querySelector(`source[type="${HLS_TYPE}"]`)) return;
    video.append(el("source", { src: url, type: HLS_TYPE }));
    // hls.js disables it, because a Managed Media Source does not open without an alternative source.
    video.disableRemotePlayback = false;
  });
  video.addEventListener("webkitcurrentplaybacktargetiswirelesschanged", () => {
    // hls.js detached from the element while the receiver played.
    if (video.webkitCurrentPlaybackTargetIsWireless || hls.media) return;
    const position = video.currentTime;
    hls.attachMedia(video);
    hls.startLoad(position);
  });
}
