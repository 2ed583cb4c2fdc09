// The bodies that can help, by region and topic.

import { isolated, make, reachLink } from "../dom.js";
import { plainDate } from "../text.js";
import { nameOf } from "./names.js";
import { filters as filterForm, line, named, nothing, query, select, sorted } from "./parts.js";

export async function mount(element, session, { filters, words }) {
  const language = session.language();
  const [region, topic, word] = ["region", "topic", "word"].map((name) => filters.get(name) ?? "");
  const [catalogue, { bodies }] = await Promise.all([
    session.call("v1/catalogue"),
    session.call(query("v1/directory", { region, topic, q: word })),
  ]);
  const regions = new Map(catalogue.regions.map(({ id, names }) => [id, named(names, language)]));
  const topics = catalogue.topics.map(({ value }) => [value, nameOf(value, language)]);
  const form = filterForm(
    "directory",
    {
      region: [words.directory.region, select([["", words.all], ...sorted([...regions], language)], region)],
      topic: [words.directory.topic, select([["", words.all], ...sorted(topics, language)], topic)],
      word: [words.directory.word, line(word, { maxlength: 200 })],
    },
    words,
  );
  element.append(make("h1", {}, words.directory.title), form);
  if (!bodies.length) {
    element.append(nothing(words.directory.none, words.directory.noneWay));
    return;
  }
  const cards = bodies.map((body) => make("li", { class: "panel" }, card(body, regions, words, language)));
  element.append(
    make("p", { class: "kicker" }, isolated(words.count(bodies.length))),
    make("ul", { class: "list wide" }, cards),
  );
}

function card({ names, purpose, topics, regions: served, contacts }, regions, words, language) {
  const where = served.map((id) => regions.get(id) ?? id).join(" · ");
  const labels = topics.map((topic) => nameOf(topic, language)).join(" · ");
  return [
    make("h2", {}, isolated(named(names, language))),
    make("p", {}, isolated(named(purpose, language))),
    where ? make("p", { class: "soft" }, `${words.directory.serves} · `, make("bdi", {}, where)) : null,
    labels ? make("p", { class: "soft" }, isolated(labels)) : null,
    contacts.length
      ? make("ul", { class: "reach" }, contacts.map((one) => contact(one, words, language)))
      : make("p", { class: "soft" }, words.directory.silent),
  ].filter(Boolean);
}

function contact({ kind, value, source }, words, language) {
  const text = kind === "address" ? make("bdi", {}, isolated(value)) : make("bdi", { dir: "ltr" }, value);
  const date = plainDate(source.date, language);
  return make(
    "li",
    { class: kind },
    kind === "address" ? text : reachLink(kind, value, text),
    make(
      "span",
      { class: "soft" },
      ` ${words.directory.source} · `,
      make("bdi", {}, source.publisher),
      date ? [" · ", make("bdi", {}, isolated(date))] : "",
    ),
  );
}
