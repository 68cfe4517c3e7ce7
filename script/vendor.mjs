// Bundles hls.js and media-chrome for the player: `node script/vendor.mjs WORK HLS_OUT CHROME_OUT`, see script/vendor.
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";

const [work, hlsOut, chromeOut] = process.argv.slice(2);
const packages = path.join(path.resolve(work), "node_modules");
const { build } = createRequire(path.join(packages, "esbuild/package.json"))("esbuild");
const { version } = JSON.parse(readFileSync(path.join(packages, "hls.js/package.json"), "utf8"));

// hls.js's own build flags (src/define-plugin.d.ts).
const FEATURES = {
  ALT_AUDIO: true,
  SUBTITLES: true,
  CMCD: false,
  CONTENT_STEERING: false,
  EME_DRM: false,
  IFRAMES: false,
  INTERSTITIALS: false,
  M2TS_ADVANCED_CODECS: false,
  MEDIA_CAPABILITIES: false,
  VARIABLE_SUBSTITUTION: false,
};

// What is left out, by the module that imports it: features that are off above, and containers and captions that the
// site never sends (every segment is fMP4, every caption WebVTT). Only default imports, so that nothing needed goes too.
const LEFT_OUT = {
  "config": ["cmcd-controller", "content-steering-controller", "eme-controller", "interstitials-controller"],
  "controller/timeline-controller": ["cea-608-parser"],
  "demux/inject-worker": ["transmuxer-worker"],
  "demux/transmuxer": ["aacdemuxer", "mp3demuxer", "mp4-remuxer", "tsdemuxer"],
};
// What stands in for one: a class that recognizes no input, so that probing goes on to "unsupported container".
const STUB = "export default class { static probe() { return false; } }";

const ELEMENTS = [
  "media-controller",
  "media-airplay-button",
  "media-captions-button",
  "media-cast-button",
  "media-control-bar",
  "media-fullscreen-button",
  "media-loading-indicator",
  "media-mute-button",
  "media-pip-button",
  "media-play-button",
  "media-preview-chapter-display",
  "media-preview-thumbnail",
  "media-preview-time-display",
  "media-time-display",
  "media-time-range",
  "media-volume-range",
  "menu/media-audio-track-menu",
  "menu/media-captions-menu",
  "menu/media-playback-rate-menu",
  "menu/media-rendition-menu",
  "menu/media-settings-menu",
  "menu/media-settings-menu-button",
  "menu/media-settings-menu-item",
];

const stubs = {
  name: "stubs",
  setup(pending) {
    const source = path.join(packages, "hls.js/src/");
    const missing = new Set(Object.values(LEFT_OUT).flat());
    pending.onResolve({ filter: /^\.\.?\// }, ({ importer, path: wanted }) => {
      const from = importer.slice(source.length).replaceAll(path.sep, "/").replace(/\.ts$/, "");
      const name = path.posix.basename(wanted);
      if (!importer.startsWith(source) || !LEFT_OUT[from]?.includes(name)) return undefined;
      missing.delete(name);
      return { path: name, namespace: "stub" };
    });
    pending.onLoad({ filter: /.*/, namespace: "stub" }, () => ({ contents: STUB, loader: "js" }));
    pending.onEnd(() => {
      if (missing.size) throw new Error(`hls.js ${version} does not import ${[...missing].join(", ")}`);
    });
  },
};

// media-chrome spells durations with one singular and one plural form of its own; browsers know those of every language.
const DURATIONS = [
  [/const toTimeUnitPhrase = [^]*?\n\};\n/, `const pageLanguage = () => (document.documentElement.lang || "en") + "-u-nu-latn";
const toTimeUnitPhrase = (value, index) =>
  new Intl.NumberFormat(pageLanguage(), { style: "unit", unit: UnitLabels[index].singular, unitDisplay: "long" }).format(value);
`],
  [/timeParts\.map\([^]*?\.join\(", "\)/, `new Intl.ListFormat(pageLanguage(), { type: "unit" }).format(
  timeParts.map((value, index) => value && toTimeUnitPhrase(value, index)).filter((phrase) => phrase)
)`],
];

const durations = {
  name: "durations",
  setup(pending) {
    pending.onLoad({ filter: /media-chrome\/dist\/utils\/time\.js$/ }, ({ path: file }) => {
      let contents = readFileSync(file, "utf8");
      for (const [theirs, ours] of DURATIONS) {
        if (!theirs.test(contents)) throw new Error(`media-chrome has nothing like ${theirs}`);
        contents = contents.replace(theirs, () => ours);
      }
      return { contents, loader: "js" };
    });
  },
};

const shared = { bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "inline", logLevel: "warning" };

await build({
  ...shared,
  entryPoints: [path.join(packages, "hls.js/src/exports-default.ts")],
  outfile: hlsOut,
  plugins: [stubs],
  banner: { js: `/*! hls.js ${version}, Apache-2.0, a build for Streamsite: see script/vendor */` },
  define: {
    __VERSION__: JSON.stringify(version),
    __IN_WORKER__: "false",
    __HLS_WORKER_BUNDLE__: "undefined",
    ...Object.fromEntries(Object.entries(FEATURES).map(([name, on]) => [`__USE_${name}__`, String(on)])),
  },
});

await build({
  ...shared,
  stdin: {
    contents: [
      ...ELEMENTS.map((name) => `import "media-chrome/dist/${name}.js";`),
      'export { addTranslation } from "media-chrome/dist/utils/i18n.js";',
    ].join("\n"),
    resolveDir: path.dirname(packages),
  },
  outfile: chromeOut,
  plugins: [durations],
  banner: { js: "/*! media-chrome, MIT, a build for Streamsite: see script/vendor */" },
});

for (const file of [hlsOut, chromeOut]) {
  console.log(`${file}: ${statSync(file).size} bytes, ${brotliCompressSync(readFileSync(file)).length} with brotli`);
}
