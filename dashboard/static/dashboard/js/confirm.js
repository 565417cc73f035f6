/* Asks before something is lost.

   if (await confirmed(gettext("Cancel the analysis?"), gettext("Cancel it"))) { ... }
*/

export function confirmed(words, yes) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("#confirm-words").textContent = words;
  dialog.querySelector("[data-confirm-yes]").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
