// Shortcuts by what a keyboard types, in whatever layout.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./support/browser.js";

openPage();
const { shortcutOf } = await import("../../static/js/player/keys.js");

const TABLE = Object.fromEntries(["k", "j", "l", " ", "/", "?", ",", "<", "ArrowLeft", "n"].map((key) => [key, () => {}]));

for (const [what, event, key] of [
  ["a letter", { key: "k", code: "KeyK" }, "k"],
  ["a capital", { key: "K", code: "KeyK", shiftKey: true }, "k"],
  ["a named key", { key: "ArrowLeft", code: "ArrowLeft" }, "ArrowLeft"],
  ["a moved Latin letter (Dvorak)", { key: "k", code: "KeyV" }, "k"],
  ["a letter that means nothing stays itself", { key: "z", code: "KeyK" }, "z"],
  ["Cyrillic by its place", { key: "л", code: "KeyK" }, "k"],
  ["Greek by its place", { key: "ξ", code: "KeyJ" }, "j"],
  ["a digit", { key: "5", code: "Digit5" }, "5"],
  ["a digit of AZERTY", { key: "(", code: "Digit5" }, "5"],
  ["a sign above a digit", { key: "%", code: "Digit5", shiftKey: true }, "%"],
  ["a slash that a Russian layout does not type", { key: "ю", code: "Period", shiftKey: true }, ">"],
  ["a question mark", { key: "?", code: "Minus", shiftKey: true }, "?"],
  ["a sign without a meaning", { key: "#", code: "Backslash" }, "#"],
  ["a key that no table knows", { key: "ß", code: "IntlBackslash" }, "ß"],
]) {
  test(what, () => assert.equal(shortcutOf({ shiftKey: false, ...event }, TABLE), key));
}
