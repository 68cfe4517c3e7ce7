// The guide's token panel: signs in as a native client, shows both tokens, and what replaying one causes.
import { copyOnClick } from "./clipboard.js";
import { Client } from "./token-panel/client.js";
import { gettext, interpolate } from "./i18n.js";
import { amount } from "./locale.js";
import { draw, drawSessions, log, part, remark, tick } from "./token-panel/view.js";
import { errorText } from "./token-panel/texts.js";

let client = new Client();
let toldExpiry = false;
const form = part("sign-in");

const redraw = () => draw(client, replay);

/** Run `action` on a click, one at a time. The button is not disabled meanwhile, so that it keeps the focus. */
function on(name, action) {
  const button = part(name);
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    await action();
    button.removeAttribute("aria-disabled");
  });
}

async function showSessions() {
  if (client.endedBy) return drawSessions([]);
  const answer = await client.sessions();
  if (answer.ok) drawSessions(answer.body.results);
}

/** Redraw after an answer that may have ended the session, and check what became of the access token. */
async function settle() {
  redraw();
  if (client.endedBy && client.endedBy !== "logout") {
    const answer = await client.verify();
    log("POST /auth/token/verify", answer, interpolate(
      gettext("The access token was still valid for %(time)s. %(problem)s"),
      { time: amount(Math.ceil(client.left), "second"), problem: errorText(answer) },
    ));
    part("again").focus();
  }
  await showSessions();
}

function problem(words) {
  part("problem").textContent = words;
  part("problem").hidden = words === "";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { login, password, otp } = form.elements;
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const answer = await client.signIn(login.value, password.value, otp.value);
  button.disabled = false;
  if (!answer.ok) {
    const second = answer.body.code === "otp_required" || answer.body.code === "otp_invalid";
    part("otp").hidden = otp.required !== true && !second;
    otp.required ||= second;
    problem(errorText(answer));
    otp.value = "";
    (second ? otp : password).focus();
    return;
  }
  form.reset();
  problem("");
  form.hidden = true;
  part("work").hidden = false;
  redraw();
  log("POST /auth/token", answer, gettext("Signed in. The new session starts at generation 0."));
  part("title").focus();
  await showSessions();
});

on("call", async () => {
  const answer = await client.me();
  log("GET /me", answer, answer.ok ? interpolate(gettext("The API recognized you as %(username)s."), { username: answer.body.username }) : errorText(answer));
  await settle();
});

on("refresh", async () => {
  const before = client.live.number;
  const answer = await client.refresh();
  toldExpiry &&= !answer.ok;
  const rotated = interpolate(
    gettext("%(old)s is spent and %(new)s is live. You also got a new access token."),
    { old: `g${before}`, new: `g${client.live.number}` },
  );
  log(`POST /auth/token/refresh g${before}`, answer, answer.ok ? rotated : errorText(answer));
  await settle();
});

async function replay(generation) {
  const answer = await client.replay(generation);
  const same = interpolate(
    gettext("Within the grace period, the server returned the same %(generation)s, byte for byte."),
    { generation: `g${client.live.number}` },
  );
  log(`POST /auth/token/refresh g${generation.number}`, answer, answer.same ? same : errorText(answer));
  await settle();
}

on("sign-out", async () => {
  const answer = await client.signOut();
  log("POST /auth/logout", answer, answer.ok ? gettext("The session has ended, so all its tokens are dead.") : errorText(answer));
  if (!answer.ok) return;
  redraw();
  const after = await client.verify();
  log("POST /auth/token/verify", after, errorText(after));
  drawSessions([]);
  part("again").focus();
});

on("again", () => {
  client = new Client();
  toldExpiry = false;
  part("log").replaceChildren();
  part("generations").replaceChildren();
  part("otp").hidden = true;
  form.elements.otp.required = false;
  part("work").hidden = true;
  form.hidden = false;
  form.elements.login.focus();
});

// On a phone the tokens' contents would push the buttons out of view.
for (const inside of document.querySelectorAll("[data-inside]")) inside.open = innerWidth >= 640;

copyOnClick(part('copy="access"'), () => client.access);
copyOnClick(part('copy="refresh"'), () => client.live.token);

setInterval(() => {
  if (!client.live) return;
  tick(client);
  if (client.left > 0 || client.endedBy || toldExpiry) return;
  toldExpiry = true;
  remark(gettext("The access token has expired. Call the API to see it rejected, or refresh."));
}, 250);
