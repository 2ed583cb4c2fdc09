// The words of a search in a text that was found. No DOM in here.

const WORD = /[\p{L}\p{N}]+/gu;
const MARKS = /[\u0300-\u036f\u064b-\u0652\u0670\u0640]/gu;
const ARTICLE = /^(?:[وفبك]?ال|لل)(?=\p{L}{3})/u;
const LEAST = 4;
const SHARE = 0.7;
const SHORT = new Set(
  "les des une pour dans que qui est aux sur par the and for what which how من في على الى عن ما هو هي هل كيف".split(" "),
);

/** A word without accents, harakat, article and letters that are written either way. */
function folded(word) {
  const plain = word.normalize("NFD").replace(MARKS, "").toLowerCase();
  return plain.replace(/[أإآ]/gu, "ا").replace(/ى/gu, "ي").replace(/ة/gu, "ه").replace(ARTICLE, "");
}

/** Whether two folded words are forms of one: equal, or alike in all but their ends. */
function alike(left, right) {
  if (left === right) return true;
  const [shorter, longer] = [left.length, right.length].toSorted((one, other) => one - other);
  if (shorter < LEAST || /\d/u.test(left + right)) return false;
  let same = 0;
  while (same < shorter && left[same] === right[same]) same += 1;
  return same >= LEAST && same >= SHARE * longer;
}

/** Splits `text` into {text, found} runs, found being true for words that the search holds. */
export function highlighted(text, search) {
  const wanted = (search.match(WORD) ?? []).map(folded).filter((word) => word.length > 2 && !SHORT.has(word));
  const pieces = [];
  let at = 0;
  for (const match of text.matchAll(WORD)) {
    const word = folded(match[0]);
    if (!wanted.some((one) => alike(one, word))) continue;
    pieces.push({ text: text.slice(at, match.index), found: false }, { text: match[0], found: true });
    at = match.index + match[0].length;
  }
  pieces.push({ text: text.slice(at), found: false });
  return pieces.filter((piece) => piece.text);
}
