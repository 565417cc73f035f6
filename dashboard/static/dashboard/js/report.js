/* Shows a lecture's report in place of what is there, without a reload.

   showReport("/lectures/7/");     the whole content, with the address
   refreshResults();               charts and names of the report that is shown; the recording plays on
*/

let shown = window.location.pathname;

/* Going back loads the page that was there before; a jump within the page changes nothing. */
window.addEventListener("popstate", () => {
  if (window.location.pathname !== shown) window.location.reload();
});

export function showReport(url) {
  if (shown !== url) window.history.pushState({}, "", url);
  shown = url;
  return window.htmx.ajax("GET", url, { target: "#main", swap: "innerHTML" });
}

export function refreshResults() {
  const url = window.location.pathname;
  return window.htmx.ajax("GET", url, { target: "#results", select: "#results", swap: "outerHTML" });
}
