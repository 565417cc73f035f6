/* Shows the numbers behind a chart. The large one of the students is built from the figure when it is first asked for.

   <button data-table-toggle="chart-mix" aria-expanded="false" aria-controls="chart-mix-table">Table</button>
*/

import { all } from "./dom.js";
import { elapsed } from "./time.js";

export function mountTables(root) {
  for (const button of all(root, "[data-table-toggle]")) {
    button.addEventListener("click", () => {
      const isOpen = button.getAttribute("aria-expanded") !== "true";
      const place = document.getElementById(`${button.dataset.tableToggle}-table`);
      if (!place.querySelector("table")) place.replaceChildren(studentTable(button.dataset.tableToggle));
      button.setAttribute("aria-expanded", String(isOpen));
      place.hidden = !isOpen;
    });
  }
}

function studentTable(id) {
  const chart = JSON.parse(document.getElementById(id).textContent);
  const { meta: labels, z: codes } = chart.data.find((trace) => trace.type === "heatmap");
  const names = [...document.querySelectorAll("[data-person]")].map((button) => button.textContent.trim());
  const table = document.createElement("table");
  table.className = "table";
  addRow(table.createTHead(), gettext("Person"), chart.bins.map(([start_s]) => elapsed(start_s)), "col");
  const body = table.createTBody();
  names.forEach((name, row) => addRow(body, name, codes[row].map((code) => labels[code])));
  return table;
}

function addRow(part, name, cells, scope = "") {
  const line = part.insertRow();
  line.append(cell("th", name, scope || "row"), ...cells.map((text) => cell(scope ? "th" : "td", text, scope)));
}

function cell(tag, text, scope) {
  const element = document.createElement(tag);
  if (scope) element.scope = scope;
  element.textContent = text;
  return element;
}
