// Pieces of an answer as elements. Each takes data of the HTTP contract and a `voice`:
// {language, label, words, open}: the language of the answer, that of the labels, their words, and
// open(citation, opener), which shows the source.

import { button, isolated, link, make, prose } from "./dom.js";
import { number, origin } from "./source.js";

const HREF = {
  phone: (value) => `tel:${value.replace(/[^\d+]/gu, "")}`,
  email: (value) => `mailto:${value}`,
  url: (value) => value,
};

export function sources(citations, voice) {
  if (!citations.length) return [];
  const items = citations.map((citation) => make("li", {}, card(citation, voice), proof(citation)));
  return [make("h3", { class: "kicker" }, voice.words.sources), make("ol", { class: "cards" }, items)];
}

function card(citation, voice) {
  const element = button("", () => voice.open(citation, element), {
    class: "card",
    "aria-haspopup": "dialog",
    "aria-expanded": "false",
  });
  element.append(
    number(citation),
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

/** Everything below the sentences. */
export function rest(answer, voice, ask) {
  return [
    ...answer.conflicts.map((conflict) => sides(conflict, answer.citations, voice)),
    ...answer.notices.filter(({ kind }) => !FIRST.has(kind)).map(note),
    answer.handoff ? handoff(answer.handoff, voice) : null,
    answer.follow_ups.length ? followUps(answer.follow_ups, voice, ask) : null,
    engine(answer.engine, voice),
  ].filter(Boolean);
}

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
  return HREF[kind] ? link(HREF[kind](value), text) : text;
}

function followUps(questions, voice, ask) {
  const chips = questions.map((question) => {
    const label = make("span", { dir: "auto" }, isolated(question));
    return make("li", {}, button(label, () => ask(question), { class: "chip" }));
  });
  return make(
    "section",
    { class: "follow-ups" },
    make("h3", { class: "kicker" }, voice.words.followUps),
    make("ul", {}, chips),
  );
}

function engine({ composer, model, generation }, voice) {
  const parts = [composer, model, generation].filter(Boolean).join(" · ");
  return make("p", { class: "engine" }, `${voice.words.engine} : `, make("bdi", { dir: "ltr" }, parts));
}
