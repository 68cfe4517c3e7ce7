// Draws the panel from a Client. Nothing here calls the API.
import { gettext, interpolate } from "../i18n.js";
import { amount, dates } from "../locale.js";
import { el } from "../ui.js";
import { decoded } from "./client.js";
import { meaning, shortened, timeLeft } from "./texts.js";

const panel = document.querySelector("[data-token-panel]");
export const part = (name) => panel.querySelector(`[data-${name}]`);

/** Draw everything but what changes with time. */
export function draw(client, onReplay) {
  const over = client.endedBy !== "";
  part("state").textContent = over ? gettext("dead") : gettext("live");
  part("state").dataset.status = over ? "failed" : "ready";
  part("access").textContent = shortened(client.access);
  part("refresh-text").textContent = shortened(client.live.token);
  part("generation").textContent = `g${client.live.number}`;
  part("access-claims").replaceChildren(...claimRows(client.access));
  part("refresh-claims").replaceChildren(...claimRows(client.live.token));
  for (const name of ["call", "refresh", "sign-out"]) part(name).hidden = over;
  part("again").hidden = !over;
  drawGenerations(client, onReplay);
  tick(client);
}

function claimRows(token) {
  const { header, claims } = decoded(token);
  const row = ([name, value]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, el("code", {}, String(value)), el("span", { class: "soft" }, meaning(name, value))));
  return [
    el("div", { class: "claims-part" }, el("dt", {}, gettext("Header"))),
    ...Object.entries(header).map(row),
    el("div", { class: "claims-part" }, el("dt", {}, gettext("Claims"))),
    ...Object.entries(claims).map(row),
  ];
}

/** Draw the chain g0 -> g1 -> g2. Elements are reused, so that they keep the focus. */
function drawGenerations(client, onReplay) {
  const list = part("generations");
  if (list.children.length > client.generations.length) list.replaceChildren();
  for (const generation of client.generations.slice(list.children.length)) {
    const label = interpolate(gettext("Replay %(generation)s"), { generation: `g${generation.number}` });
    const button = el("button", { class: "btn btn-small", type: "button", hidden: true, "aria-label": label }, gettext("Replay"));
    button.addEventListener("click", () => onReplay(generation));
    list.append(el("li", {}, el("strong", { class: "num" }, `g${generation.number}`), el("span", { class: "generation-state num" }), button));
  }
}

function stateOf(client, generation) {
  if (client.endedBy) return ["dead", gettext("dead")];
  if (generation.spentAt === null) return ["live", gettext("live")];
  const grace = client.graceOf(generation);
  if (grace <= 0) return ["spent", gettext("spent")];
  return ["grace", interpolate(gettext("grace period %(time)s"), { time: amount(Math.ceil(grace), "second", { unitDisplay: "narrow" }) })];
}

/** Draw what changes with time: the ring, the grace period. */
export function tick(client) {
  const { left } = client;
  const over = client.endedBy !== "";
  part("left").textContent = over ? gettext("dead") : left > 0 ? timeLeft(left) : gettext("expired");
  part("left").dataset.status = over || left === 0 ? "failed" : left < 60 ? "low" : "";
  part("ring").setAttribute("stroke-dashoffset", over ? "100" : String(100 - (100 * left) / client.life));
  client.generations.forEach((generation, index) => {
    const item = part("generations").children[index];
    const [state, words] = stateOf(client, generation);
    item.dataset.state = state;
    item.querySelector(".generation-state").textContent = words;
    item.querySelector("button").hidden = generation.spentAt === null || client.endedBy !== "";
  });
}

/** Log a request, its answer, and what it means. */
export function log(request, { ok, status, body }, words) {
  const answer = status === 0 ? gettext("no response") : [status, body.code].filter(Boolean).join(" ");
  const badge = el("span", { class: "badge num", "data-status": ok ? "ready" : "failed" }, answer);
  part("log").prepend(el("li", {}, el("code", {}, request), badge, el("span", { class: "token-words" }, words)));
}

/** Log a remark that belongs to no call. */
export function remark(words) {
  part("log").prepend(el("li", {}, el("span", { class: "token-words" }, words)));
}

function lifeOf({ last_used_at: used, expires_at: ends }) {
  const format = dates({ dateStyle: "medium", timeStyle: "short" });
  const times = { used: format.format(new Date(used)), ends: format.format(new Date(ends)) };
  return interpolate(gettext("Last active %(used)s · Expires %(ends)s"), times);
}

export function drawSessions(rows) {
  part("session-count").textContent = rows.length;
  part("session-list").replaceChildren(
    ...rows.map((row) =>
      el(
        "li",
        {},
        el("strong", {}, row.current ? gettext("This panel") : KINDS[row.client] ?? row.client),
        el("span", { class: "clamp-1" }, row.user_agent || gettext("Unknown client")),
        el("span", { class: "soft" }, lifeOf(row)),
      ),
    ),
  );
}

const KINDS = { page: gettext("Website"), browser: gettext("API in a browser"), native: gettext("App or script") };
