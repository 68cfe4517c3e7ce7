// Marks the feed as seen after it has been visible for a moment: its videos are not "New" on the next visit.
import { api, sleep, whenVisible } from "./api.js";

await whenVisible();
await sleep(1500);
if (document.querySelector("[data-feed]")) api("POST", "/me/feed/seen", { keepalive: true }).catch(() => {});
