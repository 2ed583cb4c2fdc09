// The runs there are, with the measures that they are judged by.

import { make } from "../dom.js";
import { plainDate } from "../text.js";
import { nothing } from "../desk/parts.js";
import { amount, code, figure, table } from "./parts.js";
import { evaluationWordsIn } from "./words.js";

const MEASURES = ["crag", "figure_precision", "false_answer", "false_refusal"];

export async function mount(element, session) {
  const language = session.language();
  const own = await evaluationWordsIn(language);
  const { runs } = await session.call("v1/evaluation/runs");
  const head = [own.runs.run, own.runs.system, own.runs.day, own.runs.questions, own.runs.errors, ...MEASURES.map((name) => own.metric[name])];
  const rows = runs.map((run) => [
    run.questions ? make("a", { href: `#report?${new URLSearchParams({ run: run.name })}` }, code(run.name)) : [code(run.name), " ", state(run, own)],
    run.system ? code(run.system) : "",
    plainDate(run.day, language) ?? "",
    run.questions ? figure(String(run.questions)) : "",
    run.errors === null ? "" : figure(String(run.errors)),
    ...MEASURES.map((name) => (run.means[name] ? figure(amount(run.means[name].value, language)) : "")),
  ]);
  element.replaceChildren(
    make("h1", {}, own.runs.title),
    runs.length ? table(own.runs.title, head, rows) : nothing(own.runs.none, own.runs.noneWay),
  );
}

const state = ({ problem }, own) =>
  make("span", { class: problem ? "badge bad" : "badge warn", title: problem }, problem ? own.runs.unreadable : own.runs.unfinished);
