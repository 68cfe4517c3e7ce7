// Finds texts in modules that people would read or hear and that no call of gettext or ngettext translates.
// `node unmarked.js ACORN FILE...` prints JSON: `[{ file, line, text, reason }]`. FILE "-" reads one module from stdin.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [acornFile, ...files] = process.argv.slice(2);
const { parse } = createRequire(import.meta.url)(acornFile);

const MARKERS = new Map([["gettext", 1], ["ngettext", 2]]);
// Where any word counts, as short as it may be: what is assigned, passed, or named there reaches the page.
const TEXT_PROPERTIES = new Set([
  "textContent", "innerText", "title", "placeholder", "alt", "ariaLabel", "ariaDescription", "ariaValueText", "label",
  "text", "action", "note", "badge", "aria-label", "aria-description", "aria-valuetext",
]);
const TEXT_CALLS = new Map(Object.entries({ toast: [0], confirmAction: [0, 1, 2], modal: [0], remark: [0], alert: [0], confirm: [0], prompt: [0] }));
const INSERTIONS = new Set(["append", "prepend", "before", "after", "replaceChildren", "replaceWith", "insertAdjacentText"]);
// Where a literal is a name of the language or the browser, whatever it looks like.
const NAMES = new Set([
  "addEventListener", "removeEventListener", "querySelector", "querySelectorAll", "closest", "matches", "getElementById",
  "matchMedia", "createElement", "createElementNS", "get", "getAttribute", "removeAttribute", "hasAttribute",
  "toggleAttribute", "includes", "startsWith", "endsWith", "indexOf", "split", "namedItem", "setHeader", "getHeader",
  "getEntriesByType", "Event", "Set", "RegExp", "test", "dispatch",
]);
const NAMING_ATTRIBUTES = new Set([
  "class", "id", "for", "href", "src", "rel", "type", "role", "name", "style", "allow", "autocomplete", "loading", "value",
  "method", "credentials", "cache", "redirect", "Accept", "Content-Type", "Authorization", "code", "kind", "sizes",
]);

const hasLetters = (text) => /\p{L}{2}/u.test(text);
/** Whether a text looks like one for people: two words, or a word that begins with a capital and goes on in small letters. */
const isProse = (text) => /\p{L}[\p{L}'’]*[,.:;!?…)”]* +[(“]?\p{L}{2}/u.test(text) || /^[^\p{L}]*\p{Lu}[\p{Ll}'’]+/u.test(text);

const nameOf = (node) => (node?.type === "Identifier" || node?.type === "PrivateIdentifier" ? node.name : node?.type === "Literal" ? String(node.value) : "");
const calledName = ({ callee }) => nameOf(callee.type === "MemberExpression" ? callee.property : callee);
const textsOf = (node) => (node.type === "TemplateLiteral" ? node.quasis.map(({ value }) => value.cooked) : [node.value]);

/** Yield the literals whose text is a part of the value of `node`. */
function* literals(node) {
  if (!node) return;
  if (node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string")) {
    yield node;
    for (const inner of node.expressions ?? []) yield* literals(inner);
  } else if (node.type === "ConditionalExpression") {
    yield* literals(node.consequent);
    yield* literals(node.alternate);
  } else if (node.type === "LogicalExpression" || (node.type === "BinaryExpression" && node.operator === "+")) {
    yield* literals(node.left);
    yield* literals(node.right);
  } else if (node.type === "ArrayExpression") {
    for (const element of node.elements) yield* literals(element);
  } else if (node.type === "SpreadElement") {
    yield* literals(node.argument);
  }
}

/** Yield what a node puts in front of people. */
function* shown(node) {
  if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression") {
    if (TEXT_PROPERTIES.has(nameOf(node.left.property))) yield* literals(node.right);
  } else if (node.type === "Property" && TEXT_PROPERTIES.has(nameOf(node.key))) {
    yield* literals(node.value);
  } else if (node.type === "NewExpression" && /Error$/.test(nameOf(node.callee))) {
    yield* literals(node.arguments[0]);
  } else if (node.type === "CallExpression") {
    const name = calledName(node);
    for (const index of TEXT_CALLS.get(name) ?? []) yield* literals(node.arguments[index]);
    if (name === "setAttribute" && TEXT_PROPERTIES.has(nameOf(node.arguments[0]))) yield* literals(node.arguments[1]);
    if (name === "el") for (const child of node.arguments.slice(2)) yield* literals(child);
    if (INSERTIONS.has(name)) for (const child of node.arguments) yield* literals(child);
  }
}

/** Whether a literal in this place is a name, and no text. */
function isName(node, parent, grandparent) {
  if (/^(Import|Export)/.test(parent.type) || parent.type === "SwitchCase") return true;
  if (parent.type === "BinaryExpression" && parent.operator !== "+") return true;
  if (parent.type === "Property") return parent.key === node || NAMING_ATTRIBUTES.has(nameOf(parent.key));
  if (parent.type === "MemberExpression") return true;
  const call = parent.type === "ArrayExpression" ? grandparent : parent;
  if (call.type === "CallExpression" || call.type === "NewExpression") {
    return NAMES.has(calledName(call)) || (calledName(call) === "setAttribute" && !TEXT_PROPERTIES.has(nameOf(call.arguments[0])));
  }
  // ["ArrowUp", "ArrowDown"].includes(key)
  return call.type === "MemberExpression" && NAMES.has(nameOf(call.property));
}

function check(file, source) {
  const found = [];
  const marked = new Set();
  const reported = new Set();
  const report = (node, reason) => {
    if (reported.has(node)) return;
    reported.add(node);
    found.push({ file, line: source.slice(0, node.start).split("\n").length, text: textsOf(node).join("…"), reason });
  };
  const visit = (node, parent, grandparent) => {
    if (node.type === "CallExpression" && MARKERS.has(calledName(node))) {
      for (const argument of node.arguments.slice(0, MARKERS.get(calledName(node)))) {
        if (argument.type === "Literal") marked.add(argument);
        else found.push({ file, line: source.slice(0, argument.start).split("\n").length, text: source.slice(argument.start, argument.end), reason: "no literal" });
      }
    }
    for (const literal of shown(node)) {
      if (!marked.has(literal) && textsOf(literal).some(hasLetters)) report(literal, "shown");
    }
    const isText = node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string");
    if (isText && !marked.has(node) && textsOf(node).some(isProse) && !isName(node, parent, grandparent)) report(node, "prose");
    for (const [key, value] of Object.entries(node)) {
      if (key === "type") continue;
      for (const child of Array.isArray(value) ? value : [value]) {
        if (child && typeof child.type === "string") visit(child, node, parent);
      }
    }
  };
  visit(parse(source, { ecmaVersion: "latest", sourceType: "module" }), { type: "" }, { type: "" });
  return found;
}

const results = files.flatMap((file) => check(file, readFileSync(file === "-" ? 0 : file, "utf8")));
console.log(JSON.stringify(results));
