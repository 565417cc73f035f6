/* Loads the large libraries when they are first needed.

   const Plotly = await loadPlotly();
   const tus = await loadTus();
*/

const loading = new Map();

export function loadPlotly() {
  return load("../../vendor/plotly/plotly-cartesian.min.js", () => window.Plotly);
}

export function loadTus() {
  return load("../../vendor/tus/tus.min.js", () => window.tus);
}

function load(path, result) {
  if (!loading.has(path)) loading.set(path, append(new URL(path, import.meta.url).href).then(result));
  return loading.get(path);
}

function append(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`${url} could not be loaded`)));
    document.head.append(script);
  });
}
