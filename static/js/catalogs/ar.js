// Made by script/messages from locale/ar/LC_MESSAGES/djangojs.po.
globalThis.streamsiteCatalog = {
messages: {},
plural: (n) => Number((n == 0 ? 0 : n == 1 ? 1 : n == 2 ? 2 : n % 100 >= 3 && n % 100 <= 10 ? 3 : n % 100 >= 11 && n % 100 <= 99 ? 4 : 5)),
};
