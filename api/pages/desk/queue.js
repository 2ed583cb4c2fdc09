// The questions that people handed over to an office, newest first.

import { button, isolated, make, speech } from "../dom.js";
import { plainDate } from "../text.js";
import { failed, field, languageName, named, nothing, query, select, sorted } from "./parts.js";

const PAGE = 30;

export async function mount(element, session, { filters, words }) {
  const language = session.language();
  const text = words.queue;
  const status = Object.hasOwn(text.status, filters.get("status") ?? "") ? filters.get("status") : "open";
  const region = filters.get("region") ?? "";
  const [{ regions }, first] = await Promise.all([
    session.call("v1/catalogue"),
    session.call(query("v1/handoffs", { status, region, limit: PAGE })),
  ]);
  const names = new Map(regions.map(({ id, names: all }) => [id, named(all, language)]));
  element.append(make("h1", {}, text.title), tabs(status, region, words), where(names, status, region, words, language));
  if (!first.handoffs.length) {
    element.append(nothing(text.none[status], region ? text.noneRegion : text.noneWay));
    return;
  }
  const list = make("ul", { class: "list wide" });
  const rest = make("div", {});
  element.append(list, rest);
  const show = ({ handoffs, next }) => {
    list.append(...handoffs.map((one) => make("li", {}, row(one, names, words, language))));
    rest.replaceChildren(...(next ? [button(words.more, () => more(next))] : []));
  };
  const more = async (cursor) => {
    try {
      show(await session.call(query("v1/handoffs", { status, region, limit: PAGE, cursor })));
    } catch (problem) {
      rest.replaceChildren(failed(problem, words, () => more(cursor)));
    }
  };
  show(first);
}

function tabs(status, region, words) {
  const links = Object.entries(words.queue.status).map(([key, label]) => {
    const href = query("#queue", { status: key === "open" ? "" : key, region });
    return make("a", { href, "aria-current": key === status && "true" }, label);
  });
  return make("nav", { class: "tabs inner", "aria-label": words.queue.title }, links);
}

function where(names, status, region, words, language) {
  const choice = select([["", words.all], ...sorted([...names], language)], region);
  choice.addEventListener("change", () => {
    location.hash = query("#queue", { status: status === "open" ? "" : status, region: choice.value });
  });
  return make("div", { class: "filters" }, field(words.queue.region, choice));
}

function row({ id, question, created, region, status, found, language: own }, names, words, language) {
  const facts = [words.queue.asked(plainDate(created, language) ?? ""), names.get(region) ?? words.queue.nowhere];
  return make(
    "a",
    { class: "panel row", href: `#question/${encodeURIComponent(id)}` },
    speech("span", question, { class: "title", lang: own }),
    make(
      "span",
      { class: "soft" },
      make("bdi", {}, isolated(facts[0])),
      " · ",
      make("bdi", {}, facts[1]),
      own ? [" · ", make("bdi", {}, languageName(own, language))] : "",
      " · ",
      words.queue.one[status] ?? status,
    ),
    found && status === "open" ? make("span", { class: "badge" }, words.queue.foundBadge) : null,
  );
}
