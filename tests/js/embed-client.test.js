// The queue of commands for a player in a frame that is still loading.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openPage } from "./support/browser.js";

openPage("https://site.test/embed/playlist/p", { account: null });
const { FrameClient } = await import("../../static/js/embed/client.js");

let sent = [];
let frame;
let client;

beforeEach(() => {
  sent = [];
  frame = { contentWindow: { postMessage: (text, origin) => sent.push({ ...JSON.parse(text), to: origin }) } };
  client = new FrameClient(frame);
});

function hear(fields, { source = frame.contentWindow, origin = "https://site.test" } = {}) {
  const data = JSON.stringify({ context: "player.js", ...fields });
  dispatchEvent(Object.assign(new Event("message"), { data, source, origin }));
}

test("commands wait for the player, in their order", () => {
  client.call("play");
  client.call("setVolume", 30);
  assert.deepEqual(sent, []);
  hear({ event: "ready" });
  assert.deepEqual(sent.map(({ method, value }) => [method, value]), [["play", undefined], ["setVolume", 30]]);
  assert.ok(sent.every(({ to }) => to === "https://site.test"));
});

test("a question resolves to its own answer", async () => {
  hear({ event: "ready" });
  const [volume, time] = [client.ask("getVolume"), client.ask("getCurrentTime")];
  hear({ event: "getCurrentTime", value: 9, listener: sent[1].listener });
  hear({ event: "getVolume", value: 40, listener: sent[0].listener });
  assert.deepEqual([await volume, await time], [40, 9]);
});

test("each document is told the events again, and loses what the last was asked", () => {
  const heard = [];
  client.on("play", (value) => heard.push(value));
  hear({ event: "ready" });
  hear({ event: "play", value: 1 });
  client.expectAnother();
  assert.equal(client.isReady, false);
  client.call("pause");
  sent = [];
  hear({ event: "ready" });
  assert.deepEqual(sent.map(({ method, value }) => [method, value]), [["addEventListener", "play"], ["pause", undefined]]);
  assert.deepEqual(heard, [1]);
});

test("messages of other windows and origins are not heard", () => {
  hear({ event: "ready" }, { source: {} });
  hear({ event: "ready" }, { origin: "https://elsewhere.test" });
  hear({ event: "ready", context: "other" });
  assert.equal(client.isReady, false);
});
