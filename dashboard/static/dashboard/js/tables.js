/* Shows the numbers behind a chart.

   <button data-table-toggle="chart-mix" aria-expanded="false" aria-controls="chart-mix-table">Table</button>
*/

import { all } from "./dom.js";

export function mountTables(root) {
  for (const button of all(root, "[data-table-toggle]")) {
    button.addEventListener("click", () => {
      const isOpen = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(isOpen));
      document.getElementById(`${button.dataset.tableToggle}-table`).hidden = !isOpen;
    });
  }
}
