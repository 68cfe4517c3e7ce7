// "Report" opens a dialog and "Block" asks for confirmation. Without scripts each has its own page.
import { api, errorText } from "./api.js";
import { confirmAction, modal } from "./dialog.js";
import { gettext, interpolate } from "./i18n.js";
import { el, style, toast } from "./ui.js";

async function openReport(trigger) {
  const [response, { Draft }] = await Promise.all([
    fetch(trigger.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" }),
    import("./drafts.js"),
    style("components/comments"),
  ]);
  if (!response.ok) {
    location.assign(trigger.href);
    return;
  }
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  const form = template.content.querySelector("form");
  const problem = el("p", { class: "errors", role: "alert" });
  form.querySelector(".form-actions").before(problem);
  const dialog = modal(gettext("Report"), form);
  const draft = new Draft(form, form.dataset.draft);
  form.querySelector("[data-close]")?.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    try {
      await api("POST", trigger.dataset.report, { json: { reason: form.elements.reason.value, text: form.elements.text.value } });
      draft.forget();
      dialog.close();
      toast(gettext("Thanks. We'll review your report."));
    } catch (error) {
      problem.textContent = errorText(error);
    }
  });
}

document.addEventListener("click", (event) => {
  const trigger = event.target.closest("[data-report]");
  if (!trigger || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  openReport(trigger).catch(() => location.assign(trigger.href));
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-block]");
  if (!form || form.dataset.sure) return;
  event.preventDefault();
  const name = form.dataset.block;
  const text = gettext("They can't comment on your content or subscribe, and you won't see their comments. You can unblock them in Settings.");
  if (!(await confirmAction(interpolate(gettext("Block @%(name)s?"), { name }), text, gettext("Block")))) return;
  try {
    await api("PUT", `/me/blocks/${encodeURIComponent(name)}`);
    for (const comment of document.querySelectorAll(`[data-comment][data-author="${CSS.escape(name)}"]`)) comment.remove();
    toast(interpolate(gettext("@%(name)s blocked."), { name }), {
      action: gettext("Undo"),
      onAction: async () => {
        await api("DELETE", `/me/blocks/${encodeURIComponent(name)}`);
        location.reload();
      },
    });
  } catch (error) {
    toast(error.message, { level: "error" });
  }
});
