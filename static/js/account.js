// Keeps a page from showing an account's content after that account has signed out. A page restored by the Back button is
// the old one: when the browser is signed out or signed in as somebody else by now, the page is emptied before it is
// painted, and reloaded. Runs first, like theme.js; accounts/account_marks.py sets the cookie.
(() => {
  const NAME = location.protocol === "https:" ? "__Host-account" : "account";
  const SIGNED_OUT = "out.";
  const SEEN_ALIVE_MS = 6000;
  let hasSignedOut = false;
  const mine = document.querySelector('meta[name="account"]')?.content ?? "";

  function cookie() {
    const pair = document.cookie.split("; ").find((one) => one.startsWith(`${NAME}=`));
    return pair?.slice(NAME.length + 1) ?? "";
  }

  /** Return the mark of the account that is signed in now, or "". */
  function current() {
    const value = cookie();
    return value.startsWith(SIGNED_OUT) ? "" : value;
  }

  function leave() {
    document.documentElement.hidden = true;
    if (document.body) document.body.replaceChildren();
    else stop();
    location.reload();
  }

  /** Leave a visible page when another account signed in. A visitor's page stays: a video may be playing in it. */
  function leaveWhenForeign() {
    if (mine && current() !== mine) leave();
  }

  /** Ask the server whether the session still exists: it may have been revoked on another device. */
  async function checkSession() {
    const answer = await fetch("/api/v1/me/notifications/unread", { cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) leave();
  }

  function checkRestoredPage() {
    if (current() !== mine) leave();
    else if (mine) {
      checkSession();
      // A server process may use its cached sessions for some seconds.
      setTimeout(checkSession, SEEN_ALIVE_MS);
    }
  }

  /** Return the mark of the account that signed out since the last page load, or "". */
  function signedOut() {
    const value = cookie();
    return value.startsWith(SIGNED_OUT) ? value.slice(SIGNED_OUT.length) : "";
  }

  /** After the account's stored values were removed: have the browser drop its pages kept for the Back button, too. */
  function forgetSignedOut() {
    channel?.postMessage("signed-out");
    document.cookie = `${NAME}=; Max-Age=0; path=/; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  }

  // Browsers drop a page kept for the Back button when a message arrives for it.
  const channel = globalThis.BroadcastChannel ? new BroadcastChannel("account") : null;
  channel?.addEventListener("message", () => {
    hasSignedOut = true;
    leaveWhenForeign();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) checkRestoredPage();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) leaveWhenForeign();
  });
  // The Back button with a page from the HTTP cache.
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward" && current() !== mine) leave();

  // For modules, which run later.
  globalThis.streamsiteAccount = {
    signedOut,
    forgetSignedOut,
    /** Whether somebody else has signed in since. */
    isForeign: () => Boolean(mine && current()) && current() !== mine,
    /** Whether this page's account has signed out in another page, so that nothing may be stored any more. */
    isOver: () => hasSignedOut && current() !== mine,
  };
})();
