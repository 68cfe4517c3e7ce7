// Whether this page still belongs to whoever is signed in. A page that comes back by the Back button is the old one, with
// what it showed to the account that asked for it: when the browser is signed out or signed in as somebody else, it is
// emptied before it is painted, and loaded again. Runs first, like theme.js; accounts/account_marks.py sets the cookie.
(() => {
  const NAME = location.protocol === "https:" ? "__Host-account" : "account";
  const SIGNED_OUT = "out.";
  let hasSignedOut = false;
  const mine = document.querySelector('meta[name="account"]')?.content ?? "";

  function cookie() {
    const pair = document.cookie.split("; ").find((one) => one.startsWith(`${NAME}=`));
    return pair?.slice(NAME.length + 1) ?? "";
  }

  /** The mark of the account that is signed in now, "" for nobody. */
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

  /** For a page that somebody looks at: a visitor's page stays, as a film may be playing in it. */
  function leaveWhenForeign() {
    if (mine && current() !== mine) leave();
  }

  /** The session may have been ended from another device, which the cookie does not know. */
  async function askServer() {
    const answer = await fetch("/api/v1/me/notifications/unread", { cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) leave();
  }

  function comeBack() {
    if (current() !== mine) leave();
    else if (mine) askServer();
  }

  /** The mark of the account that signed out since a page was last loaded, "" when none did. */
  function signedOut() {
    const value = cookie();
    return value.startsWith(SIGNED_OUT) ? value.slice(SIGNED_OUT.length) : "";
  }

  /** What the account left here was removed: have browsers drop its pages that wait for the Back button, too. */
  function forgetSignedOut() {
    channel?.postMessage("signed-out");
    document.cookie = `${NAME}=; Max-Age=0; path=/; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  }

  // Browsers give up a page that waits for the Back button when a message comes for it.
  const channel = globalThis.BroadcastChannel ? new BroadcastChannel("account") : null;
  channel?.addEventListener("message", () => {
    hasSignedOut = true;
    leaveWhenForeign();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) comeBack();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) leaveWhenForeign();
  });
  // Back, too, but from the browser's cache of files.
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward" && current() !== mine) leave();

  // For modules, which run later.
  globalThis.streamsiteAccount = {
    signedOut,
    forgetSignedOut,
    /** Whether somebody else is signed in by now. */
    isForeign: () => Boolean(mine && current()) && current() !== mine,
    /** Whether another page has said that somebody signed out, and what is left of this one is to keep nothing. */
    isOver: () => hasSignedOut && current() !== mine,
  };
})();
