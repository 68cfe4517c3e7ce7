// A native client of the API for the guide's panel. It keeps used refresh tokens, which a real client must not. Tokens are
// kept in this object only.

export const GRACE_SECONDS = 10;

/** Decode a token without verifying it: `{header, claims}`. */
export function decoded(token) {
  const [header, claims] = token.split(".", 2).map((part) => {
    const base64 = part.replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  });
  return { header, claims };
}

const seconds = () => performance.now() / 1000;

/** One session: its access token and the generations of its refresh token. */
export class Client {
  access = "";
  /** @type {{ number: number, token: string, spentAt: number | null }[]} the last one is live, its `spentAt` is null */
  generations = [];
  /** The code that ended the session. */
  endedBy = "";

  /**
   * Make one call without cookies, as a program outside the browser does. Never rejects: without an answer `status` is 0.
   *
   * @param {string} method
   * @param {string} path
   * @param {{ json?: object, access?: string }} [options]
   * @returns {Promise<{ ok: boolean, status: number, body: any, retryAfter: number }>}
   */
  async send(method, path, { json, access } = {}) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    if (access) headers.Authorization = `Bearer ${access}`;
    if (json) headers["Content-Type"] = "application/json";
    try {
      const answer = await fetch(`/api/v1${path}`, {
        method,
        headers,
        credentials: "omit",
        body: json && JSON.stringify(json),
        signal: AbortSignal.timeout(20_000),
      });
      const text = await answer.text();
      const retryAfter = Number(answer.headers.get("Retry-After")) || 0;
      return { ok: answer.ok, status: answer.status, body: text ? JSON.parse(text) : {}, retryAfter };
    } catch {
      return { ok: false, status: 0, body: { code: "no_answer" }, retryAfter: 0 };
    }
  }

  async signIn(login, password, otp) {
    const answer = await this.send("POST", "/auth/token", { json: { login, password, otp, client: "native" } });
    if (answer.ok) this.#keep(answer.body);
    return answer;
  }

  get live() {
    return this.generations.at(-1);
  }

  /** Seconds until the access token expires, by this computer's clock. */
  get left() {
    return Math.max(0, this.expiresAt - seconds());
  }

  /** Return the seconds for which a spent generation is still answered with its successor. */
  graceOf({ number, spentAt }) {
    if (spentAt === null || number !== this.live.number - 1) return 0;
    return Math.max(0, GRACE_SECONDS - (seconds() - spentAt));
  }

  async refresh() {
    const used = this.live;
    const answer = await this.#present(used.token);
    if (answer.ok) {
      used.spentAt = seconds();
      this.#keep(answer.body);
    }
    return answer;
  }

  /** Send a spent token again. `same`: whether the answer was the live token, byte for byte. */
  async replay({ token }) {
    const answer = await this.#present(token);
    return { ...answer, same: answer.ok && answer.body.refresh === this.live.token };
  }

  /** Verify the access token at the server, which checks the session every time. */
  async verify() {
    const answer = await this.send("POST", "/auth/token/verify", { json: { token: this.access } });
    this.#note(answer);
    return answer;
  }

  async me() {
    const answer = await this.send("GET", "/me", { access: this.access });
    this.#note(answer);
    return answer;
  }

  sessions() {
    return this.send("GET", "/auth/sessions", { access: this.access });
  }

  async signOut() {
    const answer = await this.send("POST", "/auth/logout", { json: { refresh: this.live.token } });
    if (answer.ok) this.endedBy = "logout";
    return answer;
  }

  async #present(token) {
    const answer = await this.send("POST", "/auth/token/refresh", { json: { refresh: token } });
    this.#note(answer);
    return answer;
  }

  #note({ status, body }) {
    const over = ["refresh_reused", "session_revoked", "session_expired", "refresh_expired", "user_inactive"];
    if (status === 401 && over.includes(body.code)) this.endedBy = body.code;
  }

  #keep({ access, refresh, expires_in: life }) {
    this.access = access;
    this.life = life;
    this.expiresAt = seconds() + life;
    this.generations.push({ number: decoded(refresh).claims.gen, token: refresh, spentAt: null });
  }
}
