// What a heartbeat reports: stretches that were watched, and what led to the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./support/browser.js";

openPage("https://site.test/watch/a");
const { trafficSource, Stretches } = await import("../../static/js/player/heartbeat.js");

const here = (path) => new URL(path, "https://site.test");

for (const [path, referrer, source] of [
  ["/watch/a", "", "direct"],
  ["/watch/a", "https://site.test/", "home"],
  ["/watch/a", "https://site.test/search?q=x", "search"],
  ["/watch/a", "https://site.test/watch/b", "related"],
  ["/watch/a", "https://site.test/@ada", "channel"],
  ["/watch/a", "https://site.test/playlists/p", "playlist"],
  ["/watch/a", "https://site.test/feed", "feed"],
  ["/watch/a", "https://site.test/history", "history"],
  ["/watch/a", "https://site.test/settings/profile", "direct"],
  ["/watch/a", "https://elsewhere.test/page", "external"],
  ["/watch/a?list=p", "https://elsewhere.test/page", "playlist"],
  ["/embed/a?list=p", "https://elsewhere.test/page", "embed"],
]) {
  test(`${path} from ${referrer || "nowhere"} is ${source}`, () => assert.equal(trafficSource(here(path), referrer), source));
}

test("playing on is one stretch", () => {
  const stretches = new Stretches();
  for (const second of [10, 10.25, 10.5, 12]) stretches.at(second);
  assert.deepEqual(stretches.take(), [[10, 12]]);
});

test("a stretch that goes on begins anew at its end", () => {
  const stretches = new Stretches();
  stretches.at(0);
  stretches.at(2);
  stretches.take();
  stretches.at(4);
  assert.deepEqual(stretches.take(), [[2, 4]]);
  assert.deepEqual(stretches.take(), []);
});

test("a jump, a step back and a cut end a stretch", () => {
  const stretches = new Stretches();
  for (const second of [0, 1, 50, 51, 20, 21]) stretches.at(second);
  stretches.cut();
  stretches.at(21.5);
  stretches.at(22);
  assert.deepEqual(stretches.take(), [[0, 1], [50, 51], [20, 21], [21.5, 22]]);
});

test("a moment that was only touched is no stretch, and times have two digits", () => {
  const stretches = new Stretches();
  stretches.at(5);
  stretches.cut();
  stretches.at(7.123456);
  stretches.at(8.98765);
  assert.deepEqual(stretches.take(), [[7.12, 8.99]]);
});

test("the latest fifty are told", () => {
  const stretches = new Stretches();
  for (let start = 0; start < 600; start += 10) {
    stretches.at(start);
    stretches.at(start + 1);
  }
  const taken = stretches.take();
  assert.equal(taken.length, 50);
  assert.deepEqual(taken.at(-1), [590, 591]);
});
