// Making elements. Text enters the page here and only as text nodes.

import { directionOf, leaning, runs, tagOf, tame, webAddress } from "./text.js";

const SVG = "http://www.w3.org/2000/svg";
const MAILBOX = /^[^\s@?&:/]+@[^\s@?&:/]+$/u;

/** An element with attributes (null and false are left out) and children (nodes or strings). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, tamed(value === true ? "" : value));
  }
  element.append(...children.flat().filter((child) => child !== null).map(tamed));
  return element;
}

const tamed = (value) => (typeof value === "string" ? tame(value) : value);

/** A picture of one stroke, for the eye only; it takes the colour of the text. */
export function icon(path) {
  const [svg, stroke] = ["svg", "path"].map((tag) => document.createElementNS(SVG, tag));
  stroke.setAttribute("d", path);
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["class", "icon"]]) {
    svg.setAttribute(name, value);
  }
  svg.append(stroke);
  return svg;
}

/** An element holding `text` in its own language and direction, numbers isolated. */
export function prose(tag, text, language, attributes = {}) {
  return make(tag, { ...tongue(language), ...attributes }, isolated(text));
}

/** The same of text in a language that nobody told; `dir="auto"` would overlook isolated words. */
export function speech(tag, text, attributes = {}) {
  return make(tag, { dir: leaning(text), ...attributes }, isolated(text));
}

/** The attributes that give an element its language. */
export const tongue = (language) => ({ lang: tagOf(language), dir: directionOf(language) });

/** Gives an existing element its language. */
export function setTongue(element, language) {
  for (const [name, value] of Object.entries(tongue(language))) element.setAttribute(name, value);
}

/** Text nodes, with figures and left-to-right runs wrapped in <bdi>. */
export function isolated(text) {
  return runs(tame(text ?? "")).map((run) =>
    run.kind ? make("bdi", { dir: "ltr", class: run.kind }, run.text) : run.text,
  );
}

export function button(label, onClick, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", onClick);
  return element;
}

/** A link to a page, or the bare label when the address is not of a kind we open. */
export function link(address, label) {
  const url = webAddress(address);
  if (!url) return label;
  return make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** A link that calls a number, or writes to a mailbox and adds nothing to the message. */
export function reachLink(kind, value, label) {
  const digits = value.replace(/[^\d+]/gu, "");
  if (kind === "phone" && digits) return make("a", { href: `tel:${digits}` }, label);
  if (kind === "email" && MAILBOX.test(value)) return make("a", { href: `mailto:${value}` }, label);
  return kind === "url" ? link(value, label) : label;
}
