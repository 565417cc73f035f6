/* Who is who: show a face where it is seen best, say what was done, and fill in the player's time on request.

   <a href="/lectures/7/?t=63" data-show="63.5" data-box="10 20 90 110">Show</a>   <p data-say>Named Ana.</p>   <input data-now>
*/

import { all, say, tell, whileThere } from "./dom.js";
import { elapsed } from "./time.js";

export function mountPeople(root) {
  for (const link of all(root, "[data-show]")) link.addEventListener("click", show);
  for (const words of all(root, "[data-say]")) say(words.textContent.trim());
  for (const input of all(root, "[data-now]")) offerNow(input);
}

function show(event) {
  event.preventDefault();
  const { show: best, box } = event.currentTarget.dataset;
  tell("lectern:seek", { time_s: Number(best), play: false, box: box.trim().split(" ").map(Number) });
}

/* An empty field proposes where the player stands. */
function offerNow(input) {
  let now_s = 0;
  whileThere(input, document, "lectern:time", ({ detail }) => {
    now_s = detail.time_s;
  });
  input.addEventListener("focus", () => {
    if (!input.value && now_s) input.value = elapsed(now_s);
  });
}
