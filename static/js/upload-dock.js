// On every page: shows the uploads that an earlier page handed over. Only while there are any is more than this loaded:
// the worker of upload/keeper.js is registered as long.
const found = await (navigator.serviceWorker?.getRegistrations() ?? Promise.resolve([])).catch(() => []);
if (found.some(({ scope }) => scope.endsWith("/js/upload/"))) await import("./upload/dock.js");

export {};
