// The dialog for the look of captions. Loaded on first use.
import { modal } from "../dialog.js";
import { gettext } from "../i18n.js";
import { el, style } from "../ui.js";
import { applyStyle } from "./captions.js";
import { captionSettings, saveCaptionSettings } from "./stored-settings.js";

/** @type {Record<string, [string, Record<string, string>]>} */
const STYLES = {
  size: [
    gettext("Size"),
    { small: gettext("Small"), normal: gettext("Normal"), large: gettext("Large"), huge: gettext("Very large") },
  ],
  colour: [
    gettext("Color"),
    { white: gettext("White"), yellow: gettext("Yellow"), green: gettext("Green"), cyan: gettext("Cyan") },
  ],
  backdrop: [
    gettext("Background"),
    { none: gettext("None"), dim: gettext("Semi-transparent"), solid: gettext("Opaque") },
  ],
};

/** Open the dialog. Every choice applies at once. */
export async function styleCaptions(video) {
  await style("components/player-dialogs");
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
  modal(gettext("Subtitle style"), el("div", { class: "form cue-form" }, ...fields));
}
