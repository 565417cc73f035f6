/* Reads a chart with the keyboard: arrows go from bin to bin, Home and End to the ends, Enter plays.

   bindKeys({ wrap, plot, chart }, (bin, row) => play(bin[0]));

   The focused chart is a slider; its value in words is spoken through the page's live region.
*/

import { say } from "./dom.js";
import { elapsed } from "./time.js";

const PAGE = 10;

export function bindKeys(state, play) {
  const { plot, chart } = state;
  const at = { bin: 0, row: 0 };
  const rows = chart.rows?.length ?? 1;
  const moves = {
    ArrowLeft: () => (at.bin -= 1),
    ArrowRight: () => (at.bin += 1),
    ArrowUp: () => (rows > 1 ? (at.row -= 1) : (at.bin += 1)),
    ArrowDown: () => (rows > 1 ? (at.row += 1) : (at.bin -= 1)),
    PageUp: () => (at.bin -= PAGE),
    PageDown: () => (at.bin += PAGE),
    Home: () => (at.bin = 0),
    End: () => (at.bin = chart.bins.length - 1),
  };
  plot.addEventListener("keydown", (event) => {
    if (event.key === "Enter") return play(chart.bins[at.bin], at.row);
    if (!(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey) return undefined;
    event.preventDefault();
    moves[event.key]();
    at.bin = clamp(at.bin, chart.bins.length);
    at.row = clamp(at.row, rows);
    return show(state, at, rows);
  });
  plot.addEventListener("focus", () => plot.matches(":focus-visible") && show(state, at, rows));
  plot.addEventListener("blur", () => {
    state.wrap.querySelector("[data-cursor]").hidden = true;
  });
}

function clamp(value, count) {
  return Math.min(Math.max(0, value), count - 1);
}

function show(state, at, rows) {
  const { plot, chart } = state;
  const [start_s, end_s] = chart.bins[at.bin];
  plot.setAttribute("aria-valuenow", String(at.bin));
  plot.setAttribute("aria-valuetext", `${elapsed(start_s)}–${elapsed(end_s)}`);
  frame(state, at, rows);
  say(chart.speak ? chart.speak(at.row, at.bin) : chart.spoken[at.bin]);
}

/* Frames the bin that the keyboard is on. */
function frame({ wrap, plot, chart }, at, rows) {
  const { _offset: offset, _length: length } = plot._fullLayout.xaxis;
  const { t: top, h: height } = plot._fullLayout._size;
  const end_s = chart.bins[chart.bins.length - 1][1];
  const [from_s, to_s] = chart.bins[at.bin];
  const cursor = wrap.querySelector("[data-cursor]");
  Object.assign(cursor.style, {
    left: `${offset + (length * from_s) / end_s - 2}px`,
    width: `${(length * (to_s - from_s)) / end_s + 4}px`,
    top: `${top + (height * at.row) / rows}px`,
    height: `${height / rows}px`,
  });
  cursor.hidden = false;
}
