/* A button that plays a moment, a few seconds early where its beginning should be heard.

   <button data-seek="754" data-seek-lead="5">Play</button>
*/

import { all, tell } from "./dom.js";

export function mountSeek(root) {
  for (const button of all(root, "[data-seek]")) {
    button.addEventListener("click", () => {
      tell("lectern:seek", { time_s: Number(button.dataset.seek), lead_s: Number(button.dataset.seekLead ?? 0), play: true });
    });
  }
}
