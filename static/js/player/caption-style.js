// The dialog for the look of captions. Loaded on first use.
import { el, modal } from "../ui.js";
import { applyStyle } from "./captions.js";
import { captionSettings, saveCaptionSettings } from "./stored-settings.js";

/** @type {Record<string, [string, Record<string, string>]>} */
const STYLES = {
  size: ["Size", { small: "Small", normal: "Normal", large: "Large", huge: "Very large" }],
  colour: ["Color", { white: "White", yellow: "Yellow", green: "Green", cyan: "Cyan" }],
  backdrop: ["Background", { none: "None", dim: "Semi-transparent", solid: "Opaque" }],
};

/** Open the dialog. Every choice applies at once. */
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
  modal("Caption style", el("div", { class: "form cue-form" }, ...fields));
}
