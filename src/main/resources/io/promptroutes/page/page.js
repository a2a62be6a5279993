"use strict";
// Asks /api/usage and /api/requests every two seconds, or shows what stands in the element `data` where this page is a file of its own.
// What comes from there is shown by textContent alone: an id, a tenant or an error message may hold anything.
(() => {
  const EVERY = 2000, PATIENCE = 30000, MOST_ROWS = 12, KEY = "prompt-routes-token";
  const $ = id => document.getElementById(id);
  const file = $("data") && JSON.parse($("data").textContent);
  let token = null, last = null, timer = 0, asking = false, again = false, show = "all", requests = [];
  try { token = sessionStorage.getItem(KEY); } catch { /* none kept */ }

  // ---- words and figures

  const number = n => Number(n).toLocaleString("en-US");
  const usd = (value, digits) => {
    const n = Number(value), size = Math.abs(n);
    if (n === 0) return "$0";
    if (size < 0.000001) return "< $0.000001";
    return "$" + n.toLocaleString("en-US", digits === undefined ? {minimumFractionDigits: 2, maximumFractionDigits: size >= 100 ? 2 : size >= 1 ? 4 : 6}
      : {minimumFractionDigits: digits, maximumFractionDigits: digits});
  };
  // in a column all amounts have the same number of digits
  const digits = values => { const top = Math.max(0, ...values.map(Number)); return top >= 100 ? 2 : top >= 1 ? 4 : 6; };
  const column = (value, d) => Number(value) === 0 ? "$0" : Number(value) < 10 ** -d ? usd(value) : usd(value, d);
  const seconds = ms => ms === null || ms === undefined ? "–" : (ms / 1000).toLocaleString("en-US", {minimumFractionDigits: 2, maximumFractionDigits: 2}) + " s";
  const percent = share => (share > 0 && share < 0.01 ? "< 1" : Math.round(share * 100)) + " %";
  const clock = at => at.slice(11, 19);
  const day = at => new Date(at).toLocaleDateString("en-GB", {day: "numeric", month: "short", timeZone: "UTC"});
  const moment = at => new Date(at).toLocaleDateString("en-GB", {day: "numeric", month: "short", year: "numeric", timeZone: "UTC"}) + ", " + clock(at) + " UTC";
  const words = name => String(name).replaceAll("_", " ");
  const plural = (n, one, many) => number(n) + " " + (Number(n) === 1 ? one : many);

  // what others wrote cannot turn or hide what stands beside it, and does not fill the page; the lines of a pre are ours
  const legible = text => { const all = String(text); return (all.length > 5000 ? all.slice(0, 5000) + "…" : all)
    .replace(/[^\P{C}\n\u200c\u200d]|[\u2028\u2029]/gu, c => "\\u" + c.codePointAt(0).toString(16).padStart(4, "0")); };
  const el = (tag, text, cls) => {
    const made = document.createElement(tag);
    if (cls) made.className = cls;
    if (text instanceof Node) made.append(text);
    else if (text !== undefined && text !== null) made.textContent = legible(text);
    return made;
  };
  const fill = (parent, children) => parent.replaceChildren(...children);
  // what has not changed stays, and with it focus and selection
  const shown = new Map();
  const changed = (name, data) => {
    const now = JSON.stringify(data);
    if (shown.get(name) === now) return false;
    shown.set(name, now);
    return true;
  };
  const figure = (name, value, note, cls) => {
    const one = el("div", null, cls), dd = el("dd", value);
    if (note) dd.append(" ", el("small", note));
    one.append(el("dt", name), dd);
    return one;
  };
  const bar = (share, cls) => { const i = el("i", null, cls); i.style.width = Math.min(100, share * 100) + "%"; return i; };

  const barred = (name, share) => { const cell = el("span", name); if (share > 0) cell.append(bar(share, "bar")); return cell; };

  /** @param columns [heading, row => text or node] */
  const table = (into, rows, columns) => {
    const head = el("tr"), body = el("tbody");
    columns.forEach(([name]) => { const th = el("th", name); th.scope = "col"; head.append(th); });
    rows.forEach(row => {
      const tr = el("tr");
      columns.forEach(([name, cell], i) => {
        const made = el(i ? "td" : "th", cell(row));
        if (i) { made.dataset.label = name; if (/^\$?0( %)?$|^–$/.test(made.textContent)) made.classList.add("zero"); } else made.scope = "row";
        tr.append(made);
      });
      body.append(tr);
    });
    const thead = el("thead");
    thead.append(head);
    fill(into, [thead, body]);
  };
  const named = (name, empty) => name === "" ? empty : name;
  const dearest = rows => [...rows].sort((a, b) => Number(b.cost_usd) - Number(a.cost_usd) || b.requests - a.requests);

  // ---- charts: drawn on a canvas, with a table of the same figures below each

  const charts = {};
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const chart = (id, description, data, options) => {
    const canvas = $(id);
    canvas.setAttribute("aria-label", description);
    charts[id]?.destroy();
    if (!window.Chart) return;
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 12;
    Chart.defaults.color = colour("quiet");
    Chart.defaults.borderColor = colour("line");
    charts[id] = new Chart(canvas, {type: "bar", data, options: Object.assign({animation: false, responsive: true, maintainAspectRatio: false}, options)});
  };
  const axis = (format, grid) => ({beginAtZero: true, border: {display: false}, grid: {display: grid}, ticks: {callback: format, maxTicksLimit: 6, autoSkip: grid}});
  const names = () => ({border: {display: false}, grid: {display: false}, ticks: {autoSkip: false, callback(i) { const name = String(this.getLabelForValue(i)); return name.length > 26 ? "…" + name.slice(-25) : name; }}});
  const legend = on => ({display: on, position: "bottom", align: "start", labels: {boxWidth: 9, boxHeight: 9, padding: 14}});
  const tall = (id, rows) => { $(id).parentElement.style.height = Math.max(120, rows * 26 + 70) + "px"; };

  const everyDay = rows => {
    const all = [], known = new Map(rows.map(row => [row.day, row])), end = rows.length && Date.parse(rows.at(-1).day);
    for (let at = rows.length ? Date.parse(rows[0].day) : 1; at <= end && all.length < 1000; at += 86400000) {
      const name = new Date(at).toISOString().slice(0, 10);
      all.push(known.get(name) || {day: name, cost_usd: 0, requests: 0});
    }
    return all;
  };
  const drawDays = rows => {
    const total = rows.reduce((sum, row) => sum + Number(row.cost_usd), 0);
    chart("day-chart", "Spent by day, " + usd(total) + " in " + plural(rows.length, "day", "days") + "; the table below has the same figures",
      {labels: rows.map(row => day(row.day)), datasets: [{data: rows.map(row => Number(row.cost_usd)), backgroundColor: colour("accent"), borderRadius: 3, maxBarThickness: 44}]},
      {plugins: {legend: legend(false), tooltip: {displayColors: false, callbacks: {label: c => usd(c.raw) + ", " + plural(rows[c.dataIndex].requests, "call", "calls")}}},
        scales: {x: {border: {display: false}, grid: {display: false}, ticks: {maxRotation: 0}}, y: axis(v => v === 0 ? "0" : usd(v), true)}});
  };
  const drawLatency = rows => {
    tall("latency-chart", rows.length);
    chart("latency-chart", "Latency by model, half and 95 in 100; the table below has the same figures",
      {labels: rows.map(row => row.model), datasets: [
        {label: "p50, half of the calls", data: rows.map(row => row.p50_ms / 1000), backgroundColor: colour("accent"), borderRadius: 2, barThickness: 9, grouped: false, order: 1},
        {label: "p95, 95 in 100", data: rows.map(row => row.p95_ms / 1000), backgroundColor: colour("accent-soft"), borderRadius: 2, barThickness: 9, grouped: false, order: 2}]},
      {indexAxis: "y", plugins: {legend: legend(true), tooltip: {callbacks: {label: c => c.dataset.label.slice(0, 3) + " " + c.raw.toFixed(2) + " s"}}},
        scales: {x: axis(v => v + " s", true), y: names()}});
  };
  const drawReasons = rows => {
    tall("reason-chart", rows.length);
    chart("reason-chart", "Calls by reason, failed and answered by a fallback; the table below has the same figures",
      {labels: rows.map(row => words(row.reason)), datasets: [
        {label: "calls that failed", data: rows.map(row => row.errors), backgroundColor: colour("bad"), borderRadius: 2, barThickness: 11},
        {label: "answers of another model for that reason", data: rows.map(row => row.fallbacks), backgroundColor: colour("warm"), borderRadius: 2, barThickness: 11}]},
      {indexAxis: "y", plugins: {legend: legend(true)}, scales: {x: Object.assign(axis(v => Number.isInteger(v) ? number(v) : "", true), {stacked: true}), y: Object.assign(names(), {stacked: true})}});
  };

  // ---- the parts of the page

  const SOURCES = {reported: "by OpenRouter", priced: "its tokens × the price list", estimated: "own token count × the price list", unknown: "nobody knows yet",
    running: "calls under way", "not billed": "failed before anything was billed", reused: "stored answers"};
  const sourceClass = name => ({"not billed": "not-billed", running: "running-call"})[name] || name;

  const drawTotals = u => {
    const t = u.total, uncertain = Number(t.uncertain_usd);
    fill($("total-figures"), [
      figure("Known to be paid", usd(t.cost_usd), uncertain ? "and up to " + usd(t.uncertain_usd) + " for calls whose cost is not known" : "no call's cost is unknown", "first"),
      figure("Calls", number(t.requests)), figure("Mean cost", usd(t.mean_cost_usd), "a call"),
      figure("Latency", seconds(t.p50_ms), "p95 " + seconds(t.p95_ms)),
      figure("Tokens", number(t.prompt_tokens + t.completion_tokens), number(t.prompt_tokens) + " in, " + number(t.completion_tokens) + " out"),
      figure("Failed calls", number(t.errors), t.requests ? percent(t.errors / t.requests) + " of all" : ""),
      figure("Fallbacks", number(t.fallbacks), "answered by another model"),
      figure("Saved", usd(t.saved_usd), plural(t.reused, "answer", "answers") + " reused")]);
    const rows = u.by_source.filter(row => row.requests > 0), all = rows.reduce((sum, row) => sum + row.requests, 0) || 1;
    rows.sort((a, b) => Object.keys(SOURCES).indexOf(a.source) - Object.keys(SOURCES).indexOf(b.source));
    fill($("source-bar"), rows.map(row => bar(row.requests / all, sourceClass(row.source))));
    $("source-bar").setAttribute("aria-label", rows.length ? "Calls by source of their cost: " + rows.map(row => row.source + " " + percent(row.requests / all)).join(", ") : "no calls");
    fill($("sources"), rows.map(row => {
      const li = el("li"), name = el("span");
      name.append(el("i", null, sourceClass(row.source)), row.source);
      const money = row.source === "unknown" ? "up to " + usd(row.uncertain_usd) : row.source === "reported" || Number(row.cost_usd) ? usd(row.cost_usd) : "";
      li.append(name, el("span", percent(row.requests / all) + " of calls", "n"), el("span", [money, SOURCES[row.source]].filter(Boolean).join(", "), "note"));
      return li;
    }));
  };

  const counts = (into, map, none) => {
    const entries = Object.entries(map).sort((a, b) => b[1] - a[1]);
    fill(into, entries.length ? entries.map(([name, n]) => { const li = el("li"); li.append(el("span", words(name)), el("span", number(n))); return li; }) : [el("li", none, "empty")]);
  };
  const drawNow = now => {
    $("now-since").textContent = "figures since this service started, " + moment(now.started);
    $("paused").hidden = !now.paused;
    $("paused").textContent = now.paused ? "Nothing more is taken in: " + legible(now.paused) : "";
    const dead = Object.values(now.dead_letters).reduce((sum, n) => sum + n, 0);
    fill($("now-figures"), [figure("Calls running", number(now.in_flight)), figure("Prompts under way", number(now.unfinished)), figure("Taken in", number(now.taken)),
      figure("Answered", number(now.answered), now.reused ? number(now.reused) + " reused" : ""), figure("Dead letters", number(dead), now.taken ? percent(dead / now.taken) + " of prompts" : "")]);
    counts($("waiting"), now.waiting, "no prompt waits");
    counts($("dead-letters"), now.dead_letters, "none");
    $("pipelines").hidden = !now.pipelines.length;
    table($("pipeline-table"), now.pipelines, [["pipeline", row => row.pipeline], ["taken", row => number(row.taken)], ["answered", row => number(row.answered)],
      ["dead letters", row => number(row.dead_letters)], ["left", row => number(row.left)], ["in flight", row => number(row.in_flight)],
      ["oldest", row => row.in_flight ? number(row.oldest_seconds) + " s" : "–"]]);
  };

  const drawBudgets = budgets => {
    $("no-budgets").hidden = budgets.length > 0;
    fill($("gauges"), [...budgets].sort((a, b) => Number(a.left_usd) / Number(a.limit_usd) - Number(b.left_usd) / Number(b.limit_usd)).slice(0, MOST_ROWS).map(b => {
      const limit = Number(b.limit_usd) || 1, gone = (Number(b.spent_usd) + Number(b.held_usd)) / limit;
      const name = (b.scope === "total" ? "Everything" : [b.pipeline && `pipeline ${b.pipeline}`, b.tenant, b.model].filter(Boolean).join(", ")) + ", " + (b.period === "day" ? "today" : "this month");
      const li = el("li", null, gone >= 1 ? "over" : gone >= 0.8 ? "near" : ""), head = el("div", null, "head"), gauge = el("div", null, "gauge");
      head.append(el("span", name), el("span", percent(Math.floor(gone * 100) / 100) + " gone", "percent"));
      gauge.setAttribute("role", "meter");
      gauge.setAttribute("aria-label", name);
      gauge.setAttribute("aria-valuemin", 0);
      gauge.setAttribute("aria-valuemax", limit);
      gauge.setAttribute("aria-valuenow", Math.min(limit, gone * limit));
      gauge.setAttribute("aria-valuetext", percent(gone) + " of " + usd(b.limit_usd) + " gone");
      gauge.append(bar(Number(b.spent_usd) / limit, "spent"), bar(Number(b.held_usd) / limit, "held"), bar(Number(b.reserved_usd) / limit, "reserved"));
      const parts = el("p", null, "left"), tell = (cls, text) => { const one = el("span"); one.append(el("i", null, cls), text); parts.append(one, " "); };
      tell("spent", usd(b.spent_usd) + " spent of " + usd(b.limit_usd));
      if (Number(b.held_usd)) tell("held", usd(b.held_usd) + " held for unknown costs");
      if (Number(b.reserved_usd)) tell("reserved", usd(b.reserved_usd) + " reserved by running calls");
      tell("", (Number(b.left_usd) <= 0 ? "nothing" : usd(b.left_usd)) + " left");
      li.append(head, gauge, parts);
      return li;
    }));
  };

  const spending = (into, rows, key, empty) => {
    const sorted = dearest(rows), top = sorted.slice(0, MOST_ROWS), rest = sorted.slice(MOST_ROWS), most = Math.max(1e-12, ...top.map(row => Number(row.cost_usd))), d = digits(top.map(row => row.cost_usd));
    if (rest.length) top.push({[key]: plural(rest.length, "other", "others"), requests: rest.reduce((s, r) => s + r.requests, 0), cost_usd: rest.reduce((s, r) => s + Number(r.cost_usd), 0), errors: rest.reduce((s, r) => s + r.errors, 0)});
    table(into, top, [[key, row => barred(named(row[key], empty), Number(row.cost_usd) / most)],
      ["spent", row => column(row.cost_usd, d)], ["calls", row => number(row.requests)], ["failed", row => number(row.errors)]]);
  };

  const drawModels = rows => {
    const sorted = dearest(rows.filter(row => row.requests || row.reused)), most = Math.max(1e-12, ...sorted.map(row => Number(row.cost_usd))), d = digits(sorted.map(row => row.cost_usd));
    table($("model-table"), sorted, [["model", row => barred(named(row.model, "(not known)"), Number(row.cost_usd) / most)],
      ["spent", row => column(row.cost_usd, d)], ["not known", row => Number(row.uncertain_usd) ? "≤ " + column(row.uncertain_usd, d) : "–"], ["mean", row => column(row.mean_cost_usd, 6)], ["calls", row => number(row.requests)],
      ["tokens in", row => number(row.prompt_tokens)], ["tokens out", row => number(row.completion_tokens)], ["p50", row => seconds(row.p50_ms)], ["p95", row => seconds(row.p95_ms)],
      ["fallbacks", row => number(row.fallbacks)], ["failed", row => number(row.errors)], ["saved", row => column(row.saved_usd, d)]]);
  };

  const drawUsage = u => {
    document.body.classList.toggle("no-ledger", !u.ledger);
    document.body.classList.toggle("no-service", !u.now);
    $("no-ledger").hidden = u.ledger;
    if (u.now && changed("now", u.now)) drawNow(u.now);
    if (!u.ledger) return;
    $("span").textContent = u.since ? "since " + moment(u.since) : "in all that the ledger keeps";
    if (changed("totals", [u.total, u.by_source])) drawTotals(u);
    if (changed("budgets", u.budgets)) drawBudgets(u.budgets);
    if (changed("days", u.by_day)) {
      const d = digits(u.by_day.map(row => row.cost_usd));
      drawDays(everyDay(u.by_day));
      table($("day-table"), [...u.by_day].reverse(), [["day", row => row.day], ["spent", row => column(row.cost_usd, d)], ["not known", row => Number(row.uncertain_usd) ? "≤ " + column(row.uncertain_usd, d) : "–"], ["calls", row => number(row.requests)], ["failed", row => number(row.errors)], ["saved", row => column(row.saved_usd, d)]]);
    }
    if (changed("models", u.by_model)) {
      const timed = u.by_model.filter(row => row.p95_ms !== null).sort((a, b) => b.p95_ms - a.p95_ms);
      drawModels(u.by_model);
      drawLatency(timed.slice(0, MOST_ROWS));
      table($("latency-table"), timed, [["model", row => row.model], ["p50", row => seconds(row.p50_ms)], ["p95", row => seconds(row.p95_ms)], ["mean", row => seconds(row.mean_ms)], ["calls", row => number(row.requests)]]);
    }
    if (changed("tasks", u.by_task)) spending($("task-table"), u.by_task, "task", "(none)");
    if (changed("tenants", u.by_tenant)) spending($("tenant-table"), u.by_tenant, "tenant", "(none)");
    if (changed("reasons", u.by_reason)) {
      const rows = u.by_reason.filter(row => row.errors + row.fallbacks > 0).sort((a, b) => b.errors + b.fallbacks - a.errors - a.fallbacks);
      $("no-reasons").hidden = rows.length > 0;
      $("no-reasons").textContent = u.total.requests ? "Every call was answered by the model that was chosen first." : "Nothing was called.";
      $("reason-chart").parentElement.hidden = rows.length === 0;
      if (rows.length) drawReasons(rows);
      table($("reason-table"), rows, [["reason", row => words(row.reason)], ["failed", row => number(row.errors)], ["fallbacks", row => number(row.fallbacks)]]);
    }
  };

  // ---- requests: each a line that opens to what was decided and what happened

  const pairs = entries => {
    const dl = el("dl");
    entries.filter(([, value]) => value !== null && value !== undefined && value !== "").forEach(([name, value]) => dl.append(el("dt", name), el("dd", value)));
    return dl;
  };
  const part = (title, body, cls) => { const one = el("div", null, cls); one.append(el("h3", title), body); return one; };
  const fellBack = r => (r.fallback?.level ?? 0) > 0;

  const explain = r => {
    const box = el("div", null, "why"), routing = r.routing || {}, attempts = r.attempts || r.fallback?.attempts || [];
    if (r.note) box.append(el("p", r.note, "wide"));
    if (r.error) box.append(part("Why it failed", pairs([["reason", words(r.error.code)], ["message", r.error.message], ["again later", r.error.retryable ? "may work" : "will fail again"]]), "wide"));
    if (r.routing) {
      box.append(part("How the model was chosen", pairs([["strategy", routing.strategy], ["task", routing.task + (routing.confidence === undefined ? "" : ", " + percent(routing.confidence) + " sure")],
        ["signs", (routing.signs || []).join("  ")], ["budget", routing.budget], ["tier", routing.tier], ["reason", routing.reason],
        ["settings", routing.config && "temperature " + routing.config.temperature + ", at most " + number(routing.config.max_tokens) + " tokens"],
        ["expected at most", routing.estimate?.usd === undefined || routing.estimate.usd === null ? null : usd(routing.estimate.usd)], ["cut off", routing.truncated_tokens ? plural(routing.truncated_tokens, "token", "tokens") : null],
        ["notes", (routing.notes || []).join("; ")]])));
      const models = el("ol", null, "models");
      (routing.candidates || []).forEach(name => models.append(el("li", name, name === (r.model_used || r.model_requested) ? "chosen" : "")));
      const chosen = el("div");
      chosen.append(models);
      if (routing.rejected) { const out = el("ul", null, "plain"); routing.rejected.forEach(why => out.append(el("li", why))); chosen.append(el("h3", "Passed over"), out); }
      box.append(part("Candidates, in their order", chosen));
    }
    if (r.branches) { const t = el("table"); table(t, r.branches, [["model", b => b.model], ["status", b => b.status], ["cost", b => usd(b.cost_usd ?? 0)], ["took", b => seconds(b.latency_ms)], ["form", b => b.quality_score ?? "–"]]); box.append(part("Models compared", t, "wide")); }
    if (attempts.length) {
      const list = el("ol", null, "models");
      attempts.forEach(a => { const li = el("li", a.model + ": " + a.error); li.append(el("span", (a.status ? "status " + a.status + ", " : "") + "after " + seconds(a.latency_ms) + (a.wait_ms ? ", then waited " + seconds(a.wait_ms) : ""), "sub")); list.append(li); });
      box.append(part("Calls that failed", list, "wide"));
    }
    box.append(part("What came of it", pairs([["served by", [r.model_used, r.provider].filter(Boolean).join(", ")], ["ended", r.finish_reason], ["cost", r.cost_usd === undefined ? null : usd(r.cost_usd) + ", " + (r.cached ? "reused" : r.cost_source)],
      ["unknown cost", r.calls_of_unknown_cost ? plural(r.calls_of_unknown_cost, "call", "calls") : null], ["tokens", r.usage && number(r.usage.prompt_tokens) + " in, " + number(r.usage.completion_tokens) + " out"], ["fell back because", fellBack(r) ? words(r.fallback.reason) : null]])));
    box.append(part("Where it is from", pairs([["id", r.id], ["tenant", r.tenant], ["source", r.source && Object.values(r.source).filter(v => v !== null).join(":")], ["generation", r.generation_id], ["ended at", moment(r.at)]])));
    if (r.metadata) box.append(part("Metadata", el("pre", JSON.stringify(r.metadata, null, 1)), "wide"));
    return box;
  };

  const line = r => {
    const li = el("li"), details = el("details"), summary = el("summary"), routing = r.routing || {};
    const what = el("span", r.id ?? "(not shown)"), chosen = el("span", routing.strategy || "–"), model = el("span", r.model_used || r.model_requested || (r.branches ? plural(r.branches.length, "model", "models") : r.error ? "none" : "–")), when = el("span", r.at.slice(0, 10) === new Date().toISOString().slice(0, 10) ? clock(r.at) : day(r.at) + " " + r.at.slice(11, 16));
    what.append(el("span", r.tenant ?? "", "sub"));
    chosen.append(el("span", [routing.task, routing.tier].filter(Boolean).join(", "), "sub"));
    if (r.status === "failed") model.append(el("span", "failed: " + words(r.error?.code), "sub mark failed"));
    else if (r.cached) model.append(el("span", "reused", "sub mark cached"));
    else if (fellBack(r)) model.append(el("span", "fell back: " + words(r.fallback.reason), "sub mark fallback"));
    else if (r.provider) model.append(el("span", r.provider, "sub"));
    const cost = el("span", r.cost_usd === undefined ? "–" : usd(r.cost_usd), "right");
    if (r.cost_source && r.cost_source !== "reported") cost.append(el("span", r.cost_source, "sub"));
    summary.append(when, what, chosen, model, cost, el("span", r.latency_ms === undefined ? "–" : seconds(r.latency_ms), "right"));
    details.append(summary);
    details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(explain(r)); });
    li.append(details);
    return li;
  };

  const lines = new Map();
  const drawRequests = () => {
    const wanted = requests.filter(r => show === "all" || (show === "failed" ? r.status === "failed" : fellBack(r))), list = $("request-list"), kept = new Set();
    const now = wanted.map(r => {
      const key = r.at + "\n" + (r.id ?? "") + "\n" + (r.generation_id ?? "");
      kept.add(key);
      if (!lines.has(key)) lines.set(key, line(r));
      return lines.get(key);
    });
    [...lines.keys()].filter(key => !kept.has(key)).forEach(key => { lines.get(key).remove(); lines.delete(key); });
    now.forEach((li, i) => { if (list.children[i] !== li) list.insertBefore(li, list.children[i] || null); });
    $("request-count").textContent = wanted.length === requests.length ? plural(requests.length, "request", "requests") : number(wanted.length) + " of " + plural(requests.length, "request", "requests");
    $("no-requests").hidden = wanted.length > 0;
  };

  // ---- asking

  const state = (cls, text) => {
    document.body.classList.remove("running", "paused", "gone");
    document.body.classList.add(cls);
    if ($("state-text").textContent !== text) $("state-text").textContent = text;
  };
  const render = (usage, asked) => {
    requests = asked.requests;
    $("main").hidden = false;
    $("trouble").hidden = true;
    $("token-form").hidden = true;
    drawUsage(usage);
    if (changed("requests", [requests, show])) drawRequests();
    last = usage.at;
  };

  class Refused extends Error {}
  const get = async path => {
    const answer = await fetch(path, {cache: "no-store", headers: token ? {Authorization: "Bearer " + token} : {}, signal: AbortSignal.timeout(PATIENCE)});
    if (answer.status === 401) throw new Refused();
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(body.error || "it answers with status " + answer.status);
    return body;
  };
  const since = () => {
    const days = document.querySelector("[name=period]:checked").value;
    return days ? "?since=" + new Date(Date.now() - (days - 1) * 86400000).toISOString().slice(0, 10) : "";
  };
  const poll = async () => {
    if (document.hidden) return;
    if (asking) { again = true; return; }
    clearTimeout(timer);
    asking = true;
    try {
      const [usage, asked] = await Promise.all([get("api/usage" + since()), get("api/requests")]);
      render(usage, asked);
      state(usage.now?.paused ? "paused" : "running", (usage.now?.paused ? "Paused" : "Running") + ", figures of " + moment(usage.figures_at || usage.at));
    } catch (e) {
      failed(e);
    }
    asking = false;
    if (again) { again = false; poll(); return; }
    if ($("token-form").hidden) timer = setTimeout(poll, EVERY);
  };
  const failed = e => {
    if (e instanceof Refused) {
      $("main").hidden = true;
      $("trouble").hidden = true;
      $("token-refused").hidden = !token;
      $("token-form").hidden = false;
      state("gone", "Token wanted");
      $("token").focus();
      return;
    }
    state("gone", "No figures since " + (last ? moment(last) : "the page was opened"));
    const why = e instanceof TypeError ? "The service does not answer." : e.name === "TimeoutError" ? "The service has not answered for " + PATIENCE / 1000 + " s." : "The service cannot tell its figures: " + e.message + ".";
    const text = why + " " + (last ? "What you see is of " + moment(last) + ". " : "") + "It is asked again every " + EVERY / 1000 + " s.";
    if ($("trouble").textContent !== text) $("trouble").textContent = text;
    $("trouble").hidden = false;
  };

  $("token-form").addEventListener("submit", event => {
    event.preventDefault();
    token = $("token").value;
    try { sessionStorage.setItem(KEY, token); } catch { /* kept by this page alone */ }
    $("token").value = "";
    poll();
  });
  $("period").addEventListener("change", poll);
  $("show").addEventListener("change", event => { show = event.target.value; changed("requests", [requests, show]); drawRequests(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { ["days", "models", "reasons"].forEach(name => shown.delete(name)); if (file) drawUsage(file.usage); else poll(); });

  if (file) {
    render(file.usage, file.requests);
    state("running", "Written " + moment(file.usage.at));
    $("footer").textContent = "A file written by the command costs --page: these figures do not change.";
  } else {
    $("footer").textContent = "All times are UTC, all amounts US dollars. Figures are those of /api/usage and /api/requests, asked every two seconds while this page is seen.";
    poll();
  }
})();
