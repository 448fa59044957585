// What the page does beyond showing what is in it: draw the pictures as they come into view, switch
// language, account and period, filter tables, and say how old the numbers are when it is opened.
// No number is worked out here.
"use strict";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const words = read("words");
const charts = read("charts");
const facts = read("facts");
const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const word = (key) => words[root.lang][key];
const fill = (key, values) => word(key).replace(/{(\w+)}/g, (_, name) => values[name]);

// --- pictures ----------------------------------------------------------------------------------

// A specification says ⟦key⟧ wherever a word belongs.
function inLanguage(part) {
  if (typeof part === "string") return part.replace(/⟦([^⟧]+)⟧/g, (_, key) => word(key));
  if (Array.isArray(part)) return part.map(inLanguage);
  if (part === null || typeof part !== "object") return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, inLanguage(value)]));
}

const VEGA_ERRORS = 1; // what Vega tells the console: errors, not that a filter found nothing

async function draw(place) {
  const spec = inLanguage(charts[place.dataset.chart]);
  place.dataset.drawn = root.lang;
  try {
    await vegaEmbed(place, spec, {
      actions: false,
      renderer: "svg",
      logLevel: VEGA_ERRORS,
    });
    place.dataset.state = "done";
  } catch (error) {
    place.dataset.state = "failed";
    place.textContent = String(error);
    console.error(error);
  }
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting && target.dataset.drawn !== root.lang) draw(target);
    }
  },
  { rootMargin: "300px" },
);

function redraw() {
  for (const place of all(".chart")) {
    delete place.dataset.drawn;
    watcher.unobserve(place);
    watcher.observe(place);
  }
}

// --- language, account, period -----------------------------------------------------------------

function setLanguage(language) {
  root.lang = language;
  document.title = word("page.title");
  for (const option of all("option[data-ko]")) option.textContent = option.dataset[language];
  for (const place of all(".sheet")) nameFilters(place);
  sayAge();
  redraw();
}

function choose() {
  const scope = document.getElementById("scope")?.value;
  const period = document.getElementById("period")?.value;
  for (const part of all(".part")) {
    part.hidden =
      (scope !== undefined && part.dataset.scope !== undefined && part.dataset.scope !== scope) ||
      (period !== undefined && part.dataset.period !== undefined && part.dataset.period !== period);
  }
}

for (const id of ["scope", "period"]) document.getElementById(id)?.addEventListener("change", choose);
document.getElementById("language").addEventListener("click", () => {
  setLanguage(root.lang === "ko" ? "en" : "ko");
});
for (const link of all("a[data-to]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    all(`section[data-section="${link.dataset.to}"]`)
      .find((section) => section.offsetParent !== null)
      ?.scrollIntoView({ behavior: "smooth" });
  });
}

// --- tables ------------------------------------------------------------------------------------

function nameFilters(place) {
  const choice = place.querySelector(".filter-choice");
  if (!choice) return;
  place.querySelector(".filters").hidden = false;
  const before = choice.value;
  const kinds = [...new Set(all("tbody tr", place).map((row) => row.dataset.choice))];
  choice.replaceChildren(
    new Option(word("issues.all_types"), ""),
    ...kinds.map((kind) => new Option(word(kind) ?? kind, kind)),
  );
  choice.value = before;
  const text = place.querySelector(".filter-text");
  text.placeholder = word("table.filter_hint");
  text.setAttribute("aria-label", word("table.filter"));
  choice.setAttribute("aria-label", word("column.issue_type"));
  filter(place);
}

function filter(place) {
  const rows = all("tbody tr", place);
  const kind = place.querySelector(".filter-choice").value;
  const asked = place.querySelector(".filter-text").value.trim().toLowerCase();
  let fitting = 0;
  for (const row of rows) {
    const fits =
      (!kind || row.dataset.choice === kind) && row.textContent.toLowerCase().includes(asked);
    row.classList.toggle("filtered", !fits);
    fitting += fits;
  }
  // who searches wants every row that fits, not the first of them
  if (kind || asked) showAll(place);
  place.querySelector(".filter-count").textContent = fill("table.shown", {
    shown: fitting,
    all: rows.length,
  });
}

function showAll(place) {
  place.classList.add("all");
  place.querySelector(".more")?.remove();
}

for (const place of all(".sheet")) {
  place.querySelector(".more")?.addEventListener("click", () => showAll(place));
  for (const input of all(".filter-choice, .filter-text", place)) {
    input.addEventListener("input", () => filter(place));
  }
}

// --- how old -----------------------------------------------------------------------------------

function sayAge() {
  if (facts.collected_at === null) return;
  const hours = (Date.now() - facts.collected_at) / 3_600_000;
  const ago = document.getElementById("ago");
  if (hours < 0) ago.textContent = "";
  else if (hours < 1) ago.textContent = `(${fill("page.ago_minutes", { n: Math.floor(hours * 60) })})`;
  else if (hours < 48) ago.textContent = `(${fill("page.ago_hours", { n: Math.floor(hours) })})`;
  else ago.textContent = `(${fill("page.ago_days", { n: Math.floor(hours / 24) })})`;
  // a page lies about: it says so itself once its numbers are old
  if (hours > facts.stale_after_hours) document.getElementById("stale").hidden = false;
}

// --- begin -------------------------------------------------------------------------------------

const asked = new URLSearchParams(location.search).get("lang");
choose();
setLanguage(asked in words ? asked : root.lang);
addEventListener("beforeprint", () => all(".chart").filter((c) => c.offsetParent).forEach(draw));
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  redraw();
});
