// Keeps the live parts of a page fresh, draws the charts, asks before what cannot be undone.
"use strict";
(() => {
  const seconds = Number(document.body.dataset.fresh);
  const stale = document.getElementById("stale");

  // What the person has marked would be lost.
  const marked = part => !getSelection().isCollapsed && part.contains(getSelection().anchorNode);

  const keyOf = node => node.nodeType === Node.ELEMENT_NODE ? node.dataset.key : undefined;
  const alike = (a, b) => a.nodeName === b.nodeName && keyOf(a) === undefined && keyOf(b) === undefined;
  const byPerson = new Set(["open", "hidden"]);

  // Makes a part like its newer self and keeps the elements: with them focus, typed text, ticks, scroll positions.
  function become(part, newer) {
    if (part.isEqualNode(newer)) return;
    for (const { name, value } of newer.attributes) {
      if (part.getAttribute(name) !== value && !byPerson.has(name)) part.setAttribute(name, value);
    }
    for (const { name } of [...part.attributes]) {
      if (!newer.hasAttribute(name) && !byPerson.has(name)) part.removeAttribute(name);
    }
    const wanted = new Set([...newer.childNodes].map(keyOf));
    const known = new Map();
    for (const child of [...part.childNodes]) {
      const key = keyOf(child);
      if (key === undefined) continue;
      if (wanted.has(key) && !known.has(key)) known.set(key, child);
      else child.remove();
    }
    let at = part.firstChild;
    for (const child of [...newer.childNodes]) {
      const same = known.get(keyOf(child)) || (at && alike(at, child) ? at : null);
      if (!same) {
        part.insertBefore(child, at);
        continue;
      }
      known.delete(keyOf(same));
      if (same === at) at = at.nextSibling;
      else part.insertBefore(same, at);
      if (same.nodeType === Node.ELEMENT_NODE) become(same, child);
      else if (same.nodeValue !== child.nodeValue) same.nodeValue = child.nodeValue;
    }
    while (at) {
      const gone = at;
      at = at.nextSibling;
      gone.remove();
    }
  }

  const ask = (address, type) => fetch(address, {
    headers: { "Accept": type, "Timebridge-Refresh": "yes" }, cache: "no-store", signal: AbortSignal.timeout(15000)
  });

  const tell = text => { if (stale.textContent !== text) stale.textContent = text; };
  const parts = page => [...page.querySelectorAll("[data-live]")].map(part => part.id).join(" ");

  async function refresh() {
    try {
      const answer = await ask(location.href, "text/html");
      if (answer.redirected && new URL(answer.url).pathname === "/login") {
        location.reload();
        return;
      }
      if (!answer.ok && answer.status !== 404) throw new Error("HTTP " + answer.status); // 404: a key that is gone
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok && parts(page) !== parts(document)) {
        location.reload();
        return;
      }
      const focused = document.activeElement;
      let held = false;
      for (const part of document.querySelectorAll("[data-live]")) {
        const newer = page.getElementById(part.id);
        if (newer && !part.isEqualNode(newer)) {
          if (marked(part)) held = true;
          else become(part, newer);
        }
      }
      if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
      offerAll();
      const fresh = page.getElementById("fresh");
      if (fresh) document.getElementById("fresh").textContent = fresh.textContent;
      tell(held ? " — a part waits until nothing in it is marked" : "");
    } catch (trouble) {
      tell(" — not fresh: " + trouble.message);
    }
  }

  // Ticks all rows of a table at once; without a script the box would do nothing, so it is hidden then.
  function offerAll() {
    for (const all of document.querySelectorAll("[data-all]")) all.hidden = false;
  }

  document.addEventListener("change", event => {
    if (!("all" in event.target.dataset)) return;
    for (const box of event.target.closest("table").querySelectorAll("tbody input[type=checkbox]")) box.checked = event.target.checked;
  });

  const colours = ["#3b7dd8", "#d9822b", "#2a9d6f", "#c2456b", "#8a63d2", "#7d8b2f", "#1f9bb5", "#a0694a"];
  const short = shard => shard.replace(/^shardId-0*(?=[0-9])/, "shard ");
  const clock = (at, length) => new Date(at * 1000).toISOString().slice(11, length);

  function series(kind, data) {
    if (kind === "rates") {
      return { lines: [data.in, data.out], names: ["in", "out"], least: 1, digits: 1 };
    }
    if (kind === "latency") {
      return { lines: [data.median, data.most], names: ["half within", "99 % within"], least: 0.1, digits: 2 };
    }
    const lines = data.shards.map(s => s.behind);
    const names = data.shards.map(s => short(s.shard));
    if (data.others > 0) {
      lines.push(data.worst);
      names.push("worst of all");
    }
    return { lines, names, least: 1, digits: 1 };
  }

  // Where the pointer is, else the latest.
  const shown = (u, series, index) => u.data[series][index == null ? u.data[series].length - 1 : index];

  function draw(box, data) {
    const { lines, names, least, digits } = series(box.dataset.chart, data);
    const values = [data.at, ...lines];
    const shape = names.join("|");
    if (box.chart && box.dataset.shape === shape) {
      box.chart.setData(values);
      return;
    }
    if (box.chart) box.chart.destroy();
    const style = getComputedStyle(document.body);
    const line = { stroke: style.getPropertyValue("--line"), width: 1 };
    const axis = { stroke: style.color, grid: line, ticks: line, font: "12px system-ui, sans-serif" };
    box.chart = new uPlot({
      width: box.clientWidth, height: 180, padding: [8, 20, 0, 0],
      scales: { y: { range: (u, low, high) => [0, Math.max(least, (high || 0) * 1.1)] } },
      axes: [{ ...axis, space: 60, size: 30, values: (u, at, i, space, step) => at.map(t => clock(t, step < 60 ? 19 : 16)) }, axis],
      series: [
        { label: "UTC", value: (u, v, i, index) => values[0].length ? clock(shown(u, 0, index), 19) : "" },
        ...names.map((name, i) => ({
          label: name, stroke: colours[i % colours.length], width: 2, dash: i >= colours.length ? [6, 4] : [],
          points: { show: values[0].length < 3 },
          value: (u, v, s, index) => {
            const known = shown(u, s, index);
            return known == null ? "not seen" : known.toFixed(digits);
          }
        }))
      ]
    }, values, box);
    box.dataset.shape = shape;
    box.dataset.drawn = "yes";
  }

  async function charts() {
    const boxes = [...document.querySelectorAll("[data-chart]")];
    for (const app of new Set(boxes.map(b => b.dataset.app))) {
      try {
        const answer = await ask("/data/lag?app=" + encodeURIComponent(app), "application/json");
        if (!answer.ok) continue; // the page's own refresh says what is wrong
        const data = await answer.json();
        boxes.filter(b => b.dataset.app === app).forEach(b => draw(b, data));
      } catch (trouble) {
        console.warn("no chart of " + app + ": " + trouble.message);
      }
    }
  }

  // The lines of a chart have the colours of the time when it was made.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    document.querySelectorAll("[data-chart]").forEach(box => delete box.dataset.shape);
    charts();
  });

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

  offerAll();
  charts();
  if (seconds > 0) setTimeout(round, seconds * 1000);
})();
