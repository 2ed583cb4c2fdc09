// One run: its measures with their intervals, every slice, and the questions by how they came out.

import { Problem } from "../ask.js";
import { button, isolated, make } from "../dom.js";
import { failed, nothing, query } from "../desk/parts.js";
import { plainDate } from "../text.js";
import { amount, asked, code, figure, outcome, table } from "./parts.js";
import { evaluationWordsOf } from "./words.js";

const MEASURES = ["crag", "fact_recall", "figure_precision", "cit_recall", "false_answer", "false_refusal"];
const JUDGED = ["wrong", "partly", "withheld", "right"];
const PAGE = 20;

export async function mount(element, session, { filters, words }) {
  const language = session.language();
  const own = evaluationWordsOf(language);
  const name = filters.get("run") ?? "";
  let report;
  try {
    report = await session.call(query("v1/evaluation/report", { run: name }));
  } catch (problem) {
    if (!["record_missing", "request_invalid", "path_missing"].includes(problem.code)) throw problem;
    element.replaceChildren(nothing(own.report.gone, name, make("a", { class: "button", href: "#runs" }, own.report.pick)));
    return;
  }
  const list = make("div", { class: "asked-list" });
  const voice = { session, own, words, language, name, list };
  element.replaceChildren(
    make("p", {}, make("a", { href: "#runs" }, own.runs.title)),
    make("h1", {}, isolated(own.report.title("")), code(name)),
    about(report.run, own, language),
    make("div", { class: "measures" }, MEASURES.filter((metric) => report.run.means[metric]).map((metric) => measure(metric, report.run.means[metric], own, language))),
    make("h2", { class: "kicker" }, own.report.slices),
    slices(report.slices, own, language),
    make("h2", { class: "kicker" }, own.report.list),
    choices(report.outcomes, voice),
    list,
  );
  const worst = JUDGED.find((judged) => report.outcomes[judged]) ?? "right";
  await show(filters.get("judged") ?? worst, voice);
}

function about(run, own, language) {
  const facts = [run.system, run.gold, plainDate(run.day, language), run.composer, run.model, run.generation].filter(Boolean);
  return make("p", { class: "soft" }, facts.flatMap((fact, at) => [at ? " · " : "", make("bdi", {}, fact)]));
}

function measure(metric, { value, low, high }, own, language) {
  const range = low === null ? null : own.report.interval(amount(low, language), amount(high, language));
  return make(
    "div",
    { class: "panel measure" },
    make("p", { class: "soft" }, own.metric[metric]),
    make("p", { class: "value" }, figure(amount(value, language))),
    range ? make("p", { class: "soft" }, isolated(range)) : null,
  );
}

function slices(found, own, language) {
  const head = [own.report.slice, own.runs.questions, ...MEASURES.map((metric) => own.metric[metric])];
  const rows = found.map(({ field, value, n, means }) => [
    [own.field[field] ?? field, value ? [" · ", code(value)] : ""].flat(),
    figure(String(n)),
    ...MEASURES.map((metric) => (means[metric] ? figure(amount(means[metric].value, language)) : "·")),
  ]);
  return table(own.report.slices, head, rows);
}

function choices(outcomes, voice) {
  const buttons = JUDGED.map((judged) => {
    const chip = button(voice.own.judged[judged], () => show(judged, voice), { class: "chip", value: judged, "data-judged": judged });
    chip.append(" ", figure(String(outcomes[judged])));
    return chip;
  });
  return make("div", { class: "ways judged", role: "group", "aria-label": voice.own.report.outcomes }, buttons);
}

async function show(judged, voice, offset = 0) {
  const { list, own, session, name, words } = voice;
  for (const chip of list.parentElement?.querySelectorAll("[data-judged]") ?? []) {
    chip.setAttribute("aria-pressed", String(chip.value === judged));
  }
  try {
    const found = await session.call(query("v1/evaluation/questions", { run: name, judged, limit: PAGE, offset }));
    const items = found.questions.map((one) => question(one, voice));
    const next = offset + PAGE < found.total ? button(own.report.more, () => show(judged, voice, offset + PAGE)) : null;
    list.querySelector(".more")?.remove();
    if (!offset) list.replaceChildren();
    list.append(...items, ...(next ? [make("p", { class: "ways more" }, next)] : []));
    if (!found.total) list.replaceChildren(nothing(own.report.none, own.report.noneWay));
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem("page", { detail: String(error) });
    list.replaceChildren(failed(problem, words, () => show(judged, voice, offset)));
  }
}

function question(one, { own }) {
  return make(
    "details",
    { class: "panel" },
    make("summary", {}, asked("span", one.question, one.language), " ", make("span", { class: "soft" }, code(one.id))),
    outcome(one, own),
  );
}
