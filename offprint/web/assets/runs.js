// Live progress of a run: the server's events move the bar; the page is loaded anew at the end.
// Without this script the page reloads itself.
(() => {
  "use strict";
  const run = document.querySelector("[data-run]");
  if (!run || !window.EventSource) return;
  const part = (name) => run.querySelector(`[data-part="${name}"]`);
  const number = (value) => Number(value.toPrecision(4)).toString();

  const show = ({ state, progress }) => {
    if (!progress || state === "queued") return;
    const { task, step = 0, total = 0, values = {}, log = [] } = progress;
    if (task && part("task").textContent !== task) part("task").textContent = task;
    if (total > 0) part("bar").value = step / total;
    else part("bar").removeAttribute("value");
    const shown = Object.entries(values).map(([name, value]) => `${name} ${number(value)}`);
    if (total > 0) shown.unshift(`${step} of ${total}`);
    part("values").textContent = shown.join("  ·  ");
    const text = log.join("\n");
    if (part("log").textContent !== text) {
      part("log").textContent = text;
      part("log").scrollTop = part("log").scrollHeight;
    }
  };

  const source = new EventSource(`/api/runs/${run.dataset.run}/events`);
  source.addEventListener("progress", (event) => show(JSON.parse(event.data)));
  source.addEventListener("end", () => {
    source.close();
    location.reload();
  });
})();
