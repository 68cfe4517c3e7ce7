// What comes after this video: the playlist's next one, else the first related video that was not played yet.
import { stored } from "../browser-storage.js";
import { nextInQueue } from "./queue.js";

const MAX_RELATED = 4;
const MAX_PLAYED = 100;
const played = stored("player-played");

/** Note for this tab that the video was opened, so that autoplay doesn't return to it. */
export function markPlayed(id) {
  played.write([id, ...played.read([]).filter((known) => known !== id)].slice(0, MAX_PLAYED));
}

/** Read a card beside the player: `{ id, href, title, channel, picture, time }`. `picture` is a copy of its element, or null. */
function readCard(card) {
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

/** Read the playlist's entry that `link` leads to, in the form of `readCard`. */
function readQueueEntry(link) {
  const item = [...document.querySelectorAll(".queue-item")].find(({ href }) => href === link.href);
  return {
    href: link.href,
    title: link.dataset.title ?? "",
    channel: item?.querySelector(".card-meta bdi")?.textContent ?? "",
    picture: item?.querySelector(".thumb picture, .thumb img")?.cloneNode(true) ?? null,
    time: item?.querySelector(".thumb-time")?.textContent ?? "",
  };
}

/** Return `{ next, related }`: the video to continue with or null, and others. */
export function findUpNext() {
  const cards = [...document.querySelectorAll(".watch-side .rows .card")].map(readCard);
  const link = nextInQueue();
  let next = link && readQueueEntry(link);
  // After the end of a playlist, no video outside of it plays automatically.
  if (!link && !document.querySelector("[data-queue]")) {
    const seen = new Set(played.read([]));
    next = cards.find(({ id }) => !seen.has(id)) ?? null;
  }
  return { next, related: cards.filter((other) => other !== next).slice(0, MAX_RELATED) };
}
