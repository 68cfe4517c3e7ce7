// What plays after this video: the playlist's next one, else the first related video; and the others to choose from.
import { stored } from "../browser-storage.js";
import { nextInQueue } from "./queue.js";

const MOST = 4;
const MOST_PLAYED = 100;
const played = stored("player-played");

/** Remember for this tab that the video was shown, so that autoplay doesn't lead back to it. */
export function markPlayed(id) {
  played.write([id, ...played.read([]).filter((known) => known !== id)].slice(0, MOST_PLAYED));
}

/** `{ id, href, title, channel, picture, time }` of a card beside the player; `picture` is an element of its own or null. */
function cardOf(card) {
  const link = card.querySelector(".card-title a");
  return {
    id: card.dataset.video,
    href: link.href,
    title: link.textContent.trim(),
    channel: card.querySelector(".card-meta bdi")?.textContent ?? "",
    picture: (card.querySelector(".thumb picture") ?? card.querySelector(".thumb img"))?.cloneNode(true) ?? null,
    time: card.querySelector(".thumb-time")?.textContent ?? "",
  };
}

function queued(link) {
  const item = [...document.querySelectorAll(".queue-item")].find(({ href }) => href === link.href);
  return {
    href: link.href,
    title: link.dataset.title ?? "",
    channel: item?.querySelector(".card-meta bdi")?.textContent ?? "",
    picture: item?.querySelector(".thumb picture, .thumb img")?.cloneNode(true) ?? null,
    time: item?.querySelector(".thumb-time")?.textContent ?? "",
  };
}

/** `{ next, related }`: the video to go on with or null, and others. */
export function whatFollows() {
  const cards = [...document.querySelectorAll(".watch-side .rows .card")].map(cardOf);
  const link = nextInQueue();
  let next = link && queued(link);
  // At the end of a playlist nothing outside of it begins by itself.
  if (!link && !document.querySelector("[data-queue]")) {
    const seen = new Set(played.read([]));
    next = cards.find(({ id }) => !seen.has(id)) ?? null;
  }
  return { next, related: cards.filter((other) => other !== next).slice(0, MOST) };
}
