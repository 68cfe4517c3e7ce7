// Draws charts from the tables on the page, which stay for those who cannot see a chart. uPlot is loaded by its own script.
// Colors are design tokens, read again whenever the theme changes.
import { clock } from "./clock.js";
import { gettext, interpolate } from "./i18n.js";
import { amount, compact, dates, number, percent } from "./locale.js";
import { withElements } from "./rich-text.js";
import { el } from "./ui.js";

const HEIGHT = 240;
/** @type {Intl.NumberFormatOptions} */
const SHORT = { maximumFractionDigits: 1, unitDisplay: "short" };
// A row's day is a calendar day, which no time zone moves.
const dayName = dates({ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

function duration(seconds) {
  if (seconds >= 3600) return amount(seconds / 3600, "hour", SHORT);
  return seconds >= 60 ? amount(seconds / 60, "minute", SHORT) : amount(seconds, "second", SHORT);
}

const whole = (value) => number(value, { maximumFractionDigits: 1 });

// Formats of a column's values: at the axis, and in sentences. `steps` are the axis' increments.
const KINDS = {
  "": { axis: compact, said: whole, steps: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7] },
  watch: { axis: duration, said: duration, steps: [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18e3, 36e3, 72e3, 18e4, 36e4, 36e5] },
  share: { axis: percent, said: percent, steps: [0.25, 0.5] },
};

/** Return a design token as a color that a canvas accepts: the computed style resolves `light-dark()`. */
function color(box, name) {
  const probe = el("span", { hidden: true });
  box.append(probe);
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const valueOf = (cell) => Number(cell.dataset.value ?? cell.textContent);

/** Read a table: `{ isTime, xs, series: [{ name, kind, values }] }`. */
function read(table) {
  const rows = [...table.tBodies[0].rows];
  const isTime = rows[0].dataset.x.includes("-");
  const xs = rows.map((row) => (isTime ? Date.parse(`${row.dataset.x}T00:00:00Z`) / 1000 : Number(row.dataset.x)));
  const heads = [...table.tHead.rows[0].cells];
  const series = heads.filter((head) => "series" in head.dataset).map((head) => ({
    name: head.textContent,
    kind: head.dataset.series,
    values: rows.map((row) => {
      const cell = row.cells[head.cellIndex];
      return "minus" in head.dataset ? valueOf(cell) - valueOf(cell.nextElementSibling) : valueOf(cell);
    }),
  }));
  return { isTime, xs, series };
}

/** The chart of one section: a line for the chosen column, and its values in words. */
class Chart {
  constructor(section) {
    this.data = read(section.querySelector("table"));
    this.shown = this.data.series[0];
    this.box = el("div", { class: "chart", role: "img" });
    this.said = el("p", { class: "chart-said", "aria-hidden": "true" });
    section.querySelector("details.data").before(...this.choices(section.dataset.chart), this.said, this.box);
    new ResizeObserver(() => this.plot?.setSize({ width: this.box.clientWidth, height: HEIGHT })).observe(this.box);
    this.draw();
  }

  /** Return radio buttons for the columns, when there are several. */
  choices(name) {
    if (this.data.series.length < 2) return [];
    const group = el("div", { class: "segments", role: "radiogroup", "aria-label": gettext("Chart metric") });
    for (const one of this.data.series) {
      const input = el("input", { type: "radio", name: `chart-${name}`, checked: one === this.shown });
      input.addEventListener("change", () => {
        this.shown = one;
        this.draw();
      });
      group.append(el("label", {}, input, one.name));
    }
    return [group];
  }

  xName(index) {
    const x = this.data.xs[index];
    return this.data.isTime ? dayName.format(new Date(x * 1000)) : clock(x);
  }

  /** Show the value under the cursor, or the total without one, and return the text. */
  say(index) {
    const { values, kind, name } = this.shown;
    const show = (format, value, label = "") => {
      this.said.replaceChildren(...withElements(format, { name: label, value: el("strong", {}, KINDS[kind].said(value)) }));
    };
    if (index != null) show(gettext("%(name)s: %(value)s"), values[index], this.xName(index));
    else if (kind === "share") show(gettext("Halfway through: %(value)s"), values[Math.floor(values.length / 2)]);
    else show(gettext("%(name)s in this period: %(value)s"), values.reduce((a, b) => a + b, 0), name);
    return this.said.textContent;
  }

  draw() {
    const { values, kind, name } = this.shown;
    const [line, text, accent, soft] = ["--line", "--text-soft", "--accent", "--accent-soft"].map((token) => color(this.box, token));
    const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: `12px ${getComputedStyle(this.box).fontFamily}` };
    const { isTime, xs } = this.data;
    this.plot?.destroy();
    this.box.setAttribute("aria-label", interpolate(gettext("Chart. %(summary)s. The table below lists all values."), { summary: this.say(null) }));
    const highest = Math.max(...values);
    this.plot = new window.uPlot(
      {
        width: this.box.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false, points: { size: 8, fill: accent } },
        tzDate: (seconds) => window.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
        scales: {
          x: { time: isTime },
          y: { range: () => [Math.min(0, ...values), kind === "share" ? 1 : Math.max(highest * 1.1, kind ? 10 : 4)] },
        },
        series: [{}, { label: name, stroke: accent, fill: soft, width: 2, points: { show: xs.length <= 31, size: 5, fill: accent } }],
        axes: [
          { ...axis, space: 70, size: 34, ...(isTime ? this.dayAxis() : { values: (_, splits) => splits.map(clock) }) },
          { ...axis, size: 62, incrs: KINDS[kind].steps, values: (_, splits) => splits.map(KINDS[kind].axis) },
        ],
        hooks: { setCursor: [(plot) => this.say(plot.cursor.idx)] },
      },
      [xs, values],
      this.box,
    );
  }

  /** Return axis options with whole days, so that no hours are labelled. */
  dayAxis() {
    const name = dates({ day: "numeric", month: "short", timeZone: "UTC" });
    return {
      incrs: [1, 2, 7, 14, 28, 56, 112].map((days) => days * 86_400),
      values: (_, splits) => splits.map((seconds) => name.format(new Date(seconds * 1000))),
    };
  }
}

const charts = [...document.querySelectorAll("[data-chart]")].map((section) => new Chart(section));
const redraw = () => charts.forEach((chart) => chart.draw());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
