// The guide's panel: signs in as a native client, shows the tokens, refreshes and replays them.
// Tokens are held in this module's variables only.
import { el } from "./ui.js";

const panel = document.querySelector("[data-token-panel]");
const part = (name) => panel.querySelector(`[data-${name}]`);
let tokens = null;
let spent = [];

/** Plain fetch without cookies, as a program outside the browser would call. */
async function call(path, { method = "POST", json, headers = {} } = {}) {
  const init = { method, credentials: "omit", headers: { Accept: "application/json", ...headers } };
  if (json) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(json);
  }
  try {
    const answer = await fetch(`/api/v1${path}`, init);
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : {} };
  } catch {
    return { status: 0, body: { code: "unavailable", detail: "The server could not be reached." } };
  }
}

function claimsOf(token) {
  const base64 = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

function note(text, { status, body }) {
  const code = body.code ? `: ${body.code}` : "";
  const row = el("li", {}, `${text} → ${status}${code}`);
  if (body.detail) row.append(el("span", { class: "soft" }, ` ${body.detail}`));
  part("log").prepend(row);
}

function show() {
  part("claims").textContent = JSON.stringify(claimsOf(tokens.access), null, 2);
  part("refresh-token").textContent = `${tokens.refresh.slice(0, 24)}…${tokens.refresh.slice(-12)}`;
  part("generation").textContent = `generation ${claimsOf(tokens.refresh).gen}`;
  part("replay").disabled = spent.length === 0;
}

function leave() {
  tokens = null;
  spent = [];
  part("result").hidden = true;
  part("sign-in").hidden = false;
  part("log").replaceChildren();
}

const renew = (refresh) =>
  call("/auth/token/refresh", { json: { refresh }, headers: { "X-Requested-With": "token-panel" } });

part("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = event.target.elements;
  const answer = await call("/auth/token", {
    json: { login: fields.login.value, password: fields.password.value, client: "native" },
  });
  fields.password.value = "";
  part("problem").hidden = answer.status === 200;
  part("problem").textContent = answer.body.detail ?? "";
  if (answer.status !== 200) return;
  tokens = answer.body;
  event.target.hidden = true;
  part("result").hidden = false;
  show();
  note("POST /auth/token", answer);
});

part("call").addEventListener("click", async () => {
  note("GET /me", await call("/me", { method: "GET", headers: { Authorization: `Bearer ${tokens.access}` } }));
});

part("refresh").addEventListener("click", async () => {
  const used = tokens.refresh;
  const answer = await renew(used);
  note("POST /auth/token/refresh", answer);
  if (answer.status !== 200) return;
  spent.push(used);
  tokens = { ...tokens, ...answer.body };
  show();
});

part("replay").addEventListener("click", async () => {
  // The oldest one: its successor has been used as well, so no grace applies after two refreshes.
  note("POST /auth/token/refresh with an old token", await renew(spent[0]));
});

part("sign-out").addEventListener("click", async () => {
  await call("/auth/logout", {
    json: { refresh: tokens.refresh },
    headers: { Authorization: `Bearer ${tokens.access}`, "X-Requested-With": "token-panel" },
  });
  leave();
});

setInterval(() => {
  if (!tokens) return;
  const left = Math.round(claimsOf(tokens.access).exp - Date.now() / 1000);
  part("countdown").textContent = left > 0 ? `${left} s left` : "expired: refresh it";
  part("countdown").dataset.status = left > 0 ? "ready" : "failed";
}, 1000);
