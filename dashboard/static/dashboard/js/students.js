/* Student by time: the words of a cell, under the mouse and for the keyboard.

   prepareStudents(chart);   gives the chart `rows` (names) and `speak(row, bin)`
*/

import { all } from "./dom.js";
import { elapsed } from "./time.js";

// On a narrower chart the letters of neighbouring stretches would run into each other.
const LETTERS_FROM_PX = 560;

/* Adds what the figure leaves out to stay small: names are in the page, states in the heatmap's codes. */
export function prepareStudents(chart, width_px = Infinity) {
  if (width_px < LETTERS_FROM_PX) chart.data = chart.data.filter((trace) => trace.type === "heatmap");
  const heatmap = chart.data.find((trace) => trace.type === "heatmap");
  chart.rows = [...document.querySelectorAll("[data-person]")].map((button) => button.textContent.trim());
  chart.speak = (row, bin) => words(chart, heatmap, row, bin);
}

function words(chart, heatmap, row, bin) {
  const [start_s, end_s] = chart.bins[bin];
  const label = heatmap.meta[heatmap.z[row][bin]];
  const percent = heatmap.customdata[row][bin];
  const share = percent ? ` ${percent} %` : "";
  return `${chart.rows[row]}, ${elapsed(start_s)}–${elapsed(end_s)}: ${label}${share}`;
}

export function mountStudents(root) {
  for (const people of all(root, "[data-people]")) bindTip(people);
}

function bindTip(people) {
  const plot = people.querySelector("[data-plot]");
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  people.append(tip);
  new MutationObserver(() => listen(plot, tip)).observe(plot, { attributeFilter: ["data-drawn"] });
}

function listen(plot, tip) {
  const chart = JSON.parse(plot.parentElement.querySelector("script").textContent);
  prepareStudents(chart);
  plot.on("plotly_hover", ({ points, event }) => {
    const [row, bin] = points.find((point) => Array.isArray(point.pointIndex))?.pointIndex ?? [];
    if (row === undefined) return;
    tip.textContent = chart.speak(row, bin);
    tip.hidden = false;
    const left = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
    Object.assign(tip.style, { left: `${left}px`, top: `${event.clientY + 16}px` });
  });
  plot.on("plotly_unhover", () => {
    tip.hidden = true;
  });
}
