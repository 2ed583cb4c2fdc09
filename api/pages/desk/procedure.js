// One procedure on one page that can be printed.

import { button, isolated, link, make, prose, reachLink } from "../dom.js";
import { plainDate, webAddress } from "../text.js";
import { named } from "./parts.js";

const EXPECTED = ["steps", "papers", "body", "delay", "cost", "legal-basis"];

export async function mount(element, session, { about, words }) {
  const language = session.language();
  let sheet = await session.call(`v1/procedures/${encodeURIComponent(about)}`);
  const own = sheet.languages[language];
  if (own && own !== sheet.id) sheet = await session.call(`v1/procedures/${encodeURIComponent(own)}`);
  const { bodies } = await session.call("v1/directory");
  const sources = numbered(sheet);
  const text = words.procedure;
  element.append(
    make(
      "p",
      { class: "ways" },
      make("a", { class: "button quiet", href: "#procedures" }, words.back),
      button(words.print, () => window.print()),
    ),
    make(
      "article",
      { class: "procedure" },
      prose("h1", sheet.title, sheet.language),
      make("p", { class: "soft" }, isolated(dates(sheet, text, language))),
      sheet.language === language ? null : make("p", { class: "notice plain" }, text.otherLanguage),
      ...sheet.sections.map((section) => part(section, sheet, sources, text)),
      silence(sheet, text),
      contact(bodies.find(({ id }) => id === sheet.contact), words, language),
      list(sources, text, language),
    ),
  );
}

function dates({ as_of: checked, valid_to: until }, text, language) {
  const [day, last] = [plainDate(checked, language), plainDate(until, language)];
  return [day && text.date(day), last && text.until(last)].filter(Boolean).join(" · ");
}

// Each source once, in the order in which the statements name them.
function numbered({ sections }) {
  const found = new Map();
  for (const source of sections.flatMap(({ statements }) => statements).flatMap((one) => one.sources)) {
    const key = keyOf(source);
    if (!found.has(key)) found.set(key, { source, n: found.size + 1 });
  }
  return found;
}

const keyOf = ({ publisher, title, date }) => JSON.stringify([publisher, title, date]);

function part({ anchor, title, statements }, sheet, sources, text) {
  const items = statements.map((one) => {
    const marks = one.sources.map((source) => make("sup", {}, make("bdi", { class: "ref" }, String(sources.get(keyOf(source)).n))));
    const standing = standingOf(one, text);
    const item = prose("li", one.quote, sheet.language, { class: `standing-${one.status}` });
    if (standing) item.prepend(make("span", { class: "badge warn" }, standing), " ");
    item.append("\u00a0", ...marks);
    return item;
  });
  return make(
    "section",
    { class: `part part-${anchor}` },
    prose("h2", title, sheet.language),
    make(anchor === "steps" ? "ol" : "ul", {}, items),
  );
}

function standingOf({ status }, text) {
  if (status === "unknown") return text.unknown;
  if (status === "announced") return text.announced;
  return status === "superseded" || status === "historical" ? text.past : null;
}

function silence({ sections }, text) {
  const there = new Set(sections.map(({ anchor }) => anchor));
  const missing = EXPECTED.filter((anchor) => !there.has(anchor)).map((anchor) => text.part[anchor]);
  return missing.length ? make("p", { class: "soft" }, text.silent(missing.join(text.joint))) : null;
}

function contact(body, words, language) {
  if (!body) return null;
  return make(
    "section",
    { class: "part contact" },
    make("h2", {}, words.procedure.contact),
    make("p", { class: "strong" }, isolated(named(body.names, language))),
    reach(body),
  );
}

/** The ways to reach a body. */
export function reach({ contacts }) {
  const lines = contacts.map(({ kind, value }) => {
    const text = kind === "address" ? make("bdi", {}, isolated(value)) : make("bdi", { dir: "ltr" }, value);
    return make("li", { class: kind }, kind === "address" ? text : reachLink(kind, value, text));
  });
  return lines.length ? make("ul", { class: "reach" }, lines) : null;
}

function list(sources, text, language) {
  const items = [...sources.values()].map(({ source: { publisher, title, url, date } }) => {
    const address = webAddress(url ?? "");
    return make(
      "li",
      {},
      make("bdi", {}, publisher),
      " · ",
      make("bdi", {}, address ? link(url, title) : title),
      date ? [" · ", make("bdi", { class: "day" }, isolated(plainDate(date, language) ?? date))] : "",
    );
  });
  return make("section", { class: "part sources" }, make("h2", {}, text.sources), make("ol", {}, items));
}
