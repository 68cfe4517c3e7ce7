// Drafts: what was typed and not sent comes back with its form.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Element, openPage } from "./support/browser.js";

const { local } = openPage("https://site.test/", { account: "ada1" });
const { Draft, keepForSignIn } = await import("../../static/js/drafts.js");

/** A form with one text field, which the server fills with `initial`. */
function formWith(initial = "") {
  const field = new Element("textarea", { name: "text", value: initial, defaultValue: initial, type: "textarea", matches: () => true });
  const form = new Element("form", { elements: [field], hasAttribute: () => false });
  return { form, field };
}

const key = (subject) => `draft:${subject}@ada1`;

/** Type `text` and leave the field. */
function type({ form, field }, text) {
  field.value = text;
  form.dispatchEvent(new Event("input"));
  form.dispatchEvent(new Event("focusout"));
}

test("what was typed comes back with the same form", () => {
  const first = formWith();
  assert.equal(new Draft(first.form, "post:new").isRestored, false);
  type(first, "Hello");
  const second = formWith();
  assert.equal(new Draft(second.form, "post:new").isRestored, true);
  assert.equal(second.field.value, "Hello");
});

test("a field that somebody filled meanwhile is left alone", () => {
  const { form, field } = formWith();
  field.value = "typed first";
  assert.equal(new Draft(form, "post:new").isRestored, false);
  assert.equal(field.value, "typed first");
});

test("text that is as the page came with it is no draft", () => {
  const page = formWith("saved");
  new Draft(page.form, "edit:1");
  type(page, "changed");
  assert.notEqual(local.getItem(key("edit:1")), null);
  type(page, "saved");
  assert.equal(local.getItem(key("edit:1")), null);
});

test("a draft goes when it is sent, and when it is discarded", () => {
  const page = formWith();
  const draft = new Draft(page.form, "post:sent");
  type(page, "Hello");
  draft.forget();
  assert.equal(local.getItem(key("post:sent")), null);
  type(page, "Again");
  page.form.dispatchEvent(new Event("reset"));
  assert.equal(local.getItem(key("post:sent")), null);
});

test("another subject's draft stays where it is", () => {
  const page = formWith();
  new Draft(page.form, "post:a");
  type(page, "for a");
  const other = formWith();
  assert.equal(new Draft(other.form, "post:b").isRestored, false);
});

test("a handed-over text waits in the tab", () => {
  keepForSignIn("comment:/videos/a/comments", "text");
  const { subject, text } = JSON.parse(sessionStorage.getItem("draft-handover"));
  assert.deepEqual([subject, text], ["comment:/videos/a/comments", "text"]);
});
