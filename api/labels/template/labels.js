// Grades are kept in this browser, by sheet and grader; they leave it only as the CSV file.

const { sheet, columns, shown, criteria, formula, strings } = JSON.parse(
  document.getElementById("settings").textContent,
);
const element = (id) => document.getElementById(id);
const cards = [...document.querySelectorAll("article")];
const startsFormula = new RegExp(formula, "u");
const digits = { "١": "1", "٠": "0" };

let grader = "";
let grades = {}; // {id: {criterion: "yes" | "no", note: text}}
let place = 0;
let criterion = 0;

// What is kept

function kept(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(`sanad-labels:${name}`)) ?? fallback;
  } catch {
    return fallback;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(`sanad-labels:${name}`, JSON.stringify(value));
  } catch {
    element("unkept").hidden = false;
  }
}

function grade(id, name, value) {
  const given = { ...grades[id] };
  if (value) given[name] = value;
  else delete given[name];
  grades[id] = given;
  keep(`${sheet}:${grader}`, grades);
  count();
}

// What is shown

function speak(language) {
  const words = strings[language];
  document.documentElement.lang = language;
  document.documentElement.dir = words.dir;
  document.title = `${words.title} · Sanad`;
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = words[one.dataset.text];
  element("tongue").value = language;
  keep("tongue", language);
}

const isGraded = (card) => criteria.every((name) => grades[card.dataset.id]?.[name]);

function count() {
  const done = cards.filter(isGraded).length;
  element("count").textContent = `${done} / ${cards.length}`;
  element("progress").value = done;
}

function fill(card) {
  const given = grades[card.dataset.id] ?? {};
  for (const box of card.querySelectorAll("input")) {
    box.checked = given[box.closest("fieldset").dataset.criterion] === box.value;
  }
  card.querySelector("textarea").value = given.note ?? "";
}

function go(to) {
  place = Math.min(Math.max(to, 0), cards.length - 1);
  cards.forEach((card, at) => { card.hidden = at !== place; });
  fill(cards[place]);
  const first = criteria.findIndex((name) => !grades[cards[place].dataset.id]?.[name]);
  attend(first === -1 ? 0 : first);
  element("previous").disabled = place === 0;
  element("next").disabled = place === cards.length - 1;
  scrollTo(0, 0);
}

function attend(to) {
  criterion = Math.min(Math.max(to, 0), criteria.length - 1);
  cards[place].querySelectorAll("fieldset").forEach((set, at) => {
    set.classList.toggle("current", at === criterion);
  });
}

function goToUngraded() {
  const after = [...cards.keys()].map((step) => (place + 1 + step) % cards.length);
  go(after.find((at) => !isGraded(cards[at])) ?? place);
}

function decide(value) {
  grade(cards[place].dataset.id, criteria[criterion], value);
  fill(cards[place]);
  if (!value) return;
  if (criterion < criteria.length - 1) attend(criterion + 1);
  else if (place < cards.length - 1) go(place + 1);
}

// The file

const cell = (text) => {
  const safe = startsFormula.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

function row(card) {
  const given = grades[card.dataset.id] ?? {};
  const text = (name) => card.querySelector(`[data-column="${name}"]`)?.textContent ?? "";
  const values = { ...card.dataset, ...given, grader };
  return columns.map((name) => cell(values[name] ?? (shown.includes(name) ? text(name) : "")));
}

function save() {
  const lines = [columns, ...cards.map(row)].map((cells) => `${cells.join(",")}\r\n`);
  const address = URL.createObjectURL(new Blob(["\ufeff", ...lines], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `labels-${grader.replaceAll(/[^\p{L}\p{N}]+/gu, "-")}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// What people do

function begin(event) {
  event.preventDefault();
  grader = element("grader").value.trim().replaceAll(/\s+/gu, " ");
  if (!grader) return;
  keep("grader", grader);
  grades = kept(`${sheet}:${grader}`, {});
  element("name").textContent = grader;
  element("who").hidden = true;
  element("work").hidden = false;
  document.activeElement?.blur();
  count();
  go(cards.findIndex((card) => !isGraded(card)));
}

function press(event) {
  if (element("work").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("textarea, select")) return;
  const forward = document.documentElement.dir === "rtl" ? -1 : 1;
  const actions = {
    1: () => decide("yes"),
    0: () => decide("no"),
    Backspace: () => decide(""),
    ArrowUp: () => attend(criterion - 1),
    ArrowDown: () => attend(criterion + 1),
    ArrowLeft: () => go(place - forward),
    ArrowRight: () => go(place + forward),
  };
  const action = actions[digits[event.key] ?? event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

for (const card of cards) {
  card.addEventListener("change", ({ target }) => {
    const set = target.closest("fieldset");
    if (set) {
      attend(criteria.indexOf(set.dataset.criterion));
      grade(card.dataset.id, set.dataset.criterion, target.value);
      attend(criterion + 1);
    }
  });
  card.addEventListener("input", ({ target }) => {
    if (target.matches("textarea")) grade(card.dataset.id, "note", target.value);
  });
}
for (const [language, { name }] of Object.entries(strings)) {
  element("tongue").add(new Option(name, language));
}
element("tongue").addEventListener("change", ({ target }) => speak(target.value));
element("who").addEventListener("submit", begin);
element("export").addEventListener("click", save);
element("previous").addEventListener("click", () => go(place - 1));
element("next").addEventListener("click", () => go(place + 1));
element("ungraded").addEventListener("click", goToUngraded);
document.addEventListener("keydown", press);

const preferred = navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => tag in strings);
speak(kept("tongue", preferred ?? "fr"));
element("grader").value = kept("grader", "");
element("who").hidden = false;
element("grader").focus();
