// The guide's panel: tokens decoded, shortened and explained, and the generations of the refresh token.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { openPage } from "./support/browser.js";

openPage();
const { Client, decoded, GRACE_SECONDS } = await import("../../static/js/token-panel/client.js");
const { errorText, meaning, shortened, timeLeft } = await import("../../static/js/token-panel/texts.js");

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const token = (claims) => `${part({ alg: "EdDSA", typ: "at+jwt" })}.${part(claims)}.signature`;

/** Let the API answer `answers` one after the other; returns what was sent. */
function answerWith(context, ...answers) {
  const sent = [];
  context.mock.method(globalThis, "fetch", async (url, init) => {
    sent.push([init.method, url, init.body ? JSON.parse(init.body) : null]);
    const { status = 200, body = {}, headers = {} } = answers.shift();
    return new Response(JSON.stringify(body), { status, headers });
  });
  return sent;
}

test("a token is decoded, with every character", () => {
  const { header, claims } = decoded(token({ sub: "ä-€-😀", gen: 2 }));
  assert.equal(header.typ, "at+jwt");
  assert.deepEqual(claims, { sub: "ä-€-😀", gen: 2 });
});

test("clocks, claims and tokens in words", () => {
  assert.equal(timeLeft(581), "9:41");
  assert.equal(timeLeft(0.2), "0:01");
  assert.equal(timeLeft(0), "0:00");
  assert.equal(shortened("a".repeat(12) + "-".repeat(50) + "z".repeat(10)), `${"a".repeat(12)}…${"z".repeat(10)}`);
  assert.equal(meaning("gen", 0), "not rotated yet");
  assert.equal(meaning("gen", 1), "rotated 1 time");
  assert.equal(meaning("gen", 3), "rotated 3 times");
  assert.equal(meaning("unknown", 1), "");
});

test("an error in words, by its code, its detail, or a general sentence", () => {
  assert.match(errorText({ body: { code: "throttled" }, retryAfter: 7 }), /Wait 7 seconds/);
  assert.match(errorText({ body: { code: "token_expired" }, retryAfter: 0 }), /now refreshes/);
  assert.equal(errorText({ body: { code: "new_code", detail: "As the server says." }, retryAfter: 0 }), "As the server says.");
  assert.equal(errorText({ body: {}, retryAfter: 0 }), "Something went wrong.");
});

test("refreshing adds a generation, and the last one has its grace", async (context) => {
  context.after(() => mock.timers.reset());
  let now = 100_000;
  context.mock.method(performance, "now", () => now);
  const pair = (gen) => ({ access: token({ gen }), refresh: token({ gen }), expires_in: 900 });
  const sent = answerWith(context, { body: pair(0) }, { body: pair(1) }, { body: pair(2) }, { status: 401, body: { code: "refresh_reused" } });
  const client = new Client();
  await client.signIn("ada", "secret");
  assert.equal(client.left, 900);
  await client.refresh();
  await client.refresh();
  assert.deepEqual(client.generations.map(({ number }) => number), [0, 1, 2]);
  now += 4000;
  assert.deepEqual(client.generations.map((one) => client.graceOf(one)), [0, GRACE_SECONDS - 4, 0]);
  assert.equal(client.left, 896);
  await client.replay(client.generations[0]);
  assert.equal(client.endedBy, "refresh_reused");
  assert.deepEqual(sent.map(([, url]) => url.split("/").at(-1)), ["token", "refresh", "refresh", "refresh"]);
});

test("no answer says nothing about the session", async (context) => {
  context.mock.method(globalThis, "fetch", async () => { throw new TypeError("offline"); });
  const client = new Client();
  const answer = await client.signIn("ada", "secret");
  assert.deepEqual(answer, { ok: false, status: 0, body: { code: "no_answer" }, retryAfter: 0 });
  assert.equal(client.endedBy, "");
});
