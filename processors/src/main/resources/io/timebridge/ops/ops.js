// Keeps the live parts of a page fresh, draws the charts, asks before what cannot be undone.
"use strict";
(() => {
  const seconds = Number(document.body.dataset.fresh);
  const stale = document.getElementById("stale");

  // What a person types into, chooses from or marks is not taken away under their hands.
  const busy = part => (part.contains(document.activeElement)
      && document.activeElement.matches("input, select, textarea, button, a, summary"))
    || (!getSelection().isCollapsed && part.contains(getSelection().anchorNode));

  const tell = text => { if (stale.textContent !== text) stale.textContent = text; };
  const parts = page => [...page.querySelectorAll("[data-live]")].map(part => part.id).join(" ");

  async function refresh() {
    try {
      const answer = await fetch(location.href, { headers: { "Accept": "text/html" }, cache: "no-store" });
      if (answer.redirected && new URL(answer.url).pathname === "/login") {
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error("HTTP " + answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (parts(page) !== parts(document)) {
        location.reload();
        return;
      }
      let held = false;
      for (const part of document.querySelectorAll("[data-live]")) {
        const newer = page.getElementById(part.id);
        if (newer && newer.innerHTML !== part.innerHTML) {
          if (busy(part)) held = true;
          else part.replaceChildren(...newer.childNodes);
        }
      }
      const fresh = page.getElementById("fresh");
      if (fresh) document.getElementById("fresh").textContent = fresh.textContent;
      tell(held ? " — a part waits until nothing in it is marked or in use" : "");
    } catch (trouble) {
      tell(" — not fresh: " + trouble.message);
    }
  }

  const colours = ["#3b7dd8", "#d9822b", "#2a9d6f", "#c2456b", "#8a63d2", "#7d8b2f", "#1f9bb5", "#a0694a"];

  function series(kind, data) {
    if (kind === "rates") {
      return { lines: [data.in, data.out], names: ["in", "out"] };
    }
    const lines = data.shards.map(s => s.behind);
    const names = data.shards.map(s => s.shard);
    if (data.others > 0) {
      lines.push(data.worst);
      names.push("worst of all");
    }
    return { lines, names };
  }

  function draw(box, data) {
    const { lines, names } = series(box.dataset.chart, data);
    const values = [data.at, ...lines];
    const shape = names.join("|");
    if (box.chart && box.dataset.shape === shape) {
      box.chart.setData(values);
      return;
    }
    if (box.chart) box.chart.destroy();
    const style = getComputedStyle(document.body);
    const axis = { stroke: style.color, grid: { stroke: style.getPropertyValue("--line") } };
    box.chart = new uPlot({
      width: box.clientWidth, height: 180,
      scales: { y: { range: (u, low, high) => [0, Math.max(1, high || 0)] } },
      axes: [axis, axis],
      series: [{}, ...names.map((name, i) => ({
        label: name, stroke: colours[i % colours.length], width: 2, dash: i >= colours.length ? [6, 4] : [],
        value: (u, v) => v == null ? "not seen" : v.toFixed(1)
      }))]
    }, values, box);
    box.dataset.shape = shape;
    box.dataset.drawn = "yes";
  }

  async function charts() {
    const boxes = [...document.querySelectorAll("[data-chart]")];
    for (const app of new Set(boxes.map(b => b.dataset.app))) {
      try {
        const answer = await fetch("/data/lag?app=" + encodeURIComponent(app), { cache: "no-store" });
        if (!answer.ok) continue; // the page's own refresh says what is wrong
        const data = await answer.json();
        boxes.filter(b => b.dataset.app === app).forEach(b => draw(b, data));
      } catch (trouble) {
        console.warn("no chart of " + app + ": " + trouble.message);
      }
    }
  }

  document.addEventListener("submit", event => {
    const button = event.submitter;
    if (button && button.dataset.confirm && !confirm(button.dataset.confirm)) event.preventDefault();
  });

  addEventListener("resize", () => document.querySelectorAll("[data-chart]").forEach(box => {
    if (box.chart) box.chart.setSize({ width: box.clientWidth, height: 180 });
  }));

  async function round() {
    if (!document.hidden) {
      await refresh();
      await charts();
    }
    setTimeout(round, seconds * 1000);
  }

  charts();
  if (seconds > 0) setTimeout(round, seconds * 1000);
})();
