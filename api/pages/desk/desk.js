// A desk: who is here, the sections as tabs, and the one that the address names. The office and the
// evaluators have one each; the page says whose it is.

import { Problem } from "../ask.js";
import { make, setTongue } from "../dom.js";
import * as memory from "../memory.js";
import { SourcePanel } from "../source.js";
import { tame } from "../text.js";
import { failed } from "./parts.js";
import { Session } from "./session.js";
import { LANGUAGES, wordsIn } from "./words.js";

const OFFICE = ["agent", "admin"];
const EVALUATION = ["evaluator", "admin"];
const OFFICE_ROUTES = {
  procedures: { tab: "procedures", module: "./finder.js" },
  procedure: { tab: "procedures", module: "./procedure.js" },
  directory: { tab: "directory", module: "./directory.js" },
  search: { tab: "search", module: "./search.js" },
  queue: { tab: "queue", module: "./queue.js", roles: OFFICE },
  question: { tab: "queue", module: "./question.js", roles: OFFICE },
  gaps: { tab: "gaps", module: "./gaps.js", roles: [...OFFICE, "evaluator"] },
};

const EVALUATION_ROUTES = {
  runs: { tab: "runs", module: "../evaluator/runs.js", roles: EVALUATION },
  report: { tab: "runs", module: "../evaluator/report.js", roles: EVALUATION },
  comparison: { tab: "comparison", module: "../evaluator/comparison.js", roles: EVALUATION },
  grading: { tab: "grading", module: "../evaluator/grading.js", roles: EVALUATION },
  gaps: { tab: "gaps", module: "./gaps.js", roles: EVALUATION },
};
const evaluates = document.body.dataset.desk === "evals";
const ROUTES = evaluates ? EVALUATION_ROUTES : OFFICE_ROUTES;

const at = (id) => document.getElementById(id);
const session = new Session({
  language: () => language,
  announce: (text) => at("live").replaceChildren(tame(text)),
  expired: () => signInAgain(),
});
const panel = new SourcePanel(at("source"));
let language = chooseLanguage();
let words = null;
let drawn = 0;

function chooseLanguage() {
  const wished = [memory.language.load(), ...navigator.languages];
  const codes = wished.map((tag) => (tag ?? "").slice(0, 2).toLowerCase());
  return codes.find((code) => LANGUAGES.includes(code)) ?? LANGUAGES[0];
}

// The address of a view: its name, what it is about, and its filters, as #name/about?filters.
function place() {
  const [path, query = ""] = location.hash.slice(1).split(/\?(.*)/su);
  const [name, ...about] = path.split("/");
  const known = Object.hasOwn(ROUTES, name);
  return { name: known ? name : Object.keys(ROUTES)[0], about: decoded(about.join("/")), filters: new URLSearchParams(query) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unloaded(error) {
  throw new Problem("offline", { detail: String(error) });
}

const opens = ({ roles }) => !roles || roles.includes(session.role);

async function speak(code) {
  const loaded = await wordsIn(code).catch(unloaded);
  if (code !== language) return;
  words = loaded;
  setTongue(document.documentElement, code);
  at("skip").replaceChildren(words.skip);
  at("tabs").setAttribute("aria-label", words.tabs);
  at("languages").setAttribute("aria-label", words.languages);
  for (const choice of at("languages").children) {
    choice.setAttribute("aria-pressed", String(choice.value === code));
  }
}

function drawHead() {
  const named = session.name ? [make("bdi", {}, session.name), " · "] : [];
  at("who").replaceChildren(...named, words.role[session.role] ?? session.role);
  at("leave").hidden = session.role === "public";
  at("leave").replaceChildren(words.signOut);
  const { tab } = ROUTES[place().name];
  const names = [...new Set(Object.values(ROUTES).filter(opens).map((route) => route.tab))];
  at("tabs").replaceChildren(
    ...names.map((name) => make("a", { href: `#${name}`, "aria-current": name === tab && "page" }, words.tab[name])),
  );
}

async function draw() {
  const turn = ++drawn;
  const { name, about, filters } = place();
  const route = ROUTES[name];
  panel.close();
  drawHead();
  at("tabs").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
  document.title = `${words.tab[route.tab]} · ${evaluates ? words.evals : words.title} · Sanad`;
  const view = make("div", { class: `view-${name}` });
  view.append(make("p", { class: "soft" }, words.opening));
  at("view").replaceChildren(view);
  try {
    if (!opens(route)) await knock(route);
    const { mount } = await import(route.module).catch(unloaded);
    if (turn !== drawn) return;
    view.replaceChildren();
    view.setAttribute("aria-busy", "true");
    await mount(view, session, { about, filters, words, panel });
    view.removeAttribute("aria-busy");
  } catch (error) {
    if (turn !== drawn) return;
    const problem = error instanceof Problem ? error : new Problem("page", { detail: String(error) });
    view.removeAttribute("aria-busy");
    const list = make("a", { class: "button", href: `#${route.tab}` }, words.back);
    view.replaceChildren(failed(problem, words, start, ...(about ? [list] : [])));
  }
}

// Why a section is closed is known to the server alone: its records may just be out of reach.
async function knock(route) {
  await session.call(evaluates ? "v1/evaluation/runs" : "v1/handoffs?limit=1");
  drawHead();
  if (!opens(route)) throw new Problem("forbidden", { status: 403 });
}

async function signInAgain() {
  const { signIn } = await import("./signin.js").catch(unloaded);
  const again = await signIn(session, words);
  drawHead();
  return again;
}

async function start() {
  while (!words) await speak(language);
  try {
    await session.open();
  } catch (problem) {
    drawHead();
    at("view").replaceChildren(failed(problem, words, start));
    return;
  }
  await draw();
}

async function leave() {
  try {
    await session.leave();
    location.assign(`sign-in?${new URLSearchParams({ next: new URL(evaluates ? "evals" : "desk", location.href).pathname, lang: language })}`);
  } catch (problem) {
    at("view").prepend(failed(problem, words, leave));
  }
}

window.addEventListener("hashchange", () => {
  if (!words || location.hash === "#view") return;
  draw();
  at("view").focus({ preventScroll: true });
  window.scrollTo({ top: 0, behavior: "instant" });
});
at("skip").addEventListener("click", (event) => {
  event.preventDefault();
  at("view").focus();
});
at("leave").addEventListener("click", leave);
for (const choice of at("languages").children) choice.addEventListener("click", () => change(choice.value));

async function change(code) {
  const former = language;
  language = code;
  try {
    await speak(code);
  } catch (problem) {
    if (code === language) language = former;
    at("view").prepend(failed(problem, words, () => change(code)));
    return;
  }
  memory.language.save(code);
  draw();
}

start();
