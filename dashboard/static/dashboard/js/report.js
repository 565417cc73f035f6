/* Shows a lecture's report in place of what is there, without a reload.

   showReport("/lectures/7/");     the whole content, with the address
   refreshResults();               charts and names of the report that is shown; the recording plays on
*/

export function showReport(url) {
  if (window.location.pathname !== url) window.history.pushState({}, "", url);
  return window.htmx.ajax("GET", url, { target: "#main", swap: "innerHTML" });
}

export function refreshResults() {
  const url = window.location.pathname;
  return window.htmx.ajax("GET", url, { target: "#results", select: "#results", swap: "outerHTML" });
}
