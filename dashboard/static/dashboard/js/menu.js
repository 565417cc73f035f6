/* The navigation on a phone: one button shows and hides it.

   <header data-menu><button data-menu-toggle aria-expanded="false">…</button> …</header>
*/

import { all } from "./dom.js";

export function mountMenu(root) {
  for (const menu of all(root, "[data-menu]")) {
    const toggle = menu.querySelector("[data-menu-toggle]");
    toggle.addEventListener("click", () => show(menu, toggle, !menu.hasAttribute("data-open")));
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape") show(menu, toggle, false);
    });
  }
}

function show(menu, toggle, isOpen) {
  menu.toggleAttribute("data-open", isOpen);
  toggle.setAttribute("aria-expanded", String(isOpen));
}
