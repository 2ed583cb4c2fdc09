// Finding a procedure by sector, market and product word, whatever language the word is in.

import { isolated, make, prose } from "../dom.js";
import { nameOf } from "./names.js";
import { filters as filterForm, line, nothing, query, select, sorted } from "./parts.js";

const MOST = 500;
const NEAR = 20;

export async function mount(element, session, { filters, words }) {
  const language = session.language();
  const [sector, market, product] = ["sector", "market", "product"].map((name) => filters.get(name) ?? "");
  const [catalogue, { procedures }] = await Promise.all([
    session.call("v1/catalogue"),
    session.call(query("v1/procedures", { language, market, q: product, limit: MOST })),
  ]);
  const shown = new Set(procedures.map(({ family }) => family));
  const near = product ? await related(session, product, shown) : [];
  element.append(
    make("h1", {}, words.finder.title),
    form(catalogue, { sector, market, product }, words, language),
    ...results(procedures, near, { sector, product }, words, language),
  );
}

function form(catalogue, { sector, market, product }, words, language) {
  const sectors = sorted(catalogue.sectors.map(({ value }) => [value, nameOf(value, language)]), language);
  const markets = make("datalist", { id: "markets" }, words.finder.markets.map((name) => make("option", { value: name })));
  const hint = make("small", { class: "soft" }, words.finder.productHint);
  const made = filterForm(
    "procedures",
    {
      sector: [words.finder.sector, select([["", words.all], ...sectors], sector)],
      market: [words.finder.market, line(market, { list: "markets", maxlength: 100 })],
      product: [words.finder.product, line(product, { maxlength: 200 }), hint],
    },
    words,
  );
  made.append(markets);
  return made;
}

function results(procedures, near, { sector, product }, words, language) {
  const of = (test) => procedures.filter(test);
  const groups = sector
    ? [
        [words.finder.own, of(({ sectors }) => sectors.includes(sector))],
        [words.finder.every, of(({ sectors }) => !sectors.length)],
      ]
    : [[words.count(procedures.length), procedures]];
  const filled = [...groups, [words.finder.near, near]].filter(([, list]) => list.length);
  if (!filled.length) {
    const elsewhere = make("a", { class: "button", href: `#search?${new URLSearchParams({ q: product })}` }, words.finder.elsewhere);
    return [nothing(words.finder.none, words.finder.noneWay, product ? elsewhere : null)];
  }
  return filled.map(([title, list]) =>
    make("section", { class: "group" }, make("h2", { class: "kicker" }, isolated(title)), make("ul", { class: "list" }, list.map((one) => item(one, language)))),
  );
}

function item({ id, title, language: own, topics, sectors }, language) {
  const labels = [...(sectors ?? []), ...(topics ?? [])].map((one) => nameOf(one, language)).join(" · ");
  return make(
    "li",
    {},
    make(
      "a",
      { class: "panel row", href: `#procedure/${encodeURIComponent(id)}` },
      prose("span", title, own, { class: "title" }),
      labels ? make("span", { class: "soft" }, isolated(labels)) : null,
    ),
  );
}

// What the words do not name may still be meant: "tapis" is a matter of handicraft.
async function related(session, product, shown) {
  const { hits } = await session.call(
    query("v1/search", { q: product, k: NEAR, kind: "procedure", language: session.language() }),
  );
  const found = new Map(hits.map(({ document_id: id, title, language }) => [id, { id, title, language }]));
  const family = (id) => id.replace(/\.(?:fr|ar|en)$/u, "");
  return [...found.values()].filter(({ id }) => !shown.has(family(id))).slice(0, 6);
}
