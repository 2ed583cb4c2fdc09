// What a reader may do with an answer: take it along, say what they think of it, ask an office.

import { make } from "./dom.js";
import { Letter } from "./letter.js";
import { Opinion } from "./opinion.js";
import { tools } from "./tools.js";

/** The parts of it for one answered turn; `changed(opinion)` hears what was chosen and typed. */
export function after(turn, { words, label }, { announce, posted, changed }) {
  const { status, reason } = turn.answer;
  const opinion = new Opinion(turn, words, turn.opinion, { changed, announce });
  // No office is bothered with what it has nothing to do with.
  const foreign = status === "out_of_scope" || reason === "injection";
  const letter = foreign ? [] : [new Letter(turn, words, { posted }).element];
  return [make("div", {}, tools(turn, label, announce)), opinion.element, ...letter];
}
