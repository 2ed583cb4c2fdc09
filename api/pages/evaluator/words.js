// The words of the evaluators' desk; a browser loads those of its language.

/** The table of a language. */
export async function evaluationWordsIn(language) {
  const { default: words } = await import(`./words/${language}.js`);
  return words;
}
