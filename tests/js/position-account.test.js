// Where an account continues: as the server says, unless this tab knows something later.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { openPage } from "./support/browser.js";

const { tab } = openPage("https://site.test/watch/a", { account: "ada1" });
const { noteUnsent, startPosition } = await import("../../static/js/player/position.js");

const UNSENT = "player-unsent@ada1";

test("the server's position counts until this tab has a later one", (context) => {
  context.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const frame = { videoId: "a", resume: "30", start: "" };
  assert.equal(startPosition(frame, 100), 30);
  const confirm = noteUnsent("a", 50);
  assert.equal(startPosition(frame, 100), 50);
  assert.equal(startPosition({ ...frame, videoId: "b" }, 100), 30, "another video's position says nothing");
  mock.timers.tick(61_000);
  assert.equal(startPosition(frame, 100), 30, "after a minute the server has it");
  confirm();
  assert.equal(tab.getItem(UNSENT), null);
});

test("a confirmation removes only the position that it confirms", (context) => {
  context.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ["Date"], now: 1_000 });
  const first = noteUnsent("a", 10);
  mock.timers.tick(5);
  noteUnsent("a", 20);
  first();
  assert.equal(JSON.parse(tab.getItem(UNSENT)).position, 20);
});
