// One run whole: its measures with their intervals by language and group, what flipped since an
// earlier one, and every question with what came back. The address holds what was chosen.

import { Problem } from "../ask.js";
import { button, isolated, make } from "../dom.js";
import { failed, field, languageName, nothing, query, select } from "../desk/parts.js";
import { plainDate } from "../text.js";
import { flipped } from "./comparison.js";
import { amount, asked, badge, code, figure, outcome, table } from "./parts.js";
import { evaluationWordsIn } from "./words.js";

const MEASURES = ["crag", "fact_recall", "figure_precision", "cit_recall", "false_answer", "false_refusal"];
const JUDGED = ["wrong", "partly", "withheld", "right"];
const CHOSEN = ["language", "kind", "since", "judged"];
const APART = "none";
const PAGE = 20;

export async function mount(element, session, { filters, words }) {
  const language = session.language();
  const own = await evaluationWordsIn(language);
  const name = filters.get("run") ?? "";
  const chosen = Object.fromEntries(CHOSEN.map((key) => [key, filters.get(key) ?? ""]));
  let report, runs;
  try {
    [report, { runs }] = await Promise.all([
      session.call(query("v1/evaluation/report", { run: name })),
      session.call("v1/evaluation/runs"),
    ]);
  } catch (problem) {
    if (!["record_missing", "request_invalid", "path_missing"].includes(problem.code)) throw problem;
    element.replaceChildren(nothing(own.report.gone, name, make("a", { class: "button", href: "#runs" }, own.report.pick)));
    return;
  }
  const others = runs.filter((run) => run.questions && run.name !== name && run.gold === report.run.gold);
  const since = chosen.since === APART ? "" : chosen.since || previous(others, report.run)?.name || "";
  const voice = { session, own, words, language, name, chosen, since, flips: new Map() };
  const group = report.slices.find(({ field: of, value }) => of === "language" && value === chosen.language);
  const { n, means } = group ?? { n: report.run.questions, means: report.run.means };
  const changed = make("div", { class: "changed", "aria-live": "polite" });
  const list = make("div", { class: "asked-list" });
  const chips = make("div", { class: "ways judged", role: "group", "aria-label": own.report.outcomes });
  Object.assign(voice, { changed, list, chips });
  element.replaceChildren(
    make("p", {}, make("a", { href: "#runs" }, own.runs.title)),
    make("h1", {}, isolated(own.report.title("")), code(name)),
    about(report.run, own, language),
    choices(report.slices, others, voice),
    make("p", { class: "soft" }, isolated(own.report.n(n))),
    make("div", { class: "measures" }, MEASURES.filter((metric) => means[metric]).map((metric) => measure(metric, means[metric], own, language))),
    make("h2", { class: "kicker" }, own.report.languages),
    slices(report.slices.filter(({ field: of }) => ["all", "language"].includes(of)), own.report.languages, voice),
    make(
      "details",
      { class: "others" },
      make("summary", {}, own.report.others),
      slices(report.slices.filter(({ field: of }) => !["all", "language"].includes(of)), own.report.others, voice),
    ),
    changed,
    make("h2", { class: "kicker" }, own.report.list),
    chips,
    list,
  );
  await show(voice);
  if (since) await compare(voice);
}

// The one before, by day and, within a day, by name.
function previous(others, { day, name }) {
  const older = others.filter((run) => run.day < day || (run.day === day && run.name < name));
  return older.toSorted((one, other) => (`${one.day} ${one.name}` < `${other.day} ${other.name}` ? 1 : -1))[0];
}

function about(run, own, language) {
  const facts = [run.system, run.gold, plainDate(run.day, language), run.composer, run.model, run.generation].filter(Boolean);
  return make("p", { class: "soft" }, facts.flatMap((fact, at) => [at ? " · " : "", make("bdi", {}, fact)]));
}

const address = ({ name, chosen }, changes) => query("#report", { run: name, ...chosen, ...changes });

