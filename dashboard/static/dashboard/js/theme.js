/* Switches the theme without a reload and lets the server remember it. Charts hear "lectern:theme".

   <form data-theme-form action="/theme/"><button name="theme" value="dark" aria-pressed="false">…</button></form>
*/

import { all, tell } from "./dom.js";
import { csrfToken } from "./http.js";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", () => tell("lectern:theme"));

/* Returns "light" or "dark": what is shown now. */
export function currentTheme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return dark.matches ? "dark" : "light";
}

export function mountTheme(root) {
  for (const form of all(root, "[data-theme-form]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      choose(form, event.submitter.value);
    });
  }
}

function choose(form, name) {
  document.documentElement.dataset.theme = name;
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === name));
  tell("lectern:theme");
  const body = new URLSearchParams({ theme: name, next: "/healthz" });
  fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() }, keepalive: true });
}
