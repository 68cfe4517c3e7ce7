// What the browser keeps: whose it is, how long it lives, and what goes when somebody else comes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./support/browser.js";

const DAY_MS = 86_400_000;
const { local, tab } = openPage("https://site.test/", { account: "ada1" });
// Left by a visitor, by another account, by an earlier version, and by a library.
local.setItem("account", "bob2");
tab.setItem("tab-account", "bob2");
local.setItem("theme", "dark");
local.setItem("positions", '[["a",9]]');
local.setItem("caption-track@bob2", '{"on":true}');
local.setItem("caption-track@ada1", '{"on":false}');
local.setItem("draft:post:new@bob2", JSON.stringify({ value: { fields: {} }, at: Date.now() }));
local.setItem("draft:post:old@ada1", JSON.stringify({ value: { fields: {} }, at: Date.now() - 15 * DAY_MS }));
local.setItem("draft:post:new@ada1", JSON.stringify({ value: { fields: { text: 1 } }, at: Date.now() - 13 * DAY_MS }));
local.setItem("foreign", "stays");
tab.setItem("player-played@bob2", '["x"]');

const { account, isCurrent, keepNewest, KEYS, removeWhere, stored } = await import("../../static/js/browser-storage.js");

test("the page says whose it is", () => {
  assert.equal(account, "ada1");
  assert.equal(isCurrent(), true);
  assert.equal(local.getItem("account"), "ada1");
});

test("a change of account removes what belongs to visitors, to a tab, and what is too old", () => {
  assert.equal(local.getItem("positions"), null);
  assert.equal(tab.getItem("player-played@bob2"), null);
  assert.equal(local.getItem("draft:post:old@ada1"), null);
});

test("it keeps what belongs to the device, to accounts, and to nobody of ours", () => {
  assert.equal(local.getItem("theme"), "dark");
  assert.equal(local.getItem("caption-track@bob2"), '{"on":true}');
  assert.notEqual(local.getItem("draft:post:new@bob2"), null);
  assert.equal(local.getItem("foreign"), "stays");
});

test("a value is read and written under its owner", () => {
  assert.deepEqual(stored("caption-track").read({}), { on: false });
  stored("caption-track").write({ on: true });
  assert.equal(local.getItem("caption-track@ada1"), '{"on":true}');
  stored("theme").write("light");
  assert.equal(local.getItem("theme"), "light");
});

test("a value with a life carries its time, and is read without it", () => {
  assert.deepEqual(stored("draft:", "post:new").read({}), { fields: { text: 1 } });
  stored("draft:", "report:1").write({ fields: {} });
  assert.equal(typeof JSON.parse(local.getItem("draft:report:1@ada1")).at, "number");
});

test("an account keeps nothing of a visitor's", () => {
  stored("positions").write([["a", 1]]);
  assert.equal(local.getItem("positions"), null);
  assert.deepEqual(stored("positions").read([]), []);
});

test("what cannot be read is as if it were not there", () => {
  local.setItem("caption-track@ada1", "{");
  assert.equal(stored("caption-track").read("fallback"), "fallback");
});

test("the newest are kept, by number and by length", () => {
  for (const key of Object.keys(local)) if (key.startsWith("draft:")) local.removeItem(key);
  for (let number = 0; number < 5; number += 1) {
    local.setItem(`draft:n${number}@ada1`, JSON.stringify({ value: "x".repeat(100), at: number }));
  }
  keepNewest("draft:", { most: 3, length: 10_000 });
  const left = () => Object.keys(local).filter((key) => key.startsWith("draft:")).sort();
  assert.deepEqual(left(), ["draft:n2@ada1", "draft:n3@ada1", "draft:n4@ada1"]);
  keepNewest("draft:", { most: 3, length: 150 });
  assert.deepEqual(left(), ["draft:n4@ada1"]);
  removeWhere("draft:", (text) => text.includes("x"));
  assert.deepEqual(left(), []);
});

test("a page that was left open writes nothing that belongs to visitors once somebody else came", () => {
  local.setItem("account", "eve3");
  assert.equal(isCurrent(), false);
  stored("player-played").write(["z"]);
  assert.equal(tab.getItem("player-played@ada1"), '["z"]', "a tab's own value is nobody else's");
});

test("every key says who owns it and how long it lives", () => {
  for (const [name, { owner, life }] of Object.entries(KEYS)) {
    assert.ok(["device", "visitor", "account"].includes(owner), name);
    assert.match(life, /^(kept|owner|tab|\d+ days)$/, name);
  }
});
