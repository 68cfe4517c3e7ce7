// Going on to another video: the page that is reached so plays, once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./support/browser.js";

openPage("https://site.test/watch/b", { account: "ada1" });
const { goTo, wasContinued } = await import("../../static/js/player/queue.js");

test("nothing to go to", () => assert.equal(goTo(null), false));

test("the page that was gone to is continued, once", () => {
  assert.equal(wasContinued(), false);
  assert.equal(goTo({ href: location.href }), true);
  assert.equal(wasContinued(), true);
  assert.equal(wasContinued(), false);
});

test("another page than the one gone to is not, and forgets it", () => {
  goTo({ href: "https://site.test/watch/c" });
  assert.equal(wasContinued(), false);
  goTo({ href: location.href });
  assert.equal(wasContinued(), true);
});
