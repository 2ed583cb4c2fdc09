// What we know about text: code points, writing direction, dates. No DOM in here.

const ARABIC = /\p{Script=Arabic}/u;
const LATIN_RUN = "[\\d]*\\p{Script=Latin}[\\p{Script=Latin}\\p{M}\\d.,:/@+\\-–_%&?=#'’ \\u00a0\\u202f]*";
const FIGURE_RUN = "\\+?\\d+(?:[.,:/\\-– \\u00a0\\u202f]\\d+)*%?";
const FIGURE = new RegExp(`(${FIGURE_RUN})`, "u");
const LATIN_OR_FIGURE = new RegExp(`(${LATIN_RUN}|${FIGURE_RUN})`, "u");
const LONGEST_FIGURE = 24;
const LOCALES = { fr: "fr-FR", ar: "ar-MA-u-nu-latn", en: "en-GB" };
const TAGS = { "ary-latn": "ary-Latn" };

/** Whether somebody typed in Arabic letters: all we need to know before the server has said. */
export const isArabic = (text) => ARABIC.test(text);

/** The direction of text in any language, by its first letter. */
export const leaning = (text) => (isArabic(/\p{L}/u.exec(text)?.[0] ?? "") ? "rtl" : "ltr");

/** Whether it holds anything that is written in some language: emoji and figures do not. */
export const hasLetters = (text) => /\p{L}/u.test(text);

/** Text without the invisible marks that would turn the order of the text around it. */
export const tame = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/gu, "");

/** A web address that may be opened, its host in plain letters; null for any other text. */
export function webAddress(text) {
  if (!/^https?:\/\//iu.test(text)) return null;
  try {
    const url = new URL(text);
    return url.username || url.password ? null : url;
  } catch {
    return null;
  }
}

/** Number of Unicode code points: what the server counts, unlike String.length. */
export const lengthOf = (text) => Array.from(text).length;

/**
 * Cuts `text` around [start, end), offsets in code points, into {before, quote, after}.
 * Null when the cut is not `quote`: a wrong highlight is worse than none.
 */
export function locate(text, start, end, quote) {
  const points = Array.from(text);
  const cut = (from, to) => points.slice(from, to).join("");
  if (cut(start, end) !== quote) return null;
  return { before: cut(0, start), quote, after: cut(end) };
}

/** Keeps the `size` characters next to the quote, to a whole word, with an ellipsis if shortened. */
export function near({ before, quote, after }, size) {
  const head = before.length > size ? `… ${before.slice(-size).replace(/^\S*\s/u, "")}` : before;
  const tail = after.length > size ? `${after.slice(0, size).replace(/\s\S*$/u, "")} …` : after;
  return { before: head, quote, after: tail };
}

/**
 * Splits text into {text, kind} runs, kind being "figure", "latin" or null. In Arabic, figures and
 * Latin words must be isolated, or "76 000" and telephone numbers come out back to front; in any
 * language a figure must not be broken over two lines.
 */
export function runs(text) {
  return text
    .split(isArabic(text) ? LATIN_OR_FIGURE : FIGURE)
    .flatMap((part, index) => (index % 2 ? trimmed(part) : [{ text: part, kind: null }]))
    .filter((run) => run.text);
}

function trimmed(part) {
  const [, core, tail] = /^(.*?)([\s.,:?=\-–'’]*)$/su.exec(part);
  const figure = core.length < LONGEST_FIGURE && !/\p{L}/u.test(core);
  return [{ text: core, kind: figure ? "figure" : "latin" }, { text: tail, kind: null }];
}

/** The BCP 47 tag of one of our language codes (fr, ar, en, ary, ary-latn). */
export const tagOf = (language) => TAGS[language] ?? language;

/** A number as a language writes it, in the digits that the documents use. */
export const plainAmount = (value, language, options = {}) =>
  new Intl.NumberFormat(LOCALES[language], options).format(value);

export const directionOf = (language) => (["ar", "ary"].includes(language) ? "rtl" : "ltr");

/** An ISO date, possibly partial ("2025", "2025-06"), in words; null if it is not one. */
export function plainDate(iso, language) {
  const match = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/u.exec(iso ?? "");
  if (!match) return null;
  const [, year, month, day] = match;
  const parts = { year: "numeric", timeZone: "UTC" };
  if (month) parts.month = "long";
  if (day) parts.day = "numeric";
  const date = new Date(Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1)));
  if (Number.isNaN(date.getTime())) return null;
  return new Intl.DateTimeFormat(LOCALES[language], parts).format(date);
}
