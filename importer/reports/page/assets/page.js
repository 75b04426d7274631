/* What the report and the index do beyond being read. Data comes from the elements `data-…` as JSON, and whatever is in
   it reaches the page as text only, never as markup. */
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat("en-US");
  const decimal = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
  const islandOf = (name) => {
    const element = byId(`data-${name}`);
    return element ? JSON.parse(element.textContent) : null;
  };
  const rowsWord = (count) => (count === 1 ? "row" : "rows");

  /** Return an element with attributes and children; text children become text nodes. */
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "class") element.className = value;
      else element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  };

  const seconds = (value) => {
    if (value === null || value === undefined) return "";
    if (value === 0) return "0";
    if (value < 0.01) return `${decimal.format(value * 1000)} ms`;
    if (value < 1) return `${number.format(Math.round(value * 1000))} ms`;
    if (value < 60) return `${decimal.format(value)} s`;
    if (value < 3600) return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
    return `${number.format(Math.floor(value / 3600))} h ${Math.floor((value % 3600) / 60)} min`;
  };

  /* Times: said in the zone of whoever reads, each with what it is away from UTC; data stays in UTC. */

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "of this computer";
  const inZone = new Intl.DateTimeFormat("en-GB", {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    fractionalSecondDigits: 3, hourCycle: "h23", timeZoneName: "shortOffset",
  });
  /** Return a time as `{ date, minute, second, tenth, thousandth, away }`, the middle ones with all that is before them. */
  const told = (ms) => {
    const of = Object.fromEntries(inZone.formatToParts(ms).map(({ type, value }) => [type, value]));
    const minute = `${of.hour}:${of.minute}`;
    const second = `${minute}:${of.second}`;
    return {
      date: `${of.year}-${of.month}-${of.day}`, minute, second, tenth: `${second}.${of.fractionalSecond[0]}`,
      thousandth: `${second}.${of.fractionalSecond}`, away: of.timeZoneName.replace(/^GMT(\+0)?$/, "UTC"),
    };
  };
  const moment = (ms) => {
    const { date, second, away } = told(ms);
    return `${date} ${second} ${away}`;
  };
  /** Return a time of the API's as a person reads it; what is no time, as it is. */
  const momentOf = (text) => (/^\d{4}-\d\d-\d\d[Tt ].*([Zz]|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)) ? moment(Date.parse(text)) : text);
  /**
   * Return labels for times, of which no two are the same: as short as they can be, the day below where there are several,
   * and below that what the time is away from UTC where that changes.
   */
  const labelsOf = (times, seconds) => {
    const all = times.map((ms) => told(Math.round(ms)));
    const several = (name) => new Set(all.map((one) => one[name])).size > 1;
    const below = ["date", "away"].filter(several);
    const finest = ["minute", "second", "tenth", "thousandth"].slice(seconds < 60 ? 1 : 0);
    const lines = (name) => all.map((one) => [one[name], ...below.map((other) => one[other])]);
    return finest.map(lines).find((found) => new Set(found.map(String)).size === found.length) ?? lines("thousandth");
  };
  const tellTimes = (timing) => {
    for (const element of document.querySelectorAll("[data-zone]")) element.textContent = zone;
    for (const element of document.querySelectorAll("time[datetime]")) element.textContent = momentOf(element.getAttribute("datetime"));
    const labels = timing ? spanLabels(timing) : [];
    for (const element of document.querySelectorAll("time[data-span]")) element.textContent = labels[element.dataset.span].join(" ");
  };

  /* Copying: the clipboard where the browser lets a local file use it, otherwise the old way. */

  const copied = (text) => {
    const area = make("textarea", { readonly: "", "aria-hidden": "true", class: "unseen" });
    area.value = text;
    document.body.append(area);
    const before = document.activeElement;
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus();
    return done;
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copied(text);
    }
  };
  const copyFrom = async (button, text) => {
    const label = button.firstChild;
    const before = label.data;
    const done = await copy(text);
    label.data = done ? "Copied" : "Not copied";
    byId("said").textContent = done ? `Copied: ${text}` : "The browser does not let this page copy.";
    button.classList.add("done");
    setTimeout(() => {
      label.data = before;
      button.classList.remove("done");
    }, 1500);
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copyFrom(button, button.previousElementSibling.textContent));
  }

  /* Charts: drawn in the colours of the page's scheme, and again when that changes, and for paper in light ones. */

  const drawn = [];
  const probe = make("span", { hidden: "" });
  document.body.append(probe);
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };

  const draw = (id, configured) => {
    const canvas = byId(id);
    if (!canvas) return;
    const build = () => {
      Chart.defaults.animation = false;
      Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
      Chart.defaults.font.size = document.documentElement.classList.contains("printing") ? 9 : 12;
      Chart.defaults.color = colour("muted");
      Chart.defaults.borderColor = colour("line");
      const { options = {}, ...rest } = configured();
      return new Chart(canvas, { ...rest, options: { responsive: true, maintainAspectRatio: false, ...options } });
    };
    drawn.push({ build, chart: build() });
  };
  const redraw = () => {
    for (const one of drawn) {
      one.chart.destroy();
      one.chart = one.build();
    }
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  const folded = () => document.querySelectorAll(".fold");
  addEventListener("beforeprint", () => {
    for (const one of folded()) one.open = true;
    document.documentElement.classList.add("printing");
    redraw();
    for (const { chart } of drawn) {
      const kind = chart.canvas.parentElement.classList;
      const wide = kind.contains("bar") || chart.canvas.closest(".wide");
      chart.resize(wide ? 680 : 330, kind.contains("bar") ? 56 : kind.contains("tall") ? 132 : 108);
    }
  });
  addEventListener("afterprint", () => {
    for (const one of folded()) one.open = false;
    document.documentElement.classList.remove("printing");
    redraw();
    for (const { chart } of drawn) chart.resize();
  });

  const quietAxis = (more = {}) => ({ grid: { display: false }, border: { color: colour("line") }, ...more });
  const countAxis = (more = {}) => ({
    beginAtZero: true,
    border: { display: false },
    ticks: { maxTicksLimit: 5, precision: 0, callback: (value) => number.format(value) },
    ...more,
  });
  /** An axis of time whose marks are at whole seconds, minutes or hours. */
  const durationAxis = (longest) => {
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800];
    const stepSize = steps.find((step) => longest / step <= 5) ?? Math.ceil(longest / 5 / 3600) * 3600;
    const about = (value) => seconds(value).replace(" min 0 s", " min").replace(" h 0 min", " h");
    return countAxis({ ticks: longest < 1 ? { maxTicksLimit: 5, callback: seconds } : { stepSize, callback: about } });
  };
  const legend = { position: "top", align: "start", labels: { boxWidth: 12, boxHeight: 12, padding: 14, usePointStyle: false } };

  const drawOutcomes = (statuses) => draw("outcomes", () => ({
    type: "bar",
    data: {
      labels: ["rows"],
      datasets: statuses.filter(([, count]) => count).map(([status, count]) => ({
        label: status, data: [count], backgroundColor: colour(status), borderColor: colour("paper"),
        borderWidth: { right: 1 }, borderSkipped: false, barPercentage: 1, categoryPercentage: 1,
      })),
    },
    options: {
      indexAxis: "y",
      scales: {
        x: { stacked: true, display: false, max: statuses.reduce((sum, [, count]) => sum + count, 0) },
        y: { stacked: true, display: false },
      },
      plugins: { legend, tooltip: { callbacks: { title: () => "", label: (item) => `${item.dataset.label}: ${number.format(item.raw)}` } } },
    },
  }));

  /** Shade the pauses behind a chart whose categories are spans. */
  const pausesOf = (timing) => ({
    id: "pauses",
    beforeDatasetsDraw: ({ ctx, chartArea: area }) => {
      const starts = timing.starts_s;
      const at = (second) => {
        const span = Math.max(starts.findLastIndex((start) => start <= second), 0);
        const place = span + Math.min((second - starts[span]) / timing.span_s, 1);
        return area.left + place / starts.length * (area.right - area.left);
      };
      ctx.save();
      ctx.fillStyle = colour("shade");
      for (const pause of timing.pauses) {
        ctx.fillRect(at(pause.start_s), area.top, Math.max(at(pause.end_s) - at(pause.start_s), 2), area.bottom - area.top);
      }
      ctx.restore();
    },
  });
  const timeAxis = (more = {}) => quietAxis({ offset: true, ticks: { maxRotation: 0, autoSkipPadding: 24 }, ...more });
  const spanLabels = (timing) => labelsOf(timing.starts_s.map((start) => (timing.first_sent_at + start) * 1000), timing.span_s);
  /** What stands over the numbers of a span: the whole of when it begins. */
  const spanTitle = (timing) => (items) => moment((timing.first_sent_at + timing.starts_s[items[0].dataIndex]) * 1000);

  const drawRequests = (timing) => draw("requests", () => {
    const bars = (label, name, values) => ({
      type: "bar", label, data: values, backgroundColor: colour(name), barPercentage: 1, categoryPercentage: timing.spans.length > 60 ? 1 : 0.92, stack: "requests", order: 2,
    });
    const some = (label, name, key) => (timing.spans.some((span) => span[key]) ? [bars(label, name, timing.spans.map((span) => span[key]))] : []);
    return {
      type: "bar",
      data: {
        labels: spanLabels(timing),
        datasets: [
          ...some("rows confirmed", "updated", "confirmed"),
          ...some("told to slow down", "unconfirmed", "throttled"),
          ...some("no useful answer", "rejected", "faulty"),
          { type: "line", label: "requests sent", data: timing.spans.map((span) => span.requests), borderColor: colour("ink"), backgroundColor: colour("ink"), borderWidth: 1.5, pointRadius: timing.spans.length > 1 ? 0 : 4, pointHitRadius: 8, tension: 0, order: 1 },
        ],
      },
      plugins: [pausesOf(timing)],
      options: {
        interaction: { mode: "index", intersect: false },
        scales: { x: timeAxis({ stacked: true }), y: countAxis({ stacked: true }) },
        plugins: { legend, tooltip: { callbacks: { title: spanTitle(timing), label: (item) => `${item.dataset.label}: ${number.format(item.raw)}` } } },
      },
    };
  });

  const drawLatency = (timing) => draw("latency", () => ({
    type: "line",
    data: {
      labels: spanLabels(timing),
      datasets: ["half", "95 of 100", "99 of 100"].map((label, place) => ({
        label, data: timing.spans.map((span) => (span.latency_s ? span.latency_s[place] : null)),
        borderColor: colour(`slow-${place + 1}`), backgroundColor: colour(`slow-${place + 1}`), borderDash: [[], [6, 3], [2, 3]][place],
        borderWidth: 2, pointRadius: timing.spans.length > 1 ? 0 : 4, pointHitRadius: 8, tension: 0,
      })),
    },
    plugins: [pausesOf(timing)],
    options: {
      interaction: { mode: "index", intersect: false },
      scales: { x: timeAxis(), y: countAxis({ ticks: { maxTicksLimit: 5, callback: seconds } }) },
      plugins: { legend: { ...legend, labels: { ...legend.labels, boxHeight: 0, boxWidth: 24 } }, tooltip: { callbacks: { title: spanTitle(timing), label: (item) => `${item.dataset.label}: ${seconds(item.raw)}` } } },
    },
  }));

  const drawDistribution = (timing) => draw("distribution", () => ({
    type: "bar",
    data: {
      labels: timing.latencies.map((bar) => `${seconds(bar.from_s)} to ${seconds(bar.to_s)}`),
      datasets: [{ data: timing.latencies.map((bar) => bar.replies), backgroundColor: colour("slow-2"), barPercentage: 1, categoryPercentage: 0.96 }],
    },
    options: {
      scales: {
        x: quietAxis({ ticks: { maxRotation: 0, autoSkipPadding: 16, callback: (place) => seconds(timing.latencies[place].from_s) } }),
        y: countAxis(),
      },
      plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => `${number.format(item.raw)} ${item.raw === 1 ? "answer" : "answers"}` } } },
    },
  }));

  /* The table of rows. */

  const HEADS = {
    row: "Row", status: "Status", message: "Message", name: "Name", email: "E-mail", held: "Sent and held", code: "Code", customer: "Customer",
    changed: "Changed", http: "Answer", attempts: "Tries", latency: "Took", sent: "Sent", updated: "Updated", warnings: "Warnings",
  };
  const WIDTHS = { row: 112, status: 130, name: 170, email: 230, held: 340, code: 190, customer: 330, changed: 190, http: 96, attempts: 86, latency: 96, sent: 230, updated: 230, warnings: 200 };
  const FIGURES = new Set(["row", "http", "attempts", "latency"]);
  const shown = (field, row) => {
    const value = row[field];
    if (value === null || value === undefined || value === "") return "";
    if (field === "latency") return seconds(value / 1000);
    if (field === "sent") return moment(value);
    if (field === "updated") return momentOf(value);
    return FIGURES.has(field) && field !== "http" && field !== "row" ? number.format(value) : String(value);
  };

  /** Return the rows of all parts as objects, in the order of the source; `COLUMNS` of rows.py says what is where. */
  const rowsOf = (parts, calmStatuses) => {
    const calm = new Set(calmStatuses);
    const rows = [];
    for (const { texts, rows: arrays } of parts) {
      for (const values of arrays) {
        const [row, customer, first, last, email, http, attempts, sent, latency, updated] = values;
        const [status, code, message, changed, warnings] = [texts[values[10]], texts[values[11]], texts[values[12]], texts[values[13]], texts[values[14]]];
        const held = values[15];
        const name = [first, last].map((part) => part.trim()).filter(Boolean).join(" ");
        const attention = !calm.has(status);
        rows.push({ row, customer, name, email, http, attempts, sent, latency, updated, status, code, message, held, changed, warnings, attention, haystack: null });
      }
    }
    return rows.sort((one, other) => one.row - other.row);
  };

  /* Letters that Unicode does not take apart into one of A to Z and an accent. */
  const BASES = { ø: "o", ł: "l", đ: "d", ð: "d", ħ: "h", ı: "i", þ: "th", ß: "ss", æ: "ae", œ: "oe" };
  const plain = (text) => {
    const lower = text.toLowerCase();
    if (!/[^\x00-\x7f]/.test(lower)) return lower;
    return lower.normalize("NFD").replace(/\p{Mn}/gu, "").replace(/[øłđðħıþßæœ]/g, (letter) => BASES[letter]);
  };
  const haystack = (row) => {
    row.haystack ??= plain([row.row, row.status, row.code, row.warnings, row.name, row.email, row.customer, row.message, row.held ?? "", row.changed].join("\n"));
    return row.haystack;
  };
  const words = (text) => text.split(", ").filter(Boolean);
  /** Return whether a message says what a cause does, in which "…" stands for what differs from row to row. */
  const says = (message, told) => {
    let from = 0;
    return told.split("…").every((piece) => {
      const at = message.indexOf(piece, from);
      from = at + piece.length;
      return at >= 0;
    });
  };

  /**
   * Return whether a row is one of a cause's. A warning counts of no row that is invalid anyway; a row that repeats
   * another says only which, and is of its cause.
   */
  const isOf = (row, cause, byNumber) => {
    if (cause.warning) return row.status !== "invalid" && words(row.warnings).includes(cause.code);
    if (row.status !== (cause.status ?? row.status) || (cause.code && !words(row.code).includes(cause.code))) return false;
    if (says(row.message, cause.message)) return true;
    const first = byNumber.get(Number(/^The same change as row (\d+)/.exec(row.message)?.[1]));
    return Boolean(first && says(first.message, cause.message));
  };

  const badge = (status) => make("span", { class: "badge", "data-status": status }, status);
  const rowButtons = (row) => [
    make("button", { type: "button", class: "copy", "aria-label": `Copy row number ${row.row}`, title: "Copy the row number" }, "Copy"),
    make("button", { type: "button", class: "open", "aria-label": `Row ${row.row}: show all of it` }, String(row.row)),
  ];
  const formatters = {
    row: (cell) => make("span", { class: "row-number" }, ...rowButtons(cell.getData())),
    status: (cell) => badge(cell.getValue()),
    message: (cell) => make("span", { class: "clamp" }, cell.getValue()),
    held: (cell) => make("span", { class: "clamp" }, cell.getValue() ?? ""),
    code: (cell) => make("code", { class: "clamp" }, cell.getValue()),
    customer: (cell) => make("code", { class: "one-line" }, cell.getValue()),
  };
  const card = (cell) => {
    const row = cell.getData();
    return make("div", { class: "card" },
      make("div", { class: "card-head" }, ...rowButtons(row), badge(row.status), make("code", { class: "one-line" }, row.code)),
      make("span", { class: "clamp" }, row.message),
      make("span", { class: "one-line muted" }, [row.name, row.email.trim()].filter(Boolean).join(", ") || row.customer));
  };

  const collator = new Intl.Collator("en", { numeric: true });
  const sorter = (one, other) => {
    if (typeof one === "number" || typeof other === "number") return (one ?? -1) - (other ?? -1);
    return collator.compare(one ?? "", other ?? "");
  };
  const head = (field) => () => make("button", { type: "button", class: "head" }, HEADS[field]);
  const column = (field) => ({
    field, title: HEADS[field], titleFormatter: head(field), sorter, headerSortTristate: false,
    formatter: formatters[field] ?? ((cell) => make("span", { class: "one-line" }, shown(field, cell.getData()))),
    cssClass: FIGURES.has(field) ? "figure" : "",
    ...(field === "message" ? { minWidth: 340, widthGrow: 1 } : { width: WIDTHS[field], minWidth: 60 }),
    frozen: field === "row",
  });

  const showRow = (row) => {
    const dialog = byId("row");
    byId("row-heading").textContent = `Row ${row.row}`;
    const pairs = Object.keys(HEADS).filter((field) => field !== "row" && shown(field, row));
    byId("row-facts").replaceChildren(...pairs.map((field) => make("div", field === "message" ? { class: "whole" } : {},
      make("dt", {}, HEADS[field]), make("dd", {}, field === "status" ? badge(row.status) : shown(field, row)))),
      ...(row.updated && shown("updated", row) !== row.updated ? [make("div", {}, make("dt", {}, "Updated, as the API wrote it"), make("dd", {}, row.updated))] : []));
    const back = () => [...document.querySelectorAll("button.open")].find((one) => one.textContent === String(row.row));
    dialog.addEventListener("close", () => requestAnimationFrame(() => back()?.focus()), { once: true });
    dialog.showModal();
  };

  const option = (value, text) => make("option", { value }, text);
  const countedBy = (rows, valuesOf) => {
    const counts = new Map();
    for (const row of rows) for (const value of valuesOf(row)) counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts].sort((one, other) => other[1] - one[1]);
  };
  const fillFilters = (rows, statuses) => {
    const attention = rows.filter((row) => row.attention).length;
    const counts = new Map(countedBy(rows, (row) => [row.status]));
    byId("status").append(
      option("", `All (${number.format(rows.length)})`),
      ...(attention && attention < rows.length ? [option("attention", `Need attention (${number.format(attention)})`)] : []),
      ...statuses.filter(([status]) => counts.has(status)).map(([status]) => option(`=${status}`, `${status} (${number.format(counts.get(status))})`)));
    const codes = countedBy(rows, (row) => new Set(words(row.code)));
    const warnings = countedBy(rows, (row) => new Set(words(row.warnings)));
    const group = (label, kind, found) => (found.length ? [((element) => (element.append(...found.map(([code, count]) => option(kind + code, `${code} (${number.format(count)})`))), element))(make("optgroup", { label }))] : []);
    byId("code").append(option("", "All"), ...group("Codes", "=", codes), ...group("Warnings", "!", warnings));
    if (attention && attention < rows.length) byId("status").value = "attention";
  };

  /** Tell a screen reader of a table that can be read, not of a grid whose cells can be entered, which it is not. */
  const nameParts = () => {
    const element = byId("table");
    element.setAttribute("role", "table");
    element.setAttribute("aria-labelledby", "rows-heading");
    element.removeAttribute("aria-owns");
    const holder = element.querySelector(".tabulator-tableholder");
    holder.setAttribute("role", "rowgroup");
    holder.setAttribute("aria-label", "Rows, which can be scrolled");
    element.querySelector(".tabulator-table").setAttribute("role", "presentation");
  };

  const startTable = (review) => {
    if (!byId("table")) return;
    const rows = rowsOf(islandOf("rows").parts, review.calm);
    const controls = { search: byId("search"), status: byId("status"), code: byId("code"), sort: byId("sort") };
    const narrow = matchMedia("(max-width: 760px)");
    const fields = Object.keys(HEADS).filter((field) => ["row", "status", "message"].includes(field) || rows.some((row) => field === "attempts" ? row.attempts : shown(field, row)));
    const columns = () => (narrow.matches ? [{ field: "row", title: "Row", sorter, formatter: card, headerSort: false }] : fields.map(column));
    const byNumber = new Map();
    let cause = null;

    byId("tools").hidden = false;
    fillFilters(rows, review.statuses);
    controls.sort.append(...fields.flatMap((field) => [option(`${field} asc`, HEADS[field]), option(`${field} desc`, `${HEADS[field]}, downwards`)]));

    const passes = (status = controls.status.value) => {
      const sought = plain(controls.search.value.trim());
      const code = controls.code.value;
      const name = code.slice(1);
      return (row) => (!cause || isOf(row, cause, byNumber))
        && (!status || (status === "attention" ? row.attention : row.status === status.slice(1)))
        && (!code || words(code[0] === "!" ? row.warnings : row.code).includes(name))
        && (!sought || haystack(row).includes(sought));
    };
    const kept = () => rows.filter(passes());
    /** Say how many are shown, and of a search, how many it would find whatever their status. */
    const say = (count) => {
      const more = controls.search.value.trim() && controls.status.value ? rows.filter(passes("")).length - count : 0;
      byId("found").textContent = `${number.format(count)} of ${number.format(rows.length)} ${rowsWord(rows.length)} shown`
        + (more ? `; ${number.format(more)} more found with another status` : "");
    };

    const first = kept();
    say(first.length);
    const table = new Tabulator(byId("table"), {
      data: first, columns: columns(), layout: "fitColumns", maxHeight: "min(72vh, 820px)", rowHeight: narrow.matches ? 104 : 52,
      index: "row", placeholder: make("span", {}, "No row fits."), headerSortClickElement: "header", resizableRows: false, autoResize: false,
    });
    let built = false;
    table.on("tableBuilt", () => {
      built = true;
      nameParts();
    });
    const apply = () => {
      if (!built) return;
      const found = kept();
      say(found.length);
      table.replaceData(found);
    };

    let waiting = 0;
    controls.search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
    controls.status.addEventListener("change", apply);
    controls.code.addEventListener("change", apply);
    controls.sort.addEventListener("change", () => {
      const [field, direction] = controls.sort.value.split(" ");
      const factor = direction === "asc" ? 1 : -1;
      rows.sort((one, other) => factor * sorter(one[field], other[field]) || one.row - other.row);
      apply();
    });

    const choose = (chosen, text) => {
      cause = chosen;
      byId("chosen").hidden = !chosen;
      byId("chosen-cause").textContent = text;
      apply();
    };
    byId("unchoose").addEventListener("click", () => choose(null, ""));
    byId("clear").addEventListener("click", () => {
      controls.search.value = controls.status.value = controls.code.value = "";
      choose(null, "");
    });
    for (const button of document.querySelectorAll("[data-cause]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const chosen = review.causes[button.dataset.cause];
        if (!byNumber.size) for (const row of rows) byNumber.set(row.row, row);
        controls.search.value = controls.status.value = controls.code.value = "";
        choose(chosen, `Only the rows of this cause: ${chosen.told} (${chosen.code})`);
        byId("rows-heading").scrollIntoView();
        byId("rows-heading").focus({ preventScroll: true });
      });
    }
    byId("table").addEventListener("click", (event) => {
      const button = event.target.closest("button.open, button.copy");
      const element = button?.closest(".tabulator-row");
      if (!element) return;
      const row = table.getRow(element).getData();
      if (button.classList.contains("open")) showRow(row);
      else copyFrom(button, String(row.row));
    });
    /* Not Tabulator's own observer, which draws all rows again once they are there, and takes the focus away from them. */
    let width = innerWidth;
    addEventListener("resize", () => {
      if (built && innerWidth !== width) table.redraw();
      width = innerWidth;
    });
    byId("row-close").addEventListener("click", () => byId("row").close());
    narrow.addEventListener("change", () => {
      table.options.rowHeight = narrow.matches ? 104 : 52;
      table.setColumns(columns());
      table.redraw(true);
    });
  };

  /* The index. */

  const drawRuns = (runs) => {
    const days = runs.map((run) => run.started.slice(0, 10));
    const labels = new Set(days).size === days.length ? days : runs.map((run, place) => [run.started.slice(11, 19), days[place]]);
    const title = (items) => `${runs[items[0].dataIndex].id}, ${runs[items[0].dataIndex].started}`;
    const x = () => timeAxis({ stacked: true });
    const used = runs[0].statuses.map(([status]) => status).filter((_, place) => runs.some((run) => run.statuses[place][1]));
    draw("trend", () => ({
      type: "bar",
      data: {
        labels,
        datasets: used.map((status) => ({
          label: status, backgroundColor: colour(status), categoryPercentage: 0.9, barPercentage: 0.95, maxBarThickness: 40,
          data: runs.map((run) => run.statuses.find(([name]) => name === status)[1]),
        })),
      },
      options: { interaction: { mode: "index", intersect: false }, scales: { x: x(), y: countAxis({ stacked: true }) }, plugins: { legend, tooltip: { filter: (item) => item.raw > 0, callbacks: { title } } } },
    }));
    draw("durations", () => ({
      type: "bar",
      data: { labels, datasets: [{ data: runs.map((run) => run.seconds), backgroundColor: colour("slow-2"), categoryPercentage: 0.9, barPercentage: 0.95, maxBarThickness: 40 }] },
      options: { scales: { x: x(), y: durationAxis(Math.max(...runs.map((run) => run.seconds))) }, plugins: { legend: { display: false }, tooltip: { callbacks: { title, label: (item) => seconds(item.raw) } } } },
    }));
  };
  const startSearch = () => {
    const search = byId("run-search");
    if (!search) return;
    byId("run-tools").hidden = false;
    const lines = [...document.querySelectorAll(".runs tbody tr")].map((element) => ({ element, text: plain(element.textContent) }));
    const what = byId("checks-heading") ? "runs and checks" : lines.length === 1 ? "run" : "runs";
    const apply = () => {
      const sought = plain(search.value.trim());
      let count = 0;
      for (const { element, text } of lines) {
        element.hidden = !text.includes(sought);
        count += !element.hidden;
      }
      byId("run-found").textContent = `${number.format(count)} of ${number.format(lines.length)} ${what} shown`;
    };
    search.addEventListener("input", apply);
    apply();
  };

  const review = islandOf("review");
  if (review) {
    tellTimes(review.timing);
    drawOutcomes(review.statuses);
    if (review.timing) {
      drawRequests(review.timing);
      drawLatency(review.timing);
      drawDistribution(review.timing);
    }
    startTable(review);
  }
  const runs = islandOf("runs");
  if (runs) {
    if (runs.length > 1) drawRuns(runs);
    startSearch();
  }
})();
