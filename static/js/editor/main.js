// The editor of a video: one form, one Save. Sets up its sections, knows what is not saved, and saves in place.
import { followChapterPreviews } from "../chapter-preview.js";
import { confirmAction } from "../dialog.js";
import { Draft } from "../drafts.js";
import { gettext } from "../i18n.js";
import { localTimes } from "../studio.js";
import { showTimes } from "../time.js";
import { toast } from "../ui.js";
import { ChapterEditor } from "./chapters.js";
import { CueEditor } from "./cue-editor.js";
import { bindOutlook } from "./outlook.js";
import { Preview } from "./preview.js";
import { replaceParts, send } from "./save.js";
import { followSections } from "./sections.js";
import { bindThumbnail } from "./thumbnail.js";
import { Unsaved } from "./unsaved.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-editor]"));
const form = /** @type {HTMLFormElement} */ (root.querySelector("[data-editor-form]"));
const bar = {
  state: /** @type {HTMLElement} */ (root.querySelector("[data-save-state]")),
  discard: /** @type {HTMLButtonElement} */ (root.querySelector("[data-discard]")),
  save: /** @type {HTMLButtonElement} */ (root.querySelector("[data-save]")),
};
const player = /** @type {HTMLElement | null} */ (root.querySelector("[data-preview]"));
const preview = player && new Preview(player);
/** @type {{ read: () => void }[]} */
let editors = [];
let isSaving = false;
let mayLeave = false;

/** Set up the subtitle editors below `box`. @param {Element} box */
function editCues(box) {
  for (const field of /** @type {NodeListOf<HTMLTextAreaElement>} */ (box.querySelectorAll("textarea[data-cues]"))) {
    editors.push(new CueEditor(field, preview));
  }
}

/** Keep what is typed into an open track in this browser, until it is saved. @param {HTMLElement} panel */
const keepTrack = (panel) => new Draft(panel, `caption:${panel.dataset.trackPanel}`);

/** Set up the form's sections, on the first page and on each that an answer brings. */
function setUp() {
  editors = [];
  for (const panel of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-track-panel]"))) drafts.push(keepTrack(panel));
  editCues(form);
  const lines = /** @type {HTMLTextAreaElement | null} */ (form.querySelector("[data-chapter-lines]"));
  if (lines) editors.push(new ChapterEditor(lines, preview));
  bindThumbnail(form.querySelector("[data-thumbnail]"), preview, player?.dataset.storyboard);
  bindOutlook(form.querySelector("[data-outlook-url]"));
}

function showState() {
  const { parts } = unsaved;
  bar.state.textContent = isSaving ? gettext("Saving…") : unsaved.sentence;
  bar.save.disabled = isSaving || !parts.length;
  bar.discard.hidden = !parts.length;
  root.toggleAttribute("data-changed", parts.length > 0);
}

/** Open what hides the first field that was refused, and go there. */
function showProblem() {
  const first = /** @type {HTMLElement | null} */ (form.querySelector(".form-errors, .errorlist"));
  for (let box = first?.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  const field = /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid=true]:not([hidden])"));
  for (let box = field?.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  (field ?? first)?.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
}

/** Put the form of another page in the place of this one's, with the focus and the open parts as they are. @param {Document} page */
function replaceForm(page) {
  const focused = document.activeElement?.id ?? "";
  const open = [...form.querySelectorAll("details")].map((box) => box.open && box.className);
  const scrolls = [...form.querySelectorAll(".cue-list")].map(({ scrollTop }) => scrollTop);
  form.replaceChildren(...page.querySelector("[data-editor-form]").childNodes);
  for (const box of form.querySelectorAll("details")) box.open ||= box.className !== "new-track" && open.includes(box.className);
  localTimes(form);
  showTimes(form);
  setUp();
  followChapterPreviews(form);
  for (const [index, list] of [...form.querySelectorAll(".cue-list")].entries()) list.scrollTop = scrolls[index] ?? 0;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

async function save() {
  if (isSaving) return;
  // A time that is being typed counts.
  const active = document.activeElement;
  if (form.contains(active) && active.matches("[data-time], [name=thumbnail_at]")) active.dispatchEvent(new Event("change", { bubbles: true }));
  if (!unsaved.parts.length) {
    toast(gettext("Everything is saved."));
    return;
  }
  isSaving = true;
  showState();
  const answer = await send(form);
  isSaving = false;
  if (answer) {
    if (answer.isSaved) for (const draft of drafts.splice(1)) draft.forget();
    if (answer.isSaved) drafts[0].forget();
    replaceForm(answer.page);
    replaceParts(answer.page);
    if (answer.isSaved) {
      unsaved.reset();
      const { pathname, search } = new URL(answer.url);
      history.replaceState(history.state, "", `${pathname}${search}${location.hash}`);
    } else {
      showProblem();
    }
  }
  showState();
}

/** Open a track below its row. @param {HTMLAnchorElement} link */
async function openTrack(link) {
  try {
    const response = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (!response.ok) throw new Error(String(response.status));
    link.insertAdjacentHTML("afterend", await response.text());
    const panel = /** @type {HTMLElement} */ (link.nextElementSibling);
    link.closest(".track").append(panel);
    link.remove();
    unsaved.add(panel);
    drafts.push(keepTrack(panel));
    editCues(panel);
    showState();
    /** @type {HTMLElement | null} */ (panel.querySelector(".cue-text") ?? panel.querySelector("select"))?.focus();
  } catch {
    location.assign(link.href);
  }
}

form.autocomplete = "off";
// Before the editors, which show what it restores.
const drafts = [new Draft(form, `video:${root.dataset.videoId}`)];
const unsaved = new Unsaved(form);
setUp();
showState();
followSections(document.querySelector("[data-sections]"), () => form.querySelector("[name=section]"));

for (const name of ["input", "change"]) form.addEventListener(name, showState);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
form.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const link = /** @type {HTMLAnchorElement | null} */ (target.closest("[data-open-track]"));
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openTrack(link);
  }
  // The draft's own button puts the saved text back.
  if (target.closest(".draft-note")) setTimeout(() => {
    for (const editor of editors) editor.read();
    showState();
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  save();
});
bar.discard.addEventListener("click", async () => {
  const isSure = await confirmAction(gettext("Discard your changes?"), gettext("The page goes back to what was saved last."), gettext("Discard changes"));
  if (!isSure) return;
  for (const draft of drafts) draft.forget();
  mayLeave = true;
  location.reload();
});
document.addEventListener("submit", async (event) => {
  const other = /** @type {HTMLFormElement} */ (event.target);
  if (other === form || event.defaultPrevented) return;
  if (!other.matches("[data-in-place]")) {
    mayLeave = true;
    return;
  }
  event.preventDefault();
  const answer = await send(other, event.submitter);
  if (answer) replaceParts(answer.page);
});
addEventListener("beforeunload", (event) => {
  if (!mayLeave && unsaved.parts.length) event.preventDefault();
});
addEventListener("pageshow", showState);
