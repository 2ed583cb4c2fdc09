// What changed between two runs, and the questions that flipped, both answers side by side.

import { isolated, make } from "../dom.js";
import { languageName, nothing, query } from "../desk/parts.js";
import { amount, asked, badge, change, figure, outcome, table, twoRuns } from "./parts.js";
import { evaluationWordsIn } from "./words.js";

export async function mount(element, session, { filters }) {
  const language = session.language();
  const own = await evaluationWordsIn(language);
  const words = own.comparison;
  const [before, after] = ["before", "after"].map((name) => filters.get(name) ?? "");
  const { runs } = await session.call("v1/evaluation/runs");
  if (runs.filter((run) => run.questions).length < 2) {
    element.replaceChildren(make("h1", {}, words.title), nothing(words.few, own.runs.noneWay));
    return;
  }
  const go = (first, second) => {
    location.hash = `#comparison?${new URLSearchParams({ before: first, after: second })}`;
  };
  const labels = { first: words.before, second: words.after, go: words.go, same: words.same };
  const place = make("div", { class: "compared", "aria-live": "polite" });
  element.replaceChildren(make("h1", {}, words.title), twoRuns(runs, [before, after], labels, go), place);
  if (!before || !after) return;
  place.replaceChildren(make("p", { class: "soft" }, words.working));
  try {
    const found = await session.call(query("v1/evaluation/comparison", { before, after }));
    place.replaceChildren(...shown(found, own, language));
  } catch (problem) {
    if (!["run_mismatch", "record_missing", "path_missing"].includes(problem.code)) throw problem;
    place.replaceChildren(nothing(problem.code === "run_mismatch" ? words.mismatch : own.report.gone, ""));
  }
}

function shown({ deltas, gained, lost }, own, language) {
  const words = own.comparison;
  const head = [words.measure, own.runs.questions, words.before, words.after, words.change, words.turn];
  const rows = deltas.map((delta) => {
    const [field, value] = delta.slice.split(":");
    return [
      [own.metric[delta.metric] ?? delta.metric, " · ", make("bdi", {}, value ? languageName(value, language) : own.field[field])],
      figure(String(delta.n)),
      figure(amount(delta.before, language)),
      figure(amount(delta.after, language)),
      figure(change(delta.delta, language)),
      reading(delta, words),
    ];
  });
  const flips = gained.length + lost.length;
  return [
    table(words.title, head, rows),
    ...(flips ? [...flipped(words.lost, lost, own), ...flipped(words.gained, gained, own)] : [nothing(words.none, "")]),
  ];
}

function reading({ turn, delta }, words) {
  if (!delta) return make("span", { class: "soft" }, words.equal);
  if (!turn) return make("span", { class: "soft" }, words.chance);
  return make("span", { class: turn === "better" ? "badge" : "badge bad" }, words[turn]);
}

/** Questions that came out right in one of two runs only, under a title; nothing for none. */
export function flipped(title, flips, own) {
  if (!flips.length) return [];
  const words = own.comparison;
  const items = flips.map(({ before, after }) =>
    make(
      "details",
      { class: "panel" },
      make("summary", {}, asked("span", before.question, before.language)),
      make(
        "div",
        { class: "side-by-side" },
        side(words.before, before, own),
        side(words.after, after, own),
      ),
    ),
  );
  return [make("h2", { class: "kicker" }, isolated(`${title} (${flips.length})`)), make("div", { class: "asked-list" }, items)];
}

const side = (title, one, own) =>
  make("section", {}, make("h3", { class: "kicker" }, title), make("p", {}, badge(one.judged, own)), outcome(one, own));
