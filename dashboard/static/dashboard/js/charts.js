/* Draws the figures that the server built, in the theme that is shown now, and joins them to the recording.

   <div class="plot-wrap" data-chart="chart-mix"><div data-plot></div> <div data-playhead hidden></div>
     <script type="application/json" id="chart-mix">{"data": [], "layout": {}, "templates": {}, "bins": []}</script></div>

   A click, or Enter on the focused chart, tells "lectern:seek"; "lectern:time" moves the playhead.
*/

import { all, tell, whileThere } from "./dom.js";
import { bindKeys } from "./keys.js";
import { loadPlotly } from "./libraries.js";
import { prepareStudents } from "./students.js";
import { currentTheme } from "./theme.js";

const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false, showTips: false };

const STEPS_S = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const TICK_PX = 64;

export function mountCharts(root) {
  for (const wrap of all(root, "[data-chart]")) draw(wrap);
}

async function draw(wrap) {
  const chart = JSON.parse(document.getElementById(wrap.dataset.chart).textContent);
  const plot = wrap.querySelector("[data-plot]");
  plot.style.height = `${chart.layout.height}px`;
  if (chart.key === "students") prepareStudents(chart, plot.clientWidth);
  try {
    const Plotly = await loadPlotly();
    const layout = { ...chart.layout, template: chart.templates[currentTheme()], autosize: true };
    if (chart.bins.length > 0) layout.xaxis = { ...layout.xaxis, ...ticks(chart, plot.clientWidth) };
    await Plotly.newPlot(plot, chart.data, layout, CONFIG);
    bind(Plotly, wrap, plot, chart);
  } catch (error) {
    fail(wrap, error);
  }
}

/* Round steps of time, as many as the width has room for. */
function ticks(chart, width_px) {
  const end_s = chart.bins[chart.bins.length - 1][1];
  const step_s = STEPS_S.find((step) => end_s / step <= width_px / TICK_PX) ?? STEPS_S[STEPS_S.length - 1];
  return { tick0: 0, dtick: step_s * 1000 };
}

function bind(Plotly, wrap, plot, chart) {
  const state = { wrap, plot, chart, Plotly, time_s: 0, isPlaced: false };
  if (chart.bins.length > 0) {
    plot.on("plotly_click", (event) => seekTo(chart, startOf(event.points, chart)));
    plot.on("plotly_afterplot", () => place(state));
    whileThere(wrap, document, "lectern:time", (event) => {
      state.time_s = event.detail.time_s;
      state.isPlaced = true;
      place(state);
    });
    bindKeys(state, (bin) => seekTo(chart, bin[0]));
  }
  whileThere(wrap, document, "lectern:theme", () => {
    Plotly.relayout(plot, { template: chart.templates[currentTheme()] });
  });
  plot.dataset.drawn = "";
}

/* The start of what was clicked: said by the data, never read off a pixel. */
function startOf(points, chart) {
  const point = points.find((candidate) => Array.isArray(candidate.pointIndex) || Array.isArray(candidate.customdata));
  if (!point) return null;
  return Array.isArray(point.pointIndex) ? chart.bins[point.pointIndex[1]][0] : point.customdata[0];
}

function seekTo(chart, start_s) {
  if (start_s !== null) tell("lectern:seek", { time_s: start_s, lead_s: chart.lead_s, play: true });
}

/* Where a time is, in pixels from the chart's left edge. */
export function pixelOf({ plot, chart }, time_s) {
  const { _offset: offset, _length: length } = plot._fullLayout.xaxis;
  const end_s = chart.bins[chart.bins.length - 1][1];
  return offset + (length * Math.min(time_s, end_s)) / end_s;
}

function place(state) {
  if (!state.isPlaced) return;
  const head = state.wrap.querySelector("[data-playhead]");
  const { t: top, b: bottom } = state.plot._fullLayout._size;
  Object.assign(head.style, { left: `${pixelOf(state, state.time_s)}px`, top: `${top}px`, bottom: `${bottom}px` });
  head.hidden = false;
}

function fail(wrap, error) {
  const note = document.createElement("p");
  note.className = "plot-failed";
  note.textContent = gettext("This chart could not be drawn. The table has the same numbers; reload the page to try again.");
  wrap.replaceChildren(note);
  window.reportError(error);
}
