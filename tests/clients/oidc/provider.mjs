// An OpenID provider for tests: oidc-provider on loopback. POST /control sets who is who, and what it forges.
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, base64url } from "jose";
import { Provider } from "oidc-provider";

const port = Number(process.argv[2]);
const redirectUris = process.argv[3].split(",");
const issuer = `http://127.0.0.1:${port}`;
const state = { accounts: {}, forge: null, userinfo: null, keys: [], issuer: null };

async function makeKey(kid) {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const shown = { ...await exportJWK(publicKey), kid, alg: "RS256", use: "sig" };
  return { kid, privateKey, shown, whole: { ...shown, ...await exportJWK(privateKey) } };
}

const own = await makeKey("own");
const made = { own };

const provider = new Provider(issuer, {
  clients: [{ client_id: "site", client_secret: "secret of the site", redirect_uris: redirectUris, post_logout_redirect_uris: ["http://localhost:8000/"] }],
  jwks: { keys: [own.whole] },
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "preferred_username", "groups"] },
  scopes: ["openid", "email", "profile"],
  cookies: { keys: ["for tests only"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...state.accounts[id] }) }),
  async loadExistingGrant(ctx) {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
});

/** Return the ID token with other claims, another header or another key, or without a signature. */
async function forged(token) {
  const { claims = {}, drop = [], key = "own", kid, alg = "RS256" } = state.forge;
  const [, body] = token.split(".");
  const payload = { ...JSON.parse(new TextDecoder().decode(base64url.decode(body))), ...claims };
  for (const name of drop) delete payload[name];
  if (alg === "none") return `${base64url.encode(JSON.stringify({ alg, kid: "own" }))}.${base64url.encode(JSON.stringify(payload))}.`;
  if (alg === "HS256") return new SignJWT(payload).setProtectedHeader({ alg, kid: "own" }).sign(new TextEncoder().encode("secret of the site".padEnd(32, "x")));
  made[key] ??= await makeKey(key);
  return new SignJWT(payload).setProtectedHeader({ alg, kid: kid ?? key }).sign(made[key].privateKey);
}

provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === "/token" && ctx.body?.id_token && state.forge) ctx.body.id_token = await forged(ctx.body.id_token);
  if (ctx.path === "/me" && state.userinfo) ctx.body = { ...ctx.body, ...state.userinfo };
  if (ctx.path === "/jwks") ctx.body = { keys: [...ctx.body.keys, ...state.keys.map((kid) => made[kid].shown)] };
  if (ctx.path === "/.well-known/openid-configuration" && state.issuer) ctx.body = { ...ctx.body, issuer: state.issuer };
});

async function bodyOf(request) {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

async function control(request, response) {
  const wanted = JSON.parse(await bodyOf(request));
  for (const kid of wanted.keys ?? []) made[kid] ??= await makeKey(kid);
  Object.assign(state, wanted);
  response.end("{}");
}

/** Sign in as whoever the form names. */
async function interact(request, response) {
  if (request.method !== "POST") {
    response.setHeader("Content-Type", "text/html");
    response.end('<form method="post"><label>Account <input name="account"></label><button>Sign in</button></form>');
    return;
  }
  const account = new URLSearchParams(await bodyOf(request)).get("account");
  const result = account ? { login: { accountId: account } } : { error: "access_denied" };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const answer = provider.callback();
createServer((request, response) => {
  const path = new URL(request.url, issuer).pathname;
  if (path === "/control") return control(request, response);
  if (path.startsWith("/interaction/")) return interact(request, response);
  return answer(request, response);
}).listen(port, "127.0.0.1", () => console.log("ready"));
