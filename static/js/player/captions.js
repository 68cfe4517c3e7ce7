// Captions: the remembered track and look, and their place above the controls.
import { captionSettings, saveCaptionSettings } from "./memory.js";

const LINES_ABOVE_CONTROLS = -4;

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

/** The look is chosen by attributes of the video; player.css says what they mean. */
export function applyStyle(video) {
  const settings = captionSettings();
  for (const name of ["size", "colour", "backdrop"]) video.dataset[`cue${name[0].toUpperCase()}${name.slice(1)}`] = settings[name];
}

/** The track shown at first: as an embed's address asks ("1", "0" or a language), else as it was last time. */
function firstShown(tracks, asked) {
  const { on, language } = captionSettings();
  const isAskedFor = asked && asked !== "0" && asked !== "1";
  const isOn = asked ? asked !== "0" : on;
  if (!isOn) return null;
  const wanted = isAskedFor ? asked.toLowerCase() : language;
  const short = wanted.split("-")[0];
  return (
    tracks.find((track) => track.language.toLowerCase() === wanted) ??
    tracks.find((track) => isAskedFor && track.language.toLowerCase().split("-")[0] === short) ??
    (isAskedFor ? null : tracks[0])
  );
}

/** Takes up the settings of last time and keeps them; lifts cues off the control bar. */
export function setUpCaptions(video) {
  applyStyle(video);
  const wanted = firstShown(captionTracks(video), video.closest("[data-player]")?.dataset.cc);
  if (wanted) wanted.mode = "showing";
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
