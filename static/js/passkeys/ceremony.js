// Passkeys: asks the browser for a signature of one, or for a new one, and gives what it says as JSON for the site.
import { api } from "../api.js";
import { gettext } from "../i18n.js";
import { el } from "../ui.js";

/** Whether this browser has passkeys at all. */
export const isSupported = () => isSecureContext && Boolean(window.PublicKeyCredential);

/** Whether the browser can offer passkeys among what it fills in. */
export async function canFillIn() {
  return isSupported() && Boolean(await PublicKeyCredential.isConditionalMediationAvailable?.());
}

/**
 * Ask for a signature by one of the visitor's passkeys. Reject with the browser's or the site's error.
 *
 * @param {"sign_in" | "second_factor" | "proof"} purpose
 * @param {{ mediation?: CredentialMediationRequirement, signal?: AbortSignal }} [how]
 * @returns {Promise<string>}
 */
export async function usePasskey(purpose, { mediation, signal } = {}) {
  const { data } = await api("POST", "/auth/passkeys/options", { json: { purpose } });
  const options = { ...data.public_key, challenge: bytesOf(data.public_key.challenge), allowCredentials: [] };
  return textOf(await navigator.credentials.get({ publicKey: options, mediation, signal }));
}

/**
 * Have a passkey made for the account that is signed in. Reject with the browser's or the site's error.
 *
 * @returns {Promise<string>}
 */
export async function makePasskey() {
  const { data } = await api("POST", "/auth/passkeys/registration");
  const { challenge, user, excludeCredentials = [], ...others } = data.public_key;
  return textOf(await navigator.credentials.create({
    publicKey: {
      ...others,
      challenge: bytesOf(challenge),
      user: { ...user, id: bytesOf(user.id) },
      excludeCredentials: excludeCredentials.map((one) => ({ ...one, id: bytesOf(one.id) })),
    },
  }));
}

/**
 * Show why there is no passkey, "" for nothing.
 *
 * @param {HTMLFormElement} form
 * @param {string} text
 */
export function showProblem(form, text) {
  form.querySelector("[data-passkey-problem]").replaceChildren(...(text ? [el("ul", { class: "errors" }, el("li", {}, text))] : []));
}

/**
 * Return a sentence about an error of the browser or the site.
 *
 * @param {any} error
 * @returns {string}
 */
export function explain(error) {
  if (error.name === "InvalidStateError") return gettext("This device already has a passkey for your account.");
  if (error.name === "SecurityError") return gettext("Passkeys work at the site's own address only.");
  if (error instanceof DOMException) return gettext("No passkey was used. Try again.");
  return error.message;
}

/** @param {any} credential */
function textOf(credential) {
  const { response } = credential;
  const given = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) given[name] = base64url(response[name]);
  }
  if (response.getTransports) given.transports = response.getTransports();
  return JSON.stringify({ id: credential.id, rawId: base64url(credential.rawId), type: credential.type, response: given });
}

/** @param {string} text base64url */
function bytesOf(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function base64url(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
