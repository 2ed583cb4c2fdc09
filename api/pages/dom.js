// Making elements. Text enters the page here and only as text nodes.

import { directionOf, runs, tagOf } from "./text.js";

/** An element with attributes (null and false are left out) and children (nodes or strings). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

/** An element holding `text` in its own language and direction, numbers isolated. */
export function prose(tag, text, language, attributes = {}) {
  return make(tag, { ...tongue(language), ...attributes }, isolated(text));
}

/** The attributes that give an element its language; unknown language: direction from the text. */
export function tongue(language) {
  return language ? { lang: tagOf(language), dir: directionOf(language) } : { dir: "auto" };
}

/** Gives an existing element its language. */
export function setTongue(element, language) {
  for (const [name, value] of Object.entries(tongue(language))) element.setAttribute(name, value);
}

/** Text nodes, with figures and left-to-right runs wrapped in <bdi>. */
export function isolated(text) {
  return runs(text ?? "").map((run) =>
    run.kind ? make("bdi", { dir: "ltr", class: run.kind }, run.text) : run.text,
  );
}

export function button(label, onClick, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", onClick);
  return element;
}

/** A link, or the bare label when the address is not of a kind we open. */
export function link(address, label) {
  if (/^(mailto|tel):/iu.test(address)) return make("a", { href: address }, label);
  if (!/^https?:\/\//iu.test(address)) return label;
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}
