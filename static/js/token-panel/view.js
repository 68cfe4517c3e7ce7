// Draws the panel from a Client. Nothing here calls the API.
import { el } from "../ui.js";
import { decoded } from "./client.js";
import { clock, meaning, shortened } from "./texts.js";

const panel = document.querySelector("[data-token-panel]");
export const part = (name) => panel.querySelector(`[data-${name}]`);

/** Draw everything but what changes with time. */
export function draw(client, onReplay) {
  const over = client.endedBy !== "";
  part("state").textContent = over ? "dead" : "live";
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
    el("div", { class: "claims-part" }, el("dt", {}, "Header")),
    ...Object.entries(header).map(row),
    el("div", { class: "claims-part" }, el("dt", {}, "Claims")),
    ...Object.entries(claims).map(row),
  ];
}

/** Draw the chain g0 -> g1 -> g2. Elements are reused, so that they keep the focus. */
function drawGenerations(client, onReplay) {
  const list = part("generations");
  if (list.children.length > client.generations.length) list.replaceChildren();
  for (const generation of client.generations.slice(list.children.length)) {
    const button = el("button", { class: "btn btn-small", type: "button", hidden: true }, "Replay", el("span", { class: "visually-hidden" }, ` g${generation.number}`));
    button.addEventListener("click", () => onReplay(generation));
    list.append(el("li", {}, el("strong", { class: "num" }, `g${generation.number}`), el("span", { class: "generation-state num" }), button));
  }
}

function stateOf(client, generation) {
  if (client.endedBy) return ["dead", "dead"];
  if (generation.spentAt === null) return ["live", "live"];
  const grace = client.graceOf(generation);
  return grace > 0 ? ["grace", `grace ${Math.ceil(grace)} s`] : ["spent", "spent"];
}

/** Draw what changes with time: the ring, the grace period. */
export function tick(client) {
  const { left } = client;
  const over = client.endedBy !== "";
  part("left").textContent = over ? "dead" : left > 0 ? clock(left) : "expired";
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
  const answer = status === 0 ? "no answer" : [status, body.code].filter(Boolean).join(" ");
  const badge = el("span", { class: "badge num", "data-status": ok ? "ready" : "failed" }, answer);
  part("log").prepend(el("li", {}, el("code", {}, request), badge, el("span", { class: "token-words" }, words)));
}

/** Log a remark that belongs to no call. */
export function remark(words) {
  part("log").prepend(el("li", {}, el("span", { class: "token-words" }, words)));
}

export function drawSessions(rows) {
  part("session-count").textContent = rows.length;
  part("session-list").replaceChildren(
    ...rows.map((row) =>
      el(
        "li",
        {},
        el("strong", {}, row.current ? "This panel" : KINDS[row.client] ?? row.client),
        el("span", { class: "clamp-1" }, row.user_agent || "unknown program"),
        el("span", { class: "soft" }, `last used ${new Date(row.last_used_at).toLocaleString()}, ends ${new Date(row.expires_at).toLocaleString()}`),
      ),
    ),
  );
}

const KINDS = { page: "Log-in on the site", browser: "API in a browser", native: "Program or app" };
