// What can be done with an answer: copy it with its sources, print it, share it by a link.

import { button, icon, isolated, make } from "./dom.js";
import { Form } from "./form.js";
import { takeBackButton } from "./kept.js";
import * as memory from "./memory.js";
import { moreWords } from "./morewords.js";
import { makeShare } from "./records.js";
import { kindWords, wordsOf } from "./strings.js";
import { plainDate } from "./text.js";

const COPY = "M9 9h11v11H9zM5 15H4V4h11v1";
const PRINT = "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z";
const SHARE = "M12 15V3m-5 5 5-5 5 5M5 12v9h14v-9";
const KEPT_DAYS = 90;

/** The row of tools of one answered turn, {question, answer, asked, element}. */
export function tools(turn, language, announce) {
  const words = moreWords(language);
  const slot = make("div", { class: "slot" });
  const say = (text) => {
    slot.replaceChildren(make("p", { class: "soft" }, isolated(text)));
    announce(text);
  };
  const by = (text) => byHand(slot, words.copyByHand, text);
  const row = make(
    "div",
    { class: "tools" },
    tool(COPY, words.copy, () => copy(plainText(turn, language), () => say(words.copied), by)),
    tool(PRINT, words.print, () => print(turn.element)),
    tool(SHARE, words.share, () => openShare(turn, language, slot, announce)),
  );
  return [row, slot];
}

const tool = (path, label, act) => button([icon(path), label], act, { class: "quiet tool" });

async function copy(text, done, byHand) {
  try {
    await navigator.clipboard.writeText(text);
    done();
  } catch {
    byHand(text);
  }
}

// Without https, or where the browser forbids it, the text is there to be taken.
function byHand(place, label, text) {
  const box = make("textarea", { rows: 5, readonly: true, dir: "auto" });
  box.value = text;
  place.replaceChildren(make("label", { class: "field" }, make("span", {}, label), box));
  box.focus();
  box.select();
}

function print(element) {
  element.classList.add("printed");
  document.body.classList.add("printing");
  window.addEventListener(
    "afterprint",
    () => {
      element.classList.remove("printed");
      document.body.classList.remove("printing");
    },
    { once: true },
  );
  window.print();
}

/** The answer as a letter would hold it: the question, the sentences with [n], the sources. */
export function plainText({ question, answer }, language) {
  const words = wordsOf(language);
  const more = moreWords(language);
  const said = answer.sentences.length
    ? answer.sentences.map(({ text, citations }) => [text, ...citations.map((n) => `[${n}]`)].join(" "))
    : [answer.text];
  const notices = answer.notices.map(({ text }) => text);
  const sources = answer.citations.map(({ n, title, publisher, source_date: date, url }) => {
    const facts = [title, publisher, plainDate(date, language) ?? words.undated, url];
    return `[${n}] ${facts.filter(Boolean).join(" · ")}`;
  });
  const blocks = [[question], said, notices, sources.length ? [`${words.sources} :`, ...sources] : []];
  const origin = `${more.answeredBy} · ${more.generation} ${answer.engine.generation}`;
  return [...blocks, [origin]].filter((block) => block.length).map((block) => block.join("\n")).join("\n\n");
}

function openShare(turn, language, slot, announce) {
  const form = shareForm(turn, language, slot, announce);
  slot.replaceChildren(form);
  form.querySelector(".main").focus({ preventScroll: true });
  form.scrollIntoView({ block: "nearest" });
}

function shareForm(turn, language, slot, announce) {
  const words = moreWords(language);
  const form = new Form({
    words: wordsOf(language),
    title: words.shareTitle,
    fields: [make("p", {}, isolated(words.shareTold(KEPT_DAYS)))],
    send: words.shareMake,
    deliver: async () => {
      const made = await makeShare({ question: turn.asked, consent: true });
      return () => {
        const { share, key, expires } = made;
        memory.links.add({ share, key, expires, question: turn.question });
        showLink(made, turn, language, slot, announce);
      };
    },
    leave: () => slot.replaceChildren(),
  });
  return form.element;
}

function showLink({ share, key, expires, text, masked }, { answer }, language, slot, announce) {
  const words = moreWords(language);
  const link = `${location.origin}${location.pathname}#shared=${share}`;
  const box = make("input", { type: "text", readonly: true, dir: "ltr" });
  box.value = link;
  const said = make("p", { class: "soft", role: "status" }, isolated(words.shareUntil(plainDate(expires, language))));
  const tell = () => {
    said.replaceChildren(words.linkCopied);
    announce(words.linkCopied);
  };
  const send = navigator.share
    ? button(words.shareSend, () => navigator.share({ url: link }).catch(() => {}), { class: "quiet" })
    : null;
  const notes = [
    text === answer.text || masked.length ? null : make("p", { class: "notice" }, isolated(words.shareNewer)),
    masked.length ? make("p", { class: "soft" }, wordsOf(language).masked(kindWords(wordsOf(language), masked))) : null,
  ];
  const back = takeBackButton(key, language, said, () => {
    slot.replaceChildren(make("p", { class: "soft", tabindex: "-1" }, words.linkTaken));
    slot.firstChild.focus();
  });
  const ways = make("p", { class: "ways" }, button(words.shareCopy, () => copy(link, tell, () => box.select())), send, back);
  slot.replaceChildren(
    make(
      "div",
      { class: "slip" },
      make("label", { class: "field" }, make("span", {}, words.shareLink), box),
      ...notes.filter(Boolean),
      said,
      ways,
    ),
  );
  box.focus();
  box.select();
}
