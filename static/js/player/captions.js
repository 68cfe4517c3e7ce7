// Captions: the track and the look of last time, and their position above the controls.
import { captionSettings, saveCaptionSettings } from "./stored-settings.js";

const LINES_ABOVE_CONTROLS = -4;

const isCaption = ({ kind }) => kind === "captions" || kind === "subtitles";

/** Return the video's caption and subtitle tracks. */
export function captionTracks(video) {
  return [...video.textTracks].filter(isCaption);
}

/** Return the track of last time, else one in its language. Forced tracks, which contain little, are the last resort. */
function preferredTrack(video) {
  const forced = new Set([...video.querySelectorAll("track[data-forced]")].map(({ track }) => track));
  const tracks = captionTracks(video);
  const full = tracks.filter((track) => !forced.has(track));
  const { language, label } = captionSettings();
  return tracks.find((track) => track.language === language && track.label === label)
    ?? full.find((track) => track.language === language) ?? full[0] ?? tracks[0];
}

/** Show or hide captions, in the language of last time where there is one. */
export function toggleCaptions(video) {
  const shown = captionTracks(video).find(({ mode }) => mode === "showing") ?? null;
  const next = shown ?? preferredTrack(video);
  if (next) next.mode = shown ? "disabled" : "showing";
}

/** Set the look of captions by attributes of the video, which player.css styles. */
export function applyStyle(video) {
  const settings = captionSettings();
  for (const name of ["size", "colour", "backdrop"]) video.dataset[`cue${name[0].toUpperCase()}${name.slice(1)}`] = settings[name];
}

/** Return the track to show at first: by an embed's option ("1", "0" or a language), else as last time. */
function firstShown(video, asked) {
  const isOn = asked ? asked !== "0" : captionSettings().on;
  if (!isOn) return null;
  if (!asked || asked === "1") return preferredTrack(video);
  const wanted = asked.toLowerCase();
  const short = wanted.split("-")[0];
  const tracks = captionTracks(video);
  return (
    tracks.find((track) => track.language.toLowerCase() === wanted) ??
    tracks.find((track) => track.language.toLowerCase().split("-")[0] === short)
  );
}

/** Apply the settings of last time, store changes, and move cues above the control bar. */
export function setUpCaptions(video) {
  applyStyle(video);
  const wanted = firstShown(video, video.closest("[data-player]")?.dataset.cc);
  if (wanted) wanted.mode = "showing";
  video.textTracks.addEventListener("change", () => {
    const tracks = captionTracks(video);
    if (!tracks.length) return;
    const shown = tracks.find(({ mode }) => mode === "showing");
    saveCaptionSettings(shown ? { on: true, language: shown.language, label: shown.label } : { on: false });
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
      // A visible cue moves only when its track is shown again.
      element.track.mode = "hidden";
      element.track.mode = "showing";
    });
  }
}
