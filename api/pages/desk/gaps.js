// The section of the gaps: questions without an answer by what they are about, and the draft of a
// sheet that would answer them.

import { Problem } from "../ask.js";
import { button, isolated, make, prose, speech } from "../dom.js";
import { plainDate } from "../text.js";
import { gapWordsOf } from "./gapwords.js";
import { failed, field, named, nothing, query, select } from "./parts.js";

const SHOWN = 5;
const MOST = 40;

/** Draws the section; `words` are those of the desk, `filters` the address's. */
export async function mount(element, session, { filters, words }) {
  const language = session.language();
  const own = gapWordsOf(language);
  const wished = filters?.get("language") ?? "";
  const [found, regions] = await Promise.all([
    session.call(query("v1/gaps/clusters", { language: wished })),
    regionNames(session),
  ]);
  const voice = { session, words, own, language, regions };
  const parts = [
    make("h1", {}, own.title),
    make("p", { class: "soft lead" }, own.lead),
    languages(wished, own),
    found.clusters.length ? null : nothing(own.none, wished ? own.noneLanguage : own.noneWay),
    found.clusters.length
      ? make("ol", { class: "list wide gaps" }, found.clusters.map((one) => cluster(one, voice)))
      : null,
    found.more ? make("p", { class: "soft" }, own.more) : null,
  ];
  element.replaceChildren(...parts.filter(Boolean));
}

// Names of regions are a comfort: without them their ids are shown.
async function regionNames(session) {
  try {
    const { regions } = await session.call("v1/catalogue");
    return new Map(regions.map(({ id, names }) => [id, names]));
  } catch {
    return new Map();
  }
}

function languages(wished, own) {
  const options = [["", own.everyLanguage], ...Object.entries(own.language_of)];
  const control = select(options, wished);
  control.addEventListener("change", () => {
    location.hash = control.value ? `#gaps?language=${control.value}` : "#gaps";
  });
  return make("div", { class: "filters" }, field(own.language, control));
}

function cluster(one, voice) {
  const { own, language } = voice;
  const days = [one.first_seen, one.last_seen].map((moment) => plainDate(moment, language) ?? "");
  const heading = make("h2", {}, speech("span", one.question));
  const place = make("div", { class: "draft", "aria-live": "polite" });
  const open = button(own.write, () => draft(one, open, place, voice), { class: "main" });
  return make(
    "li",
    { class: "panel" },
    heading,
    make("p", { class: "soft" }, isolated(`${own.asked(one.asked)} · ${own.since(...days)}`)),
    make(
      "dl",
      { class: "shares" },
      shares(own.languages, one.languages, (value) => own.language_of[value] ?? value ?? own.nowhere),
      shares(own.regions, one.regions, (value) => named(voice.regions.get(value), language) || value || own.nowhere),
    ),
    wordings(one, voice),
    make("p", { class: "ways" }, open),
    place,
  );
}

function shares(label, counts, nameOf) {
  const badges = counts.map(({ value, asked }) =>
    make("span", { class: "badge" }, make("bdi", {}, nameOf(value)), " ", make("bdi", { dir: "ltr" }, String(asked))),
  );
  return [make("dt", {}, label), make("dd", {}, badges)];
}

// The same words may have come from several regions.
function wordings({ gaps }, { own }) {
  const together = new Map();
  for (const { question, count, status } of gaps) {
    const known = together.get(question);
    together.set(question, { status, count: count + (known?.count ?? 0) });
  }
  if (together.size < 2) return null;
  const lines = [...together].slice(0, MOST).map(([question, { count, status }]) =>
    make("li", {}, speech("span", question), " ", make("span", { class: "soft" }, isolated(`${count} · ${own.status[status] ?? status}`))),
  );
  return make(
    "details",
    together.size <= SHOWN ? { open: true } : {},
    make("summary", {}, isolated(own.questions(together.size))),
    make("ul", { class: "wordings" }, lines),
  );
}

async function draft(one, open, place, voice) {
  const { own, session, words } = voice;
  if (open.getAttribute("aria-disabled") === "true") return;
  open.setAttribute("aria-disabled", "true");
  place.replaceChildren(make("p", { class: "soft" }, own.drafting));
  const ids = one.gaps.slice(0, MOST).map(({ id }) => id);
  try {
    const { files } = await session.call(query("v1/gaps/draft", { gap: ids.join(",") }));
    place.replaceChildren(make("p", { class: "notice plain" }, isolated(own.drafted)), make("ul", { class: "files" }, files.map((file) => item(file, own))));
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem("page", { detail: String(error) });
    place.replaceChildren(failed(problem, words, () => draft(one, open, place, voice)));
  } finally {
    open.removeAttribute("aria-disabled");
  }
}

function item({ name, language, text }, own) {
  const save = button(own.save, () => download(name, text), { "aria-label": `${own.save} ${name}` });
  return make(
    "li",
    {},
    make("p", { class: "file" }, make("bdi", { dir: "ltr" }, name), save),
    make("details", {}, make("summary", {}, own.show), prose("pre", text, language, { tabindex: "0" })),
  );
}

/** Saves a text as a file of the reader's. */
export function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/markdown;charset=utf-8" }));
  const way = make("a", { href: address, download: name });
  way.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
