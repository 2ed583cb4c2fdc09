// Searching all documents, with filters; what was found is marked and opens in its document.

import { fetchDocument } from "../ask.js";
import { button, isolated, make, prose, tongue } from "../dom.js";
import { wordsOf as chatWords } from "../strings.js";
import { lengthOf } from "../text.js";
import { highlighted } from "./highlight.js";
import { failed, filters as filterForm, line, nothing, query, select } from "./parts.js";

const LIMIT = 1000;
const HITS = 20;
const LANGUAGES = [["fr", "Français"], ["ar", "العربية"], ["en", "English"]];
const NARROWED = ["kind", "language", "validity", "publisher"];

export async function mount(element, session, { filters, words, panel }) {
  const text = words.search;
  const q = filters.get("q") ?? "";
  const given = Object.fromEntries(NARROWED.map((name) => [name, filters.get(name) ?? ""]));
  const { publishers } = await session.call("v1/catalogue");
  element.append(make("h1", {}, text.title), form(q, given, publishers, words));
  const over = lengthOf(q) - LIMIT;
  if (!q || over > 0) {
    element.append(make("p", { class: over > 0 ? "notice" : "soft" }, isolated(over > 0 ? text.tooLong(over) : text.begin)));
    return;
  }
  const waiting = make("p", { class: "soft" }, words.opening);
  element.append(waiting);
  const { hits } = await session.call(query("v1/search", { q, k: HITS, ...given }));
  waiting.remove();
  if (!hits.length) {
    element.append(nothing(text.none, text.noneWay));
    return;
  }
  element.append(
    make("p", { class: "kicker" }, isolated(words.count(hits.length))),
    make("ol", { class: "list wide" }, hits.map((hit) => make("li", { class: "panel" }, card(hit, q, { session, words, panel })))),
  );
}

function form(q, given, publishers, words) {
  const text = words.search;
  const choices = (names) => [["", words.all], ...Object.entries(names)];
  const byCount = publishers.toSorted((left, right) => right.count - left.count);
  const named = byCount.map(({ value, count }) => [value, `${value} (${count})`]);
  return filterForm(
    "search",
    {
      q: [text.q, line(q, { class: "whole" })],
      kind: [text.kind, select(choices(text.kinds), given.kind)],
      language: [text.language, select([["", words.all], ...LANGUAGES], given.language)],
      validity: [text.validity, select(choices(text.validities), given.validity)],
      publisher: [text.publisher, select([["", words.all], ...named], given.publisher)],
    },
    words,
  );
}

function card(hit, q, { session, words, panel }) {
  const said = make("div", {});
  const open = button(words.search.open, () => show(hit, open, said, { session, words, panel }), {
    class: "quiet",
    "aria-haspopup": "dialog",
    "aria-expanded": "false",
  });
  return [
    prose("h2", hit.title, hit.language),
    hit.section ? prose("p", hit.section, hit.language, { class: "soft" }) : null,
    make("p", { class: "words", ...tongue(hit.language) }, marked(hit.quote, q)),
    open,
    said,
  ].filter(Boolean);
}

const marked = (quote, q) =>
  highlighted(quote, q).flatMap(({ text, found }) => (found ? make("mark", {}, isolated(text)) : isolated(text)));

async function show(hit, opener, said, { session, words, panel }) {
  const language = session.language();
  try {
    const { publisher, source_date, as_of } = await fetchDocument(hit.document_id);
    said.replaceChildren();
    panel.open({ ...hit, n: 1, publisher, source_date, as_of }, opener, chatWords(language), language);
  } catch (problem) {
    said.replaceChildren(failed(problem, words, () => show(hit, opener, said, { session, words, panel })));
  }
}
