// Blind grading: two answers to a question, without their runs. What was typed stays until it is kept.

import { Problem } from "../ask.js";
import { button, isolated, make, speech } from "../dom.js";
import { lines } from "../form.js";
import { failed, nothing, query } from "../desk/parts.js";
import { amount, asked, figure, table, twoRuns } from "./parts.js";
import { evaluationWordsIn } from "./words.js";

const CHOICES = ["left", "right", "both", "neither"];
const NOTE = 1000;

export async function mount(element, session, { filters, words: shell }) {
  const language = session.language();
  const own = await evaluationWordsIn(language);
  const words = own.grading;
  const [first, second] = ["first", "second"].map((name) => filters.get(name) ?? "");
  const { runs } = await session.call("v1/evaluation/runs");
  const head = [make("h1", {}, words.title), make("p", { class: "soft lead" }, words.lead)];
  if (runs.filter((run) => run.questions).length < 2) {
    element.replaceChildren(...head, nothing(own.comparison.few, own.runs.noneWay));
    return;
  }
  const go = (one, other) => {
    location.hash = `#grading?${new URLSearchParams({ first: one, second: other })}`;
  };
  const labels = { first: words.first, second: words.second, go: words.go, same: own.comparison.same };
  const place = make("div", { class: "grading" });
  const voice = { session, own, words, shell, language, first, second, place };
  if (!first || !second) {
    element.replaceChildren(...head, twoRuns(runs, [first, second], labels, go));
    return;
  }
  element.replaceChildren(...head, place);
  await next(voice);
}

async function next(voice) {
  const { session, own, words, place, first, second } = voice;
  let found;
  try {
    found = await session.call(query("v1/evaluation/pairs", { first, second }));
  } catch (problem) {
    if (!["run_mismatch", "record_missing", "path_missing"].includes(problem.code)) throw problem;
    place.replaceChildren(nothing(problem.code === "run_mismatch" ? own.comparison.mismatch : own.report.gone, ""));
    return;
  }
  const progress = make("p", { class: "soft" }, isolated(words.progress(found.graded, found.total)));
  const tally = make("div", { class: "tally" });
  const reveal = button(words.reveal, () => verdicts(tally, voice), { class: "quiet" });
  const body = found.pair ? pair(found.pair, voice) : [nothing(found.total ? words.done : words.none, "")];
  place.replaceChildren(progress, ...body, make("p", { class: "ways" }, reveal), tally);
}

function pair(found, voice) {
  const { session, words } = voice;
  const key = `grading.${found.question_id}`;
  const note = lines(words.note, session.kept(key), { most: NOTE, rows: 2, typed: (text) => session.keep(key, text) });
  const said = make("div", { role: "status" });
  const buttons = CHOICES.map((choice) =>
    button(words.choice[choice], () => give(choice, found, note.box, said, voice), { class: "choice", value: choice }),
  );
  return [
    found.history ? make("details", {}, make("summary", {}, words.history), speech("p", found.history, { class: "words" })) : null,
    asked("h2", found.question, found.language),
    make("div", { class: "side-by-side" }, side(words.left, found.left, words), side(words.right, found.right, words)),
    note.field,
    make("div", { class: "ways choices", role: "group", "aria-label": words.title }, buttons),
    said,
  ].filter(Boolean);
}

function side(label, { answer, quotes }, words) {
  const paragraphs = (text) => text.split("\n").filter(Boolean).map((line) => speech("p", line));
  return make(
    "section",
    { class: "panel" },
    make("h3", { class: "kicker" }, label),
    make("div", { class: "words" }, answer ? paragraphs(answer) : make("p", { class: "soft" }, words.silence)),
    quotes ? make("div", { class: "quotes soft" }, paragraphs(quotes)) : null,
  );
}

async function give(choice, found, box, said, voice) {
  const { session, words, first, second, place, shell } = voice;
  if (place.hasAttribute("aria-busy")) return;
  place.setAttribute("aria-busy", "true");
  try {
    const body = { first, second, question_id: found.question_id, choice, note: box.value.trim() || null };
    await session.call("v1/evaluation/verdicts", { method: "POST", body });
    session.keep(`grading.${found.question_id}`, "");
    session.announce(words.kept);
    await next(voice);
    place.querySelector("h2")?.scrollIntoView({ block: "nearest" });
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem("page", { detail: String(error) });
    said.replaceChildren(failed(problem, shell, () => give(choice, found, box, said, voice)));
  } finally {
    place.removeAttribute("aria-busy");
  }
}

async function verdicts(place, { session, words, shell, first, second, language }) {
  try {
    const told = await session.call(query("v1/evaluation/verdicts", { first, second }));
    const rows = [
      [isolated(words.wins(first)), figure(String(told.first))],
      [isolated(words.wins(second)), figure(String(told.second))],
      [words.both, figure(String(told.both))],
      [words.neither, figure(String(told.neither))],
    ];
    place.replaceChildren(
      make("h2", { class: "kicker" }, words.tally),
      table(words.tally, ["", words.tally], rows),
      make("p", { class: "soft" }, isolated(words.chance(amount(told.p, language, 3)))),
      make("h2", { class: "kicker" }, words.agreement),
      ...agreement(told.agreement, words, language),
    );
  } catch (problem) {
    place.replaceChildren(failed(problem, shell, null));
  }
}

// How far every two graders agree beyond chance; a kappa without its n says nothing.
function agreement(found, words, language) {
  if (!found.length) return [make("p", { class: "soft" }, words.alone)];
  const who = (name) => make("bdi", {}, name.replace(/^(?:user|key):/u, ""));
  const rows = found.map(({ graders: [one, other], n, observed, kappa, low, high }) => [
    [who(one), " · ", who(other)],
    figure(String(n)),
    figure(amount(observed, language)),
    figure(amount(kappa, language)),
    figure(`${amount(low, language)} – ${amount(high, language)}`),
  ]);
  return [
    table(words.agreement, [words.graders, words.shared, words.observed, "κ", words.range], rows),
    make("p", { class: "soft" }, isolated(words.kappaHint)),
  ];
}
