// An answer that a link leads to: when it was given, whether another would be given today.

import { button, isolated, make } from "./dom.js";
import * as memory from "./memory.js";
import { moreWords } from "./morewords.js";
import { readSession, readShare, removeShare, takeBack } from "./records.js";
import { problemWords, recordWords, wordsOf } from "./strings.js";
import { plainDate } from "./text.js";

/** The token in the address of a link, null where there is none; a fragment never leaves the page. */
export const tokenOf = (hash) => /^#shared=([\w-]{1,200})$/u.exec(hash)?.[1] ?? null;

const OFFICE = ["agent", "admin"];

/**
 * Shows what a link leads to in `place`. `show(question, answer)` draws the answer below it, `ask`
 * asks the question anew, `leave` goes to the empty page. Whoever made the link may take it back
 * here, and so may an office.
 */
export async function openShared(place, token, language, { show, ask, leave }) {
  const words = moreWords(language);
  place.hidden = false;
  place.replaceChildren(make("p", { class: "soft" }, wordsOf(language).loading));
  try {
    const { question, answer, created, expires, current } = await readShare(token);
    const [day, until] = [created, expires].map((one) => plainDate(one, language));
    const told = `${words.shared(day)} ${words.sharedUntil(until)}`;
    const again = button(words.sharedAgain, () => ask(question));
    place.replaceChildren(
      make("div", { class: "notice plain" }, make("p", {}, isolated(told)), current ? null : make("p", { class: "strong" }, words.sharedOld)),
      make("p", { class: "ways" }, current ? null : again, button(words.sharedAsk, leave, { class: "quiet" })),
    );
    show(question, answer);
    offerRemoval(place, token, language, leave);
  } catch (problem) {
    const gone = problem.status === 404 || problem.status === 422;
    const text = gone ? words.sharedGone : problemWords(wordsOf(language), problem);
    const retry = button(wordsOf(language).retry, () => openShared(place, token, language, { show, ask, leave }));
    const ways = make("p", { class: "ways" }, gone ? null : retry, button(words.sharedAsk, leave));
    place.replaceChildren(make("div", { class: "failure" }, make("p", {}, isolated(text)), ways));
  }
}

async function offerRemoval(place, token, language, leave) {
  const words = moreWords(language);
  const mine = memory.links.load().find(({ share }) => share === token);
  const way = mine ? { label: words.linkBack, act: () => takeBack(mine.key) } : await officeWay(token, words);
  const ways = place.querySelector(".ways");
  if (!way || !ways) return;
  const said = make("p", { class: "said bad", role: "status" });
  const remove = button(way.label, async () => {
    try {
      await way.act();
    } catch (problem) {
      said.replaceChildren(recordWords(wordsOf(language), problem));
      return;
    }
    if (mine) memory.links.remove(mine.key);
    leave(words.linkTaken);
  }, { class: "quiet" });
  ways.append(remove);
  ways.after(said);
}

async function officeWay(token, words) {
  const { role, csrf } = await readSession().catch(() => ({}));
  return OFFICE.includes(role) ? { label: words.linkOffice, act: () => removeShare(token, csrf) } : null;
}
