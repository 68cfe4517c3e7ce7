// Frames of a file that is still on this device, as far as the browser can decode it.

const SHARES = [0.15, 0.5, 0.8];
const WIDTH = 1280;
const LOAD_MS = 15_000;

/**
 * Resolve at an event of a video, reject at an error or after a while.
 *
 * @param {HTMLVideoElement} video
 * @param {string} name
 */
function once(video, name) {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(LOAD_MS);
    signal.addEventListener("abort", reject);
    video.addEventListener(name, resolve, { once: true, signal });
    video.addEventListener("error", reject, { once: true, signal });
  });
}

/** Whether a frame is more than one dark or bright surface. */
function isEmpty(canvas, context) {
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let most = 0;
  let least = 255;
  for (let index = 1; index < data.length; index += 4 * 97) {
    most = Math.max(most, data[index]);
    least = Math.min(least, data[index]);
  }
  return most - least < 12;
}

/**
 * Return frames as JPEG files, none when the browser cannot decode the file.
 *
 * @param {string} url of the file
 * @returns {Promise<Blob[]>}
 */
export async function framesOf(url) {
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  video.src = url;
  const frames = [];
  try {
    await once(video, "loadeddata");
    const canvas = document.createElement("canvas");
    canvas.width = Math.min(WIDTH, video.videoWidth);
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth) || 1;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    for (const share of SHARES) {
      if (!Number.isFinite(video.duration)) break;
      const seeked = once(video, "seeked");
      video.currentTime = share * video.duration;
      await seeked;
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      if (isEmpty(canvas, context)) continue;
      const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.9); });
      if (blob) frames.push(blob);
    }
  } catch {
    // The server makes thumbnails of what this browser cannot play.
  }
  video.removeAttribute("src");
  return frames;
}
