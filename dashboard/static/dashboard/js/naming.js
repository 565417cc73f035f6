/* Says who a face is: one menu for all rows of the heatmap.

   <button data-person="track-7" data-tracks="7" data-student="" data-best="63.5" data-box="10 20 90 110">Person 3</button>
   <div popover data-name-menu> <button data-name-play>…</button> <button data-name-student="5">Ana</button> …</div>
*/

import { all, say, tell } from "./dom.js";
import { send } from "./http.js";
import { refreshResults } from "./report.js";

export function mountNaming(root) {
  for (const menu of all(root, "[data-name-menu]")) new NameMenu(menu);
}

class NameMenu {
  constructor(menu) {
    this.menu = menu;
    this.person = null;
    for (const button of document.querySelectorAll("[data-person]")) {
      button.addEventListener("click", () => this.open(button));
    }
    menu.addEventListener("click", (event) => this.choose(event.target.closest("button")));
    menu.addEventListener("keydown", (event) => this.move(event));
    menu.addEventListener("toggle", (event) => this.person?.setAttribute("aria-expanded", String(event.newState === "open")));
  }

  open(button) {
    this.person = button;
    const student = button.dataset.student;
    for (const item of this.menu.querySelectorAll("[data-name-student]")) {
      item.setAttribute("aria-checked", String(item.dataset.nameStudent === student));
    }
    for (const part of this.menu.querySelectorAll("[data-name-clear], [data-name-clear-rule]")) part.hidden = !student;
    this.menu.showPopover();
    this.place(button.getBoundingClientRect());
    this.items()[0].focus();
  }

  place(anchor) {
    const { offsetHeight: height, offsetWidth: width } = this.menu;
    const isBelow = anchor.bottom + height + 8 < window.innerHeight;
    const top = isBelow ? anchor.bottom + 4 : Math.max(8, anchor.top - height - 4);
    const left = Math.min(anchor.left, window.innerWidth - width - 8);
    Object.assign(this.menu.style, { top: `${top}px`, left: `${Math.max(8, left)}px` });
  }

  items() {
    return [...this.menu.querySelectorAll("button:not([hidden])")];
  }

  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = this.items();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  }

  choose(item) {
    if (!item) return;
    this.menu.hidePopover();
    if ("namePlay" in item.dataset) this.play();
    else if ("nameClear" in item.dataset) this.assign(null, gettext("The name was taken back."));
    else this.assign(Number(item.dataset.nameStudent), interpolate(gettext("Named %s."), [item.textContent.trim()]));
  }

  play() {
    const { best, box } = this.person.dataset;
    tell("lectern:seek", { time_s: Number(best), play: false, box: box.trim().split(" ").map(Number) });
  }

  async assign(studentId, words) {
    this.person.disabled = true;
    try {
      for (const track of this.person.dataset.tracks.split(",")) {
        await send("PUT", `/api/tracks/${track}/student/`, { student_id: studentId });
      }
      await refreshResults();
      say(words);
    } catch (problem) {
      this.person.disabled = false;
      say(`${problem.message} ${problem.remedy}`, 0);
      this.person.title = problem.message;
    }
  }
}
