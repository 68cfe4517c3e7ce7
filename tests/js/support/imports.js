// Prints what modules import when they are loaded, as JSON: `node imports.js ACORN FILE...`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [acorn, ...files] = process.argv.slice(2);
const { parse } = createRequire(import.meta.url)(acorn);
const found = Object.fromEntries(
  files.map((file) => {
    const { body } = parse(readFileSync(file, "utf8"), { ecmaVersion: "latest", sourceType: "module" });
    return [file, body.flatMap((node) => node.source?.value ?? [])];
  }),
);
console.log(JSON.stringify(found));
