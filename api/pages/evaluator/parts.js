// Pieces that the sections of the evaluators share.

import { isolated, make, setTongue, speech, tongue } from "../dom.js";
import { field, select } from "../desk/parts.js";

const LOCALES = { fr: "fr-FR", ar: "ar-MA-u-nu-latn", en: "en-GB" };

/** A share or a mean as it is written in the language. */
export const amount = (value, language, digits = 2) =>
  new Intl.NumberFormat(LOCALES[language], { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** The same with its sign. */
export const change = (value, language) =>
  new Intl.NumberFormat(LOCALES[language], { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero" }).format(value);

export const figure = (text) => make("bdi", { dir: "ltr", class: "figure" }, text);

/** A name of ours, such as that of a run: the same in every language. */
export const code = (text) => make("bdi", { dir: "ltr", class: "run-name" }, text);

/** A table that scrolls in its box: head and rows of cells, the first of each its title. */
export function table(label, head, rows) {
  return make(
    "div",
    { class: "table", tabindex: "0", role: "region", "aria-label": label },
    make(
      "table",
      {},
      make("thead", {}, make("tr", {}, head.map((cell, at) => make("th", { scope: "col", class: at ? "amount" : null }, cell)))),
      make("tbody", {}, rows.map(([title, ...cells]) => make("tr", {}, make("th", { scope: "row" }, title), cells.map((cell) => make("td", { class: "amount" }, cell))))),
    ),
  );
}

/** The finished runs to choose two of; `go(first, second)` is told of two that differ. */
export function twoRuns(runs, [first, second], labels, go) {
  const options = runs.filter((one) => one.questions).map(({ name }) => [name, name]);
  const boxes = [select(options, first || options[0]?.[0], { dir: "ltr" }), select(options, second || options[1]?.[0], { dir: "ltr" })];
  const said = make("p", { class: "said", role: "status" });
  const form = make(
    "form",
    { class: "filters pick", novalidate: true },
    field(labels.first, boxes[0]),
    field(labels.second, boxes[1]),
    said,
    make("p", { class: "ways" }, make("button", { type: "submit", class: "main" }, labels.go)),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const same = boxes[0].value === boxes[1].value;
    said.className = same ? "said bad" : "said";
    said.replaceChildren(same ? labels.same : "");
    if (!same) go(boxes[0].value, boxes[1].value);
  });
  return form;
}

/** What came back for a question, with what was expected of it. */
export function outcome(one, own) {
  const { report } = own;
  const lines = [
    [report.expected, own.status[one.expected] ?? one.expected],
    [report.got, own.status[one.outcome] ?? one.outcome],
    one.missing.length ? [report.missing, one.missing.join(" · ")] : null,
    one.forbidden.length ? [report.forbidden, one.forbidden.join(" · ")] : null,
    one.error ? [report.error, one.error] : null,
  ].filter(Boolean);
  return make(
    "div",
    { class: "outcome" },
    make("dl", {}, lines.flatMap(([term, text]) => [make("dt", {}, term), make("dd", {}, speech("span", text))])),
    one.answer ? speech("p", one.answer, { class: "words" }) : null,
    one.citations.length
      ? make("details", {}, make("summary", {}, isolated(`${report.quotes} (${one.citations.length})`)), make("ul", { class: "quotes" }, one.citations.map((text) => make("li", {}, speech("q", text)))))
      : null,
  );
}

export const badge = (judged, own) =>
  make("span", { class: `badge ${{ right: "", partly: "warn", withheld: "warn", wrong: "bad" }[judged]}` }, own.judgedOne[judged]);

/** The question as it was asked, in its own language. */
export function asked(tag, text, language) {
  const element = make(tag, tongue(language), isolated(text));
  setTongue(element, language);
  return element;
}
