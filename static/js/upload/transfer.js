// Sends one file. XMLHttpRequest, because fetch does not report how much has been sent.
import { ApiError, csrfToken, errorFrom } from "../api.js";

function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Starts the transfer of `{ file, title, visibility }`. Returns `{ done, cancel }`; `done` resolves to the video.
 * `onProgress` is told bytes sent and bytes in all.
 */
export function sendFile({ file, title, visibility, key }, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    const form = new FormData();
    // Fields first, so that a reader of the stream knows them before the bytes come.
    form.append("title", title);
    form.append("description", "");
    form.append("visibility", visibility);
    form.append("file", file, file.name);
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded, total));
    request.addEventListener("load", () => {
      if (request.status === 201 || request.status === 200) resolve(JSON.parse(request.responseText));
      else reject(errorFrom(request.status, request.responseText, request.getResponseHeader("Retry-After")));
    });
    request.addEventListener("error", () => reject(new ApiError(0)));
    request.addEventListener("abort", () => reject(new DOMException("Cancelled", "AbortError")));
    request.open("POST", "/api/v1/videos");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Idempotency-Key", key);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

export { randomKey };
