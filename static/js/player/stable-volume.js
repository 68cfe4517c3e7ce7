// Stable volume: a compressor that raises quiet parts and lowers loud ones. Loaded when it is first switched on.

const SETTINGS = { threshold: -40, knee: 24, ratio: 6, attack: 0.005, release: 0.3 };
// Makes up for what the compressor takes from the loud parts.
const MAKE_UP_GAIN = 1.8;
const GESTURES = ["pointerdown", "keydown"];

const graphs = new WeakMap();

function connect(graph, on) {
  graph.source.disconnect();
  graph.source.connect(on ? graph.compressor : graph.context.destination);
  graph.isOn = on;
}

/** Route the element's sound through an audio graph, which lasts as long as the element. The context must be running. */
function build(video, context) {
  const source = context.createMediaElementSource(video);
  const compressor = new DynamicsCompressorNode(context, SETTINGS);
  const gain = new GainNode(context, { gain: MAKE_UP_GAIN });
  compressor.connect(gain).connect(context.destination);
  const graph = { context, source, compressor, isOn: false };
  graphs.set(video, graph);
  return graph;
}

/** Resolve when the browser lets the context run, which may need a gesture. */
async function running(context) {
  const resume = () => context.resume().catch(() => {});
  for (const name of GESTURES) addEventListener(name, resume);
  /** @type {Promise<void>} */
  const started = new Promise((resolve) => {
    const check = () => {
      if (context.state === "running") resolve();
    };
    context.addEventListener("statechange", check);
    check();
    resume();
  });
  await started;
  for (const name of GESTURES) removeEventListener(name, resume);
}

const wanted = new WeakMap();

/** Switch stable volume on or off. Takes effect once the browser allows Web Audio in this page. */
export async function setStableVolume(video, on) {
  const isWaiting = wanted.has(video);
  wanted.set(video, on);
  const graph = graphs.get(video);
  if (graph) {
    connect(graph, on);
    return;
  }
  if (isWaiting || !on) return;
  const context = new AudioContext();
  await running(context);
  connect(build(video, context), wanted.get(video));
  video.dataset.stableVolume = "ready";
}
