/* Small helpers that every behaviour shares.

   for (const element of all(root, "[data-menu]")) { ... }
   whileThere(element, document, "lectern:seek", (event) => { ... });
*/

/* Returns the elements below `root` that match, and `root` itself where it does. */
export function all(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  return root.matches?.(selector) ? [root, ...found] : found;
}

/* Listens on `target` for as long as `element` is in the page. */
export function whileThere(element, target, type, listener) {
  const control = new AbortController();
  const guarded = (event) => (element.isConnected ? listener(event) : control.abort());
  target.addEventListener(type, guarded, { signal: control.signal });
}

export function tell(type, detail = {}) {
  document.dispatchEvent(new CustomEvent(type, { detail }));
}

let timer = 0;

/* Says something in the polite live region, once the reader has stopped moving. */
export function say(text, delayMs = 250) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    document.getElementById("live").textContent = text;
  }, delayMs);
}

export function sleep(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
