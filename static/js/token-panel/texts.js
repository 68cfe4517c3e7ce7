// Texts of the token panel: API errors and token claims.

/** @type {Record<string, string>} */
const CODES = {
  invalid_credentials: "The name or the password is not right.",
  otp_required: "The password was right. Now send the code of your second factor with it.",
  otp_invalid: "This code is not right, or it was used before. Take the next one.",
  token_expired: "The access token has expired. A client refreshes now and repeats the call.",
  token_invalid: "The server does not accept this access token.",
  session_revoked: "The session has ended, so every token of it is refused.",
  session_expired: "The session has reached its end. Sign in again.",
  refresh_expired: "The refresh token was not used in time. Sign in again.",
  refresh_invalid: "The server does not accept this refresh token.",
  refresh_reused: "A spent token came back: somebody may hold a copy. The whole session was ended.",
  user_inactive: "The account is closed.",
  unavailable: "The server cannot answer now. The tokens are still good.",
  no_answer: "No answer came. That says nothing about the session: keep the tokens and try again.",
};

/**
 * Return an API error as a sentence.
 *
 * @param {{ body: { code?: string, detail?: string }, retryAfter: number }} answer
 */
export function errorText({ body, retryAfter }) {
  if (body.code === "throttled") return `Too many requests. Wait ${retryAfter || "some"} seconds; the tokens are still good.`;
  return CODES[body.code ?? ""] ?? body.detail ?? "Something went wrong.";
}

/** @type {Record<string, (value: any) => string>} */
const CLAIMS = {
  alg: () => "the kind of signature",
  kid: () => "the key that signed it",
  typ: (value) => (value === "at+jwt" ? "an access token" : "a refresh token"),
  token_type: () => "the same as a claim",
  sub: () => "you: the user's id",
  sid: () => "this session",
  jti: () => "this token's own id",
  gen: (value) => (value === 0 ? "not rotated yet" : `rotated ${value === 1 ? "once" : `${value} times`}`),
  iss: () => "who issued it",
  aud: () => "the API it is for",
  iat: (value) => `issued ${moment(value)}`,
  exp: (value) => `expires ${moment(value)}`,
};

/** @param {number} value seconds since 1970 */
function moment(value) {
  return new Date(value * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
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
 * Format seconds as "9:41".
 *
 * @param {number} left
 */
export function clock(left) {
  const whole = Math.ceil(left);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/**
 * Return the first and last characters of a token: enough to tell two apart.
 *
 * @param {string} token
 */
export function shortened(token) {
  return `${token.slice(0, 12)}…${token.slice(-10)}`;
}
