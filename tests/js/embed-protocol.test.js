// Messages between a frame and the page around it.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openPage } from "./support/browser.js";

openPage("https://site.test/embed/a", { account: null });
const { allowsHost, METHOD_NOT_SUPPORTED, Receiver } = await import("../../static/js/embed/protocol.js");

for (const [domains, host, isAllowed] of [
  [[], "any.test", true],
  [["blog.test"], "blog.test", true],
  [["blog.test"], "www.blog.test", false],
  [["*.blog.test"], "www.blog.test", true],
  [["*.blog.test"], "blog.test", false],
  [["*.blog.test"], "evilblog.test", false],
  [["a.test", "b.test"], "b.test", true],
]) {
  test(`${JSON.stringify(domains)} and ${host}: ${isAllowed}`, () => assert.equal(allowsHost(domains, host), isAllowed));
}

const PAGE = "https://blog.test";
let posted = [];

beforeEach(() => {
  // A page of its own for each test: receivers listen for as long as theirs lives.
  openPage("https://site.test/embed/a", { account: null });
  posted = [];
  globalThis.parent = { postMessage: (text, origin) => posted.push({ ...JSON.parse(text), to: origin }) };
});

/** A message of the page around the frame. */
async function say(fields, { origin = PAGE, source = globalThis.parent } = {}) {
  const data = JSON.stringify({ context: "player.js", version: "0.0.11", ...fields });
  dispatchEvent(Object.assign(new Event("message"), { data, origin, source }));
  await null;
  await null;
}

function receiver(options = {}) {
  return new Receiver({ methods: { getVolume: () => 40, pause: () => {} }, events: ["ready", "play", "error"], ...options });
}

const mine = () => posted.filter(({ to }) => to === PAGE);

test("a question is answered to its origin, a command is not", async () => {
  receiver();
  await say({ method: "getVolume", listener: "1" });
  await say({ method: "pause" });
  assert.deepEqual(mine().map(({ event, value, listener }) => [event, value, listener]), [["getVolume", 40, "1"]]);
});

test("events go to those who asked for them, until they do no longer", async () => {
  const one = receiver();
  one.emit("play");
  await say({ method: "addEventListener", value: "play", listener: "2" });
  one.emit("play", { at: 1 });
  await say({ method: "removeEventListener", value: "play", listener: "2" });
  one.emit("play");
  const heard = posted.filter(({ event }) => event === "play");
  assert.deepEqual(heard.map(({ value, to }) => [value, to]), [[{ at: 1 }, PAGE]]);
});

test("those who listen late hear that it is ready, and the error that stands", async () => {
  const one = receiver();
  one.ready();
  one.fail({ code: 2 });
  posted = [];
  await say({ method: "addEventListener", value: "ready", listener: "r" });
  await say({ method: "addEventListener", value: "error", listener: "e" });
  one.recover();
  await say({ method: "addEventListener", value: "error", listener: "late" });
  assert.deepEqual(mine().map(({ event, listener }) => [event, listener]), [["ready", "r"], ["error", "e"]]);
});

test("an unknown method is an error for its origin", async () => {
  receiver();
  await say({ method: "addEventListener", value: "error", listener: "e" });
  await say({ method: "explode" });
  assert.equal(mine().at(-1).value.code, METHOD_NOT_SUPPORTED);
});

test("other origins, other windows and other messages are not heard", async () => {
  receiver({ domains: ["friend.test"] });
  await say({ method: "getVolume", listener: "1" });
  await say({ method: "getVolume", listener: "2" }, { origin: "null" });
  await say({ method: "getVolume", listener: "3" }, { origin: "https://friend.test", source: {} });
  await say({ method: "getVolume", listener: "4", context: "other" }, { origin: "https://friend.test" });
  await say({ method: "getVolume", listener: "5" }, { origin: "https://friend.test" });
  const answers = posted.filter(({ to }) => to === "https://friend.test").map(({ listener }) => listener);
  assert.deepEqual(answers, ["5"]);
  assert.deepEqual(posted.filter(({ to }) => to === "null"), []);
});
