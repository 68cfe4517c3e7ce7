// AirPlay beside Managed Media Source: Safari hands the plain HLS address of a second <source> to the receiver, and the
// film comes back to this element when the receiver lets go.
import { el } from "../ui.js";

const HLS_TYPE = "application/vnd.apple.mpegurl";

/** Offer `url` to AirPlay receivers while `hls` plays `video`; nothing where there is no Managed Media Source. */
export function offerAirPlay(hls, Events, video, url) {
  if (!globalThis.ManagedMediaSource || !video.webkitShowPlaybackTargetPicker) return;
  hls.on(Events.MEDIA_ATTACHED, () => {
    if (video.querySelector(`source[type="${HLS_TYPE}"]`)) return;
    video.append(el("source", { src: url, type: HLS_TYPE }));
    // hls.js switches it off, because without an alternative source a Managed Media Source does not open.
    video.disableRemotePlayback = false;
  });
  video.addEventListener("webkitcurrentplaybacktargetiswirelesschanged", () => {
    // hls.js has let the element go while the receiver played.
    if (video.webkitCurrentPlaybackTargetIsWireless || hls.media) return;
    const position = video.currentTime;
    hls.attachMedia(video);
    hls.startLoad(position);
  });
}
