// Captions: the remembered track, their place above the controls, and how they look.
import { el, modal } from "../ui.js";
import { captionSettings, saveCaptionSettings } from "./memory.js";

const LINES_ABOVE_CONTROLS = -4;

const STYLES = {
  size: ["Size", { small: "Small", normal: "Normal", large: "Large", huge: "Very large" }],
  colour: ["Colour", { white: "White", yellow: "Yellow", green: "Green", cyan: "Cyan" }],
  backdrop: ["Background", { none: "None", dim: "Half", solid: "Solid" }],
};

const isCaption = ({ kind }) => kind === "captions" || kind === "subtitles";

export function captionTracks(video) {
  return [...video.textTracks].filter(isCaption);
}

/** Shows or hides captions, in the language of last time where there is one. */
export function toggleCaptions(video) {
  const tracks = captionTracks(video);
  const shown = tracks.find(({ mode }) => mode === "showing");
  if (shown) shown.mode = "disabled";
  else if (tracks.length) (tracks.find(({ language }) => language === captionSettings().language) ?? tracks[0]).mode = "showing";
}

function applyStyle(video) {
  const settings = captionSettings();
  for (const name of Object.keys(STYLES)) video.dataset[`cue${name[0].toUpperCase()}${name.slice(1)}`] = settings[name];
}

/** Takes up the settings of last time and keeps them; lifts cues off the control bar. */
export function setUpCaptions(video) {
  applyStyle(video);
  const settings = captionSettings();
  if (settings.on) {
    const tracks = captionTracks(video);
    const wanted = tracks.find(({ language }) => language === settings.language) ?? tracks[0];
    if (wanted) wanted.mode = "showing";
  }
  video.textTracks.addEventListener("change", () => {
    const tracks = captionTracks(video);
    if (!tracks.length) return;
    const shown = tracks.find(({ mode }) => mode === "showing");
    saveCaptionSettings(shown ? { on: true, language: shown.language } : { on: false });
  });
  for (const element of video.querySelectorAll("track:is([kind=captions], [kind=subtitles])")) {
    const raise = () => {
      for (const cue of element.track.cues ?? []) {
        if (cue.line === "auto") cue.line = LINES_ABOVE_CONTROLS;
      }
    };
    raise();
    element.addEventListener("load", () => {
      raise();
      if (element.track.mode !== "showing") return;
      // A cue that is on the screen already moves only when its track is shown anew.
      element.track.mode = "hidden";
      element.track.mode = "showing";
    });
  }
}

/** The dialog in which captions are given another look; every choice shows at once. */
export function styleCaptions(video) {
  const settings = captionSettings();
  const fields = Object.entries(STYLES).map(([name, [label, choices]]) => {
    const select = el("select", { class: "input", id: `cue-${name}` });
    for (const [value, words] of Object.entries(choices)) select.append(el("option", { value, selected: settings[name] === value }, words));
    select.addEventListener("change", () => {
      saveCaptionSettings({ [name]: select.value });
      applyStyle(video);
    });
    return el("div", { class: "field" }, el("label", { for: select.id }, label), select);
  });
  modal("How captions look", el("div", { class: "form cue-form" }, ...fields));
}
