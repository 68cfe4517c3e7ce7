// Shows the notifications that the site sends to this browser, also while no page of it is open. Answers no requests: its
// scope, /push/, has no pages. A classic script, served at an address that stays the same from release to release.
(() => {
  /** @type {any} */
  const worker = self;
  const LIST = "/notifications";
  const SUBSCRIPTIONS = "/api/v1/me/push-subscriptions";
  const CSRF_COOKIE = location.protocol === "https:" ? "__Host-csrftoken" : "csrftoken";

  worker.addEventListener("install", () => worker.skipWaiting());

  /** Return the address on this site, or that of the list when it leads elsewhere. */
  function own(address) {
    try {
      const url = new URL(address, location.origin);
      if (url.origin === location.origin) return url;
    } catch {
      // Not an address.
    }
    return new URL(LIST, location.origin);
  }

  worker.addEventListener("push", (event) => {
    let sent = {};
    try {
      sent = event.data?.json() ?? {};
    } catch {
      // Something is shown in any case: browsers take the permission from sites that show nothing.
    }
    const options = {
      body: sent.body ?? "",
      lang: sent.lang ?? "",
      dir: sent.dir ?? "auto",
      data: { id: sent.id ?? "", url: sent.url ?? LIST },
    };
    if (sent.tag) Object.assign(options, { tag: sent.tag, renotify: true });
    if (sent.icon) Object.assign(options, { icon: sent.icon });
    if (sent.image) Object.assign(options, { image: sent.image });
    if (sent.at) Object.assign(options, { timestamp: sent.at });
    event.waitUntil(worker.registration.showNotification(sent.title ?? location.host, options));
  });

  /** Go to the tab that shows the page, else to a new one. The page marks the notification as read. */
  async function open({ id, url }) {
    const wanted = own(url);
    const shown = (address) => {
      const seen = new URL(address);
      seen.searchParams.delete("notification");
      return `${seen.pathname}${seen.search}`;
    };
    for (const tab of await worker.clients.matchAll({ type: "window", includeUncontrolled: true })) {
      if (shown(tab.url) !== shown(wanted.href)) continue;
      tab.postMessage({ type: "notification-opened", id });
      await tab.focus();
      return;
    }
    if (id) wanted.searchParams.set("notification", id);
    await worker.clients.openWindow(wanted.href);
  }

  worker.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(event.notification.data ?? { id: "", url: LIST }));
  });

  /** Tell the site of a new subscription of this browser, if somebody is signed in. */
  async function renew(former, made) {
    const key = former?.options.applicationServerKey;
    const subscription = made ?? (key && await worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
    const cookie = await worker.cookieStore?.get(CSRF_COOKIE);
    if (!subscription || !cookie) return;
    await fetch(SUBSCRIPTIONS, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie.value },
      body: JSON.stringify(subscription),
    });
  }

  worker.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event.oldSubscription, event.newSubscription)));
})();
