// The words of the desk; a browser loads those of its language.

export const LANGUAGES = ["fr", "ar", "en"];

/** The table of a language. */
export async function wordsIn(language) {
  const { default: words } = await import(`./words/${language}.js`);
  return words;
}

/** What a failure means to the person at the desk. */
export function problemWords(words, { code, status, retryAfter }) {
  const wait = retryAfter ? ` ${words.wait(retryAfter)}` : "";
  const { problem } = words;
  if (Object.hasOwn(problem, code)) return problem[code] + wait;
  if (status === 429) return problem.busy + wait;
  if (status === 502 || status === 503 || status === 504) return problem.offline + wait;
  return status >= 400 && status < 500 ? problem.invalid : problem.other;
}
