// Texts of the token panel: API errors and token claims.
import { clock } from "../clock.js";
import { gettext, interpolate, ngettext } from "../i18n.js";
import { dates, number } from "../locale.js";

/** @type {Record<string, string>} */
const CODES = {
  invalid_credentials: gettext("Incorrect username or password."),
  otp_required: gettext("The password is correct. Now enter your two-factor code."),
  otp_invalid: gettext("That code is incorrect or has already been used. Wait for the next one."),
  token_expired: gettext("The access token has expired. A client now refreshes it and repeats the call."),
  token_invalid: gettext("The server rejected this access token."),
  session_revoked: gettext("The session has ended, so all its tokens are rejected."),
  session_expired: gettext("The session has expired. Sign in again."),
  refresh_expired: gettext("The refresh token wasn't used in time. Sign in again."),
  refresh_invalid: gettext("The server rejected this refresh token."),
  refresh_reused: gettext("A spent refresh token was sent again. Someone may have a copy, so the server ended the session."),
  user_inactive: gettext("This account is closed."),
  unavailable: gettext("The server can't answer right now. Your tokens are still valid."),
  no_answer: gettext("No response. Your session may still be active: keep the tokens and try again."),
};

/**
 * Return an API error as a sentence.
 *
 * @param {{ body: { code?: string, detail?: string }, retryAfter: number }} answer
 */
export function errorText({ body, retryAfter }) {
  if (body.code === "throttled") return throttled(retryAfter);
  return CODES[body.code ?? ""] ?? body.detail ?? gettext("Something went wrong.");
}

/** @param {number} seconds how long to wait, 0 when unknown */
function throttled(seconds) {
  if (!seconds) return gettext("Too many requests. Try again later. Your tokens are still valid.");
  const format = ngettext(
    "Too many requests. Wait %(count)s second. Your tokens are still valid.",
    "Too many requests. Wait %(count)s seconds. Your tokens are still valid.",
    seconds,
  );
  return interpolate(format, { count: number(seconds) });
}

/** @type {Record<string, (value: any) => string>} */
const CLAIMS = {
  alg: () => gettext("signature algorithm"),
  kid: () => gettext("ID of the signing key"),
  typ: (value) => (value === "at+jwt" ? gettext("an access token") : gettext("a refresh token")),
  token_type: () => gettext("the token type, as a claim"),
  sub: () => gettext("your user ID"),
  sid: () => gettext("ID of this session"),
  jti: () => gettext("ID of this token"),
  gen: (value) => (value === 0 ? gettext("not rotated yet") : rotations(value)),
  iss: () => gettext("who issued it"),
  aud: () => gettext("the API it's for"),
  iat: (value) => interpolate(gettext("issued %(time)s"), { time: moment(value) }),
  exp: (value) => interpolate(gettext("expires %(time)s"), { time: moment(value) }),
};

/** @param {number} times */
function rotations(times) {
  return interpolate(ngettext("rotated %(count)s time", "rotated %(count)s times", times), { count: number(times) });
}

/** @param {number} value seconds since 1970 */
function moment(value) {
  return dates({ dateStyle: "medium", timeStyle: "medium" }).format(value * 1000);
}

/**
 * Explain a claim or a header field in a few words.
 *
 * @param {string} name
 * @param {unknown} value
 */
export function meaning(name, value) {
  return CLAIMS[name]?.(value) ?? "";
}

/**
 * Format remaining seconds as "9:41".
 *
 * @param {number} left
 */
export const timeLeft = (left) => clock(Math.ceil(left));

/**
 * Return the first and last characters of a token: enough to tell two apart.
 *
 * @param {string} token
 */
export function shortened(token) {
  return `${token.slice(0, 12)}…${token.slice(-10)}`;
}
