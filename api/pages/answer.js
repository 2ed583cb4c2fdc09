// Pieces of an answer as elements. Each takes data of the HTTP contract and a `voice`:
// {language, label, words, open}: the language of the answer, that of the labels, their words, and
// open(citation, opener), which shows the source.

import { button, isolated, make, prose, reachLink, speech } from "./dom.js";
import { number, origin } from "./source.js";
import { plainDate } from "./text.js";

/** The cards of the sources; citations that would look the same share one. */
export function sources(citations, voice) {
  if (!citations.length) return [];
  const alike = new Map();
  for (const citation of citations) {
    const { document_id, publisher, source_date } = citation;
    const key = JSON.stringify([document_id, publisher, source_date]);
    alike.set(key, [...(alike.get(key) ?? []), citation]);
  }
  const items = [...alike.values()].map((group) => make("li", {}, card(group, voice), group.map(proof)));
  return [make("h3", { class: "kicker" }, voice.words.sources), make("ol", { class: "cards" }, items)];
}

function card(group, voice) {
  const [citation] = group;
  const element = button("", () => voice.open(citation, element), {
    class: "card",
    "aria-haspopup": "dialog",
    "aria-expanded": "false",
  });
  element.append(
    make("span", { class: "numbers" }, group.map(number)),
    prose("span", citation.title, citation.language, { class: "title" }),
    make("span", { class: "origin" }, origin(citation, voice.words, voice.label)),
  );
  return element;
}

// On paper nothing opens: the quote and the address are printed under the card.
function proof(citation) {
  return make(
    "div",
    { class: "paper" },
    prose("blockquote", citation.quote, citation.language),
    citation.url ? make("p", {}, make("bdi", { dir: "ltr" }, citation.url)) : null,
  );
}

/** Adds one sentence to `body`, under the heading that says whose words it is. */
export function addSentence(body, sentence, citations, voice) {
  let group = body.lastElementChild;
  if (group?.dataset.mode !== sentence.mode) {
    const quoted = sentence.mode === "quote";
    group = make(
      "div",
      { class: quoted ? "quoted" : "drafted", "data-mode": sentence.mode },
      make("p", { class: "whose" }, quoted ? voice.words.quoted : voice.words.drafted),
    );
    body.append(group);
  }
  const cited = sentence.citations.map((n) => citations.find((item) => item.n === n)).filter(Boolean);
  const language = sentence.mode === "quote" ? (cited[0]?.language ?? voice.language) : voice.language;
  const marks = cited.map((citation) => mark(citation, voice));
  group.append(prose("p", sentence.text, language, { class: "sentence" }));
  group.lastElementChild.append("\u00a0", ...marks);
}

// Who holds a position, and since when: date against date is what decides a disagreement.
function saying(citation, voice) {
  const where = make("span", { class: "origin" }, origin(citation, voice.words, voice.label));
  return make("p", {}, mark(citation, voice), " ", where);
}

function mark(citation, voice) {
  const label = `${voice.words.source} ${citation.n} : ${citation.title}`;
  const element = button(String(citation.n), () => voice.open(citation, element), {
    class: "mark",
    "aria-label": label,
    title: citation.title,
    "aria-haspopup": "dialog",
    "aria-expanded": "false",
  });
  return element;
}

// What has to be read before the words: they no longer hold, or not for long.
const FIRST = new Set(["repealed", "replaced", "expired", "superseded", "until"]);

/** What stands above the sentences. */
export function warnings(answer) {
  return answer.notices.filter(({ kind }) => FIRST.has(kind)).map(note);
}

function note({ text }) {
  return make("p", { class: "notice" }, isolated(text));
}

/** Everything below the sentences; `after` is what the reader may say to them. */
export function rest(answer, voice, ask, after) {
  return [
    ...answer.conflicts.map((conflict) => sides(conflict, answer.citations, voice)),
    ...below(answer).map((notice) => note(inWords(notice, voice.label))),
    answer.handoff ? handoff(answer.handoff, voice) : null,
    after,
    answer.follow_ups.length ? followUps(answer.follow_ups, voice, ask) : null,
    engine(answer, voice),
  ].filter(Boolean);
}

// Dates stand on the cards; only those that no card shows are worth a line.
function below({ notices, citations }) {
  const shown = new Set(citations.map(({ source_date: date }) => date));
  const isShown = ({ kind, text }) =>
    kind === "source_dates" && (text.match(/\d{4}(?:-\d\d)*/gu) ?? []).every((date) => shown.has(date));
  return notices.filter((notice) => !FIRST.has(notice.kind) && !isShown(notice));
}

const inWords = ({ text }, language) => ({
  text: text.replace(/\b\d{4}(?:-\d\d){1,2}\b/gu, (date) => plainDate(date, language) ?? date),
});

function sides({ subject, positions }, citations, voice) {
  const columns = positions.map(({ value, citations: numbers }) => {
    const cited = citations.filter((citation) => numbers.includes(citation.n));
    const headline = prose("p", value, voice.language, { class: "value" });
    return make("li", { class: "side" }, headline, cited.map((citation) => saying(citation, voice)));
  });
  return make(
    "section",
    { class: "conflict" },
    prose("h3", subject, voice.language),
    make("ul", { class: "sides" }, columns),
  );
}

function handoff({ body, why, contacts }, voice) {
  const lines = contacts.flatMap(({ kind, value }) => [
    make("dt", {}, voice.words.contact[kind] ?? kind),
    make("dd", { class: kind }, reach(kind, value)),
  ]);
  return make(
    "section",
    { class: "handoff" },
    make("h3", { class: "kicker" }, voice.words.handoff),
    make("p", { class: "strong" }, isolated(body)),
    why ? make("p", {}, isolated(why)) : null,
    lines.length ? make("dl", {}, lines) : null,
  );
}

function reach(kind, value) {
  if (kind === "address") return make("bdi", {}, isolated(value));
  const text = make("bdi", { dir: "ltr" }, value);
  return reachLink(kind, value, text);
}

function followUps(questions, voice, ask) {
  const chips = questions.map((question) => {
    return make("li", {}, button(speech("span", question), () => ask(question), { class: "chip" }));
  });
  return make(
    "section",
    { class: "follow-ups" },
    make("h3", { class: "kicker" }, voice.words.followUps),
    make("ul", {}, chips),
  );
}

// For whoever reports a wrong answer; everybody else is told in plain words.
function engine({ id, engine: { composer, model, generation } }, voice) {
  const { made, technical } = voice.words;
  const facts = [model, generation, id].filter(Boolean).join(" · ");
  return make(
    "details",
    { class: "engine" },
    make("summary", {}, technical),
    make("p", {}, made[composer] ?? composer),
    make("p", {}, make("bdi", { dir: "ltr" }, facts)),
  );
}
