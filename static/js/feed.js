// Marks the feed, or a subscribed channel, as seen after it has been visible for a moment: its videos are not new on the
// next visit.
import { api, sleep, whenVisible } from "./api.js";

await whenVisible();
await sleep(1500);
/** @type {HTMLElement | null} */
const channel = document.querySelector("[data-channel-seen]");
if (document.querySelector("[data-feed]")) api("POST", "/me/feed/seen", { keepalive: true }).catch(() => {});
else if (channel) api("POST", `/channels/${channel.dataset.channelSeen}/seen`, { keepalive: true }).catch(() => {});
