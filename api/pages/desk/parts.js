// Pieces that the sections of the desk share.

import { button, isolated, make } from "../dom.js";
import { problemWords } from "./words.js";

/** What went wrong, in words, and the ways on; what is gone does not come back by asking again. */
export function failed(problem, words, retry, ...ways) {
  const again = retry && problem.status !== 404 ? button(words.retry, retry) : null;
  return make(
    "div",
    { class: "failure", role: "alert" },
    make("p", {}, isolated(problemWords(words, problem))),
    again || ways.length ? make("p", { class: "ways" }, again, ways) : null,
  );
}

/** Nothing was found: what that means, and the ways on. */
export function nothing(text, way, ...ways) {
  return make(
    "div",
    { class: "panel nothing" },
    make("p", { class: "strong" }, isolated(text)),
    make("p", { class: "soft" }, isolated(way)),
    ways.some(Boolean) ? make("p", { class: "ways" }, ways) : null,
  );
}

/** A labelled control. */
export const field = (label, control, hint = null) =>
  make("label", { class: "field" }, make("span", {}, label), control, hint);

/** A choice of one: [[value, label], …]. */
export function select(options, value, attributes = {}) {
  const element = make("select", attributes, options.map(([key, label]) => make("option", { value: key }, label)));
  element.value = value ?? "";
  if (element.selectedIndex < 0) element.value = "";
  return element;
}

/** A line to type into. */
export function line(value, attributes = {}) {
  const element = make("input", { type: "search", dir: "auto", autocomplete: "off", ...attributes });
  element.value = value ?? "";
  return element;
}

/**
 * A form of filters; its values become the address, which draws the section again.
 * `controls` is {name: [label, control, hint]}.
 */
export function filters(route, controls, words) {
  const fields = Object.values(controls).map(([label, control, hint]) => field(label, control, hint));
  const clear = make("a", { class: "button quiet", href: `#${route}` }, words.clear);
  const go = make("button", { type: "submit", class: "main" }, words.find);
  const form = make(
    "form",
    { class: "filters", role: "search", novalidate: true },
    ...fields,
    make("p", { class: "ways" }, go, clear),
  );
  const send = () => {
    const query = new URLSearchParams();
    for (const [name, [, control]] of Object.entries(controls)) {
      if (control.value.trim()) query.set(name, control.value.trim());
    }
    const hash = query.size ? `#${route}?${query}` : `#${route}`;
    if (location.hash === hash) window.dispatchEvent(new HashChangeEvent("hashchange"));
    else location.hash = hash;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.addEventListener("change", ({ target }) => target instanceof HTMLSelectElement && send());
  return form;
}

/** The address of a list with its filters. */
export function query(path, values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

/** Orders [value, label] pairs by label, as the language does. */
export const sorted = (pairs, language) => {
  const { compare } = new Intl.Collator(language);
  return pairs.toSorted(([, left], [, right]) => compare(left, right));
};

/** A name in the language of the page, else in the first there is. */
export const named = (names, language) => names?.[language] ?? Object.values(names ?? {})[0] ?? "";

/** A language of the people who ask, by its name in that of the page. */
export function languageName(code, language) {
  const latin = code === "ary-latn";
  const name = new Intl.DisplayNames([language], { type: "language" }).of(latin ? "ary" : code);
  return latin ? `${name} (Latin)` : name;
}
