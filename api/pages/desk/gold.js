// A question that an office met, as a line for the gold: made by the server, kept nowhere.

import { button, isolated, make, prose } from "../dom.js";
import { wordsOf as chatWords } from "../strings.js";
import { failed, field, select } from "./parts.js";

const MOST = 20;
const KIND_OF = { conflict: "conflict", unanswerable: "unanswerable", out_of_scope: "out_of_scope", clarify: "clarify", refused: "unlawful" };

/** The form, folded; `answer` is what Sanad answers now, whose evidence goes into the line. */
export function gold(handoff, answer, desk) {
  const { words, language } = desk;
  const text = words.gold;
  const key = `gold.${handoff.id}`;
  const status = select(Object.entries(chatWords(language).status), answer.status);
  const kind = select(Object.entries(text.kinds), KIND_OF[answer.status] ?? "lookup");
  const facts = make("textarea", { rows: 3, dir: "auto", autocomplete: "off" });
  facts.value = desk.session.kept(key);
  facts.addEventListener("input", () => desk.session.keep(key, facts.value));
  const proofs = answer.citations.slice(0, MOST).map((citation) => ({ citation, ...proof(citation) }));
  const place = make("div", { class: "made", role: "status" });
  const ask = async () => {
    place.replaceChildren(make("p", { class: "soft" }, words.opening));
    const body = {
      question: handoff.question,
      language: handoff.language ?? answer.language,
      status: status.value,
      kind: kind.value,
      facts: facts.value.split("\n").map((one) => one.trim()).filter(Boolean).slice(0, 10),
      evidence: proofs.filter(({ box }) => box.checked).map(({ citation: { document_id, start, end } }) => ({ document_id, start, end })),
    };
    try {
      place.replaceChildren(...shown(await desk.session.call("v1/gold-proposals", { method: "POST", body }), words));
    } catch (problem) {
      place.replaceChildren(failed(problem, words, ask));
    }
  };
  return make(
    "details",
    { class: "gold" },
    make("summary", {}, text.open),
    make("p", { class: "soft" }, text.hint),
    field(text.status, status),
    field(text.kind, kind),
    proofs.length ? make("fieldset", {}, make("legend", {}, text.proofs), proofs.map(({ label }) => label)) : null,
    field(text.facts, facts),
    make("p", { class: "ways" }, button(text.make, ask)),
    place,
  );
}

// All that was cited is offered; what does not answer the question is for a person to take out.
function proof({ quote, language }) {
  const box = make("input", { type: "checkbox", checked: true });
  return { box, label: make("label", { class: "option" }, box, prose("span", quote, language)) };
}

function shown({ line, missing }, words) {
  const box = make("textarea", { rows: 5, readonly: true, dir: "ltr", lang: "en", class: "code" });
  box.value = line;
  const said = make("p", { class: "said", role: "status" });
  const copy = button(words.copy, async () => {
    box.select();
    const done = await navigator.clipboard?.writeText(line).then(() => true, () => false);
    said.replaceChildren(done ? words.copied : words.uncopied);
  });
  const file = URL.createObjectURL(new Blob([`${line}\n`], { type: "application/jsonl" }));
  const save = make("a", { class: "button", href: file, download: `${JSON.parse(line).id}.jsonl` }, words.download);
  return [
    ...missing.map((what) => make("p", { class: "notice" }, isolated(words.gold.missing[what]))),
    field(words.gold.line, box),
    make("p", { class: "ways" }, copy, save),
    said,
  ];
}
