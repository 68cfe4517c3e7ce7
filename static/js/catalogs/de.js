// Made by script/messages from locale/de/LC_MESSAGES/djangojs.po.
globalThis.streamsiteCatalog = {
messages: {},
plural: (n) => Number((n != 1)),
};