function choices(groups, others, voice) {
  const { own, words, language, chosen, since } = voice;
  const of = (wanted) => groups.filter(({ field: name }) => name === wanted).map(({ value }) => value);
  const controls = {
    language: [own.report.language, [["", own.report.everyLanguage], ...of("language").map((code) => [code, languageName(code, language)])], chosen.language],
    kind: [own.report.kind, [["", own.report.everyKind], ...of("kind").map((kind) => [kind, words.gold.kinds[kind] ?? kind])], chosen.kind],
    since: [own.report.since, [[APART, own.report.sinceNone], ...others.map(({ name }) => [name, name])], since || APART],
  };
  const fields = Object.entries(controls).map(([key, [label, options, value]]) => {
    const control = select(options, value, key === "since" ? { dir: "ltr" } : {});
    control.addEventListener("change", () => {
      location.hash = address(voice, { [key]: control.value });
    });
    return field(label, control);
  });
  return make("div", { class: "filters" }, fields);
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

function slices(found, label, voice) {
  const { own, language } = voice;
  const head = [own.report.slice, own.runs.questions, ...MEASURES.map((metric) => own.metric[metric])];
  const rows = found.map(({ field: of, value, n, means }) => [
    titleOf(of, value, voice),
    figure(String(n)),
    ...MEASURES.map((metric) => (means[metric] ? figure(amount(means[metric].value, language)) : "·")),
  ]);
  return table(label, head, rows);
}

function titleOf(of, value, { own, words, language }) {
  if (of === "language") return make("bdi", {}, languageName(value, language));
  const named = of === "kind" ? words.gold.kinds[value] : null;
  return [own.field[of] ?? of, value ? [" · ", named ?? code(value)] : ""].flat();
}

async function show(voice, offset = 0) {
  const { list, own, session, name, words, chosen } = voice;
  const { language, kind, judged } = chosen;
  try {
    const found = await session.call(query("v1/evaluation/questions", { run: name, language, kind, judged, limit: PAGE, offset }));
    const next = offset + PAGE < found.total ? button(own.report.more, () => show(voice, offset + PAGE)) : null;
    chips(found.outcomes, voice);
    list.querySelector(".more")?.remove();
    if (!offset) list.replaceChildren();
    list.append(...found.questions.map((one) => question(one, voice)), ...(next ? [make("p", { class: "ways more" }, next)] : []));
    if (!found.total) list.replaceChildren(nothing(own.report.none, own.report.noneWay));
    mark(voice);
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem("page", { detail: String(error) });
    list.replaceChildren(failed(problem, words, () => show(voice, offset)));
  }
}

function chips(outcomes, voice) {
  const { own, chosen } = voice;
  const total = JUDGED.reduce((sum, judged) => sum + outcomes[judged], 0);
  const counts = [["", own.report.every, total], ...JUDGED.map((judged) => [judged, own.judged[judged], outcomes[judged]])];
  voice.chips.replaceChildren(
    ...counts.map(([judged, label, count]) => {
      const chosenNow = () => {
        chosen.judged = judged;
        history.replaceState(null, "", address(voice, {}));
        return show(voice);
      };
      const chip = button(label, chosenNow, { class: "chip", value: judged, "aria-pressed": String(judged === chosen.judged) });
      chip.append(" ", figure(String(count)));
      return chip;
    }),
  );
}

function question(one, { own, language }) {
  const scores = MEASURES.filter((metric) => metric in one.scores).map((metric) => [own.metric[metric], figure(amount(one.scores[metric], language))]);
  return make(
    "details",
    { class: "panel", "data-id": one.id },
    make("summary", {}, asked("span", one.question, one.language), " ", badge(one.judged, own), " ", make("span", { class: "soft" }, code(one.id))),
    outcome(one, own),
    make("dl", { class: "scores" }, scores.flatMap(([term, value]) => [make("dt", {}, term), make("dd", {}, value)])),
  );
}

async function compare(voice) {
  const { changed, own, session, words, name, since, chosen, flips } = voice;
  const title = make("h2", { class: "kicker" }, own.report.since, " ", code(since));
  changed.replaceChildren(title, make("p", { class: "soft" }, own.comparison.working));
  try {
    const found = await session.call(query("v1/evaluation/comparison", { before: since, after: name }));
    const mine = ({ after: { language, kind } }) => (chosen.language || language) === language && (chosen.kind || kind) === kind;
    const [lost, gained] = [found.lost.filter(mine), found.gained.filter(mine)];
    for (const { after } of lost) flips.set(after.id, make("span", { class: "badge bad" }, own.report.lost));
    for (const { after } of gained) flips.set(after.id, make("span", { class: "badge" }, own.report.gained));
    const both = [...flipped(own.comparison.lost, lost, own), ...flipped(own.comparison.gained, gained, own)];
    changed.replaceChildren(title, ...(both.length ? both : [make("p", { class: "soft" }, own.report.still)]));
    mark(voice);
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem("page", { detail: String(error) });
    const told = problem.code === "run_mismatch" ? nothing(own.comparison.mismatch, "") : failed(problem, words, () => compare(voice));
    changed.replaceChildren(title, told);
  }
}

// What flipped says so in the list too, as far as it is drawn.
function mark({ list, flips }) {
  for (const item of list.querySelectorAll("[data-id]")) {
    const flip = flips.get(item.dataset.id);
    if (flip && !item.contains(flip)) item.querySelector("summary > .soft").before(flip, " ");
  }
}
