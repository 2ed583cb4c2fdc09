// What the server keeps for this browser: a conversation, by consent, and answers under links.

import { button, isolated, make, speech } from "./dom.js";
import { head } from "./form.js";
import * as memory from "./memory.js";
import { moreWords } from "./morewords.js";
import { beginKeeping, forgetKept, readKept, readTerms, takeBack } from "./records.js";
import { recordWords, wordsOf } from "./strings.js";
import { plainDate } from "./text.js";

/**
 * Opens it in the page's <dialog>. `changed(said)` hears when keeping began or ended, `reopen(turns)`
 * shows what was kept.
 */
export function openKept(dialog, language, { changed, reopen }) {
  const [words, page] = [moreWords(language), wordsOf(language)];
  const bar = head(dialog, "profile-title", words.keptTitle, page.close);
  const conversation = make("section", { class: "kept" });
  const links = make("section", { class: "kept" });
  dialog.replaceChildren(bar, make("div", { class: "sheet" }, conversation, links));
  drawLinks(links, language);
  if (!dialog.open) dialog.showModal();
  const leave = (turns) => {
    dialog.close();
    reopen(turns);
  };
  return draw(conversation, language, { changed, reopen: leave });
}

// Nobody consents to a time that is not told: without the terms there is no switch.
async function draw(place, language, ways) {
  const [words, page] = [moreWords(language), wordsOf(language)];
  place.replaceChildren(make("p", { class: "soft" }, page.loading));
  try {
    const { kept_days: days } = await readTerms();
    const found = await keptNow();
    const gone = memory.kept.load() && !found;
    if (gone) drop(ways, words.keepGone);
    const parts = [toggle(place, language, ways), make("p", { class: "soft" }, isolated(words.keepTold(days)))];
    if (gone) parts.push(make("p", { class: "notice" }, words.keepGone));
    if (found) parts.push(...standing(found, place, language, ways));
    place.replaceChildren(...parts);
  } catch (problem) {
    const again = button(page.retry, () => draw(place, language, ways));
    place.replaceChildren(make("div", { class: "failure" }, make("p", {}, recordWords(page, problem)), again));
  }
}

async function keptNow() {
  const token = memory.kept.load();
  return token ? readKept(token) : null;
}

function toggle(place, language, ways) {
  const [words, page] = [moreWords(language), wordsOf(language)];
  const box = make("input", { type: "checkbox", role: "switch", checked: Boolean(memory.kept.load()) });
  const said = make("p", { class: "said", role: "status" });
  box.addEventListener("change", async () => {
    box.disabled = true;
    try {
      if (box.checked) await begin(words, ways);
      else await end(words, ways);
      await draw(place, language, ways);
      place.querySelector("input").focus();
    } catch (problem) {
      box.checked = !box.checked;
      box.disabled = false;
      said.className = "said bad";
      said.replaceChildren(recordWords(page, problem));
    }
  });
  return make("div", {}, make("label", { class: "option" }, box, make("span", {}, words.keepThis)), said);
}

async function begin(words, { changed }) {
  const { conversation } = await beginKeeping();
  memory.kept.save(conversation);
  changed(words.keepBegun);
}

async function end(words, ways) {
  await forgetKept(memory.kept.load());
  drop(ways, words.forgotten);
}

function drop({ changed }, told) {
  memory.kept.save("");
  changed(told);
}

function standing({ started, turns }, place, language, ways) {
  const words = moreWords(language);
  const told = words.keptSince(plainDate(started, language), turns.length);
  const forget = button(words.forget, () => place.querySelector("input").click());
  const again = turns.length ? button(words.reread, () => ways.reopen(turns), { class: "quiet" }) : null;
  return [make("p", {}, isolated(told)), make("p", { class: "ways" }, forget, again)];
}

function drawLinks(place, language) {
  const words = moreWords(language);
  const made = memory.links.load();
  place.hidden = !made.length;
  const items = made.map((link) => {
    const slot = make("p", { class: "soft" }, isolated(words.sharedUntil(plainDate(link.expires, language))));
    const back = takeBackButton(link.key, language, slot, () => back.remove());
    return make("li", {}, speech("p", link.question, { class: "strong" }), slot, back);
  });
  place.replaceChildren(make("h3", {}, words.links), make("ul", { class: "links" }, items));
}

/** Takes a link back; what came of it is told in `slot`, and `done` hears when it is gone. */
export function takeBackButton(key, language, slot, done) {
  const [words, page] = [moreWords(language), wordsOf(language)];
  return button(words.linkBack, async () => {
    try {
      await takeBack(key);
      memory.links.remove(key);
      slot.replaceChildren(words.linkTaken);
      done();
    } catch (problem) {
      slot.replaceChildren(recordWords(page, problem));
    }
  }, { class: "quiet" });
}
