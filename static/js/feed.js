// Looking at the feed for a moment makes what is in it no longer new, for the next visit.
import { api, sleep, whenVisible } from "./api.js";

await whenVisible();
await sleep(1500);
if (document.querySelector("[data-feed]")) api("POST", "/me/feed/seen", { keepalive: true }).catch(() => {});
