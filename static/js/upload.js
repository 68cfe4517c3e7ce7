// The upload page: files that are chosen or dropped are queued and sent one after the other.
import { api, errorText } from "./api.js";
import { confirmAction } from "./dialog.js";
import { gettext, interpolate } from "./i18n.js";
import { toast } from "./ui.js";
import { UploadItem } from "./upload/queue-item.js";
import { forgetUpload } from "./upload/transfer.js";
import { refusal } from "./upload/texts.js";

const page = document.querySelector("[data-upload]");
const form = page.querySelector("[data-upload-form]");
const input = page.querySelector("[data-file]");
const drop = page.querySelector("[data-drop]");
const list = page.querySelector("[data-queue]");
const template = document.getElementById("upload-row");

const limits = {
  maxBytes: Number(page.dataset.maxBytes) || Infinity,
  endings: input.accept.split(",").map((ending) => ending.trim().toLowerCase()).filter((ending) => ending.startsWith(".")),
};
const account = page.dataset.account;
const links = { watch: page.dataset.watchUrl, edit: page.dataset.editUrl };
const items = [];

/** Send the next file. One at a time: on a slow connection, two at once would only delay each other. */
function sendNext() {
  if (items.some((item) => item.state === "sending")) return;
  items.find((item) => item.state === "waiting")?.send();
}

/** Ask the server for titles of new rows, 100 at a time. Without an answer it chooses them when the upload is created. */
async function suggestTitles(added) {
  for (let first = 0; first < added.length; first += 100) {
    const some = added.slice(first, first + 100);
    try {
      const { data } = await api("POST", "/uploads/titles", { json: { filenames: some.map((item) => item.file.name) } });
      some.forEach((item, index) => item.suggest(data.titles[index]));
    } catch {
      return;
    }
  }
}

function addFiles(files) {
  const chosen = new FormData(form);
  const choices = {
    visibility: chosen.get("visibility"),
    license: chosen.get("license"),
    ...(chosen.has("is_sensitive") && { is_sensitive: "true" }),
  };
  const added = [];
  for (const file of files) {
    const problem = refusal(file, limits);
    if (problem) {
      toast(interpolate(gettext("%(name)s: %(problem)s"), { name: file.name, problem }), { level: "error" });
      continue;
    }
    const item = new UploadItem(file, choices, template, {
      account,
      links,
      onIdle: () => queueMicrotask(sendNext),
      onVideo: dropUnfinished,
      onAnother: () => input.click(),
    });
    items.push(item);
    added.push(item);
    list.prepend(item.element);
    page.querySelector("[data-queue-section]").hidden = false;
  }
  suggestTitles(added);
  sendNext();
}

/** Remove an unfinished upload from its list once it continues in the queue. */
function dropUnfinished(videoId) {
  page.querySelector(`[data-unfinished-video="${videoId}"]`)?.remove();
  const section = page.querySelector("[data-unfinished]");
  if (section && !section.querySelector("li")) section.hidden = true;
}

page.querySelector("[data-unfinished]")?.addEventListener("click", async (event) => {
  const row = event.target.closest("[data-forget]")?.closest("[data-unfinished-video]");
  if (!row) return;
  const sure = await confirmAction(gettext("Discard this upload?"), gettext("The uploaded part will be deleted."), gettext("Discard"));
  if (!sure) return;
  try {
    await forgetUpload(row.dataset.upload);
    dropUnfinished(row.dataset.unfinishedVideo);
  } catch (error) {
    toast(errorText(error), { level: "error" });
  }
});

input.multiple = true;
input.required = false;
input.addEventListener("change", () => {
  addFiles(input.files);
  input.value = "";
});
form.addEventListener("submit", (event) => event.preventDefault());

for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("is-over"));
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
// Otherwise a file dropped beside the area would replace the page.
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  addFiles(event.dataTransfer.files);
});

addEventListener("beforeunload", (event) => {
  if (items.some((item) => item.isUnfinished)) event.preventDefault();
});
