// The page: the form, the conversation, the language, and the one question under way.

import { button, isolated, make, setTongue } from "./dom.js";
import * as memory from "./memory.js";
import { Replies } from "./replies.js";
import { SourcePanel } from "./source.js";
import { LANGUAGES, wordsOf } from "./strings.js";
import { lengthOf, tame } from "./text.js";
import { Turn } from "./turn.js";

const LIMIT = 1000;
const NEAR_LIMIT = 800;
const HISTORY = 8;

const at = (id) => document.getElementById(id);
const box = at("question");
const panel = new SourcePanel(at("source"));
const announce = (text) => at("live").replaceChildren(tame(text));
const replies = new Replies(at("replies"), announce);
const turns = [];
let language = chooseLanguage();
let words = wordsOf(language);
let running = null;

const desk = {
  language: () => language,
  open: (citation, opener) => panel.open(citation, opener, words, language),
  ask: (question) => send(question),
  retry: (turn) => run(turn),
  edit,
  announce,
  keep: save,
  posted: (ticket) => replies.add(ticket),
};

function chooseLanguage() {
  const wished = [memory.language.load(), ...navigator.languages];
  const codes = wished.map((tag) => (tag ?? "").slice(0, 2).toLowerCase());
  return codes.find((code) => LANGUAGES.includes(code)) ?? LANGUAGES[0];
}

function speak(code) {
  language = code;
  words = wordsOf(code);
  panel.close();
  setTongue(document.documentElement, code);
  for (const element of document.querySelectorAll("[data-word]")) {
    element.replaceChildren(...isolated(words[element.dataset.word]));
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", words[element.dataset.label]);
  }
  box.placeholder = `${words.label}…`;
  for (const choice of document.querySelectorAll(".languages button")) {
    choice.setAttribute("aria-pressed", String(choice.value === code));
  }
  at("examples").replaceChildren(
    ...words.starters.map((text) => make("li", {}, button(isolated(text), () => send(text)))),
  );
  replies.speak(words, code);
  typed();
}

function typed() {
  const length = lengthOf(box.value.trim());
  const over = length - LIMIT;
  const counter = at("counter");
  counter.hidden = length < NEAR_LIMIT;
  counter.classList.toggle("over", over > 0);
  const tally = make("bdi", { dir: "ltr" }, `${length} / ${LIMIT}`);
  counter.replaceChildren(...(over > 0 ? isolated(words.tooLong(over)) : [tally]));
  box.setAttribute("aria-invalid", String(over > 0));
  at("send").disabled = length === 0 || over > 0;
  box.dir = box.value ? "auto" : document.documentElement.dir;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
  memory.draft.save(box.value);
}

function edit(question) {
  if (!box.value.includes(question)) box.value = [question, box.value].filter(Boolean).join("\n");
  typed();
  box.focus();
}

function send(question) {
  if (running) return;
  const turn = new Turn(question, desk);
  add(turn);
  turn.element.scrollIntoView({ block: "start" });
  place(turn);
  run(turn);
}

// The button that was pressed is about to vanish. With a keyboard, typing goes on; on a touch
// screen the box must lose focus, or the on-screen keyboard covers the answer.
function place(turn) {
  const typing = at("form").contains(document.activeElement);
  if (typing && window.matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
  else turn.focus();
}

async function run(turn) {
  if (running) return;
  running = new AbortController();
  busy(true);
  save();
  try {
    await turn.run(historyBefore(turn), running.signal);
  } finally {
    running = null;
    busy(false);
    save();
  }
}

function historyBefore(turn) {
  const answered = turns.slice(0, turns.indexOf(turn)).filter((earlier) => earlier.answer);
  const items = answered.flatMap(({ question, answer }) => [
    { role: "user", content: question },
    { role: "assistant", content: answer.text },
  ]);
  return items.slice(-HISTORY);
}

function add(turn) {
  turns.push(turn);
  at("turns").append(turn.element);
  at("start").hidden = true;
  at("fresh").hidden = false;
}

function busy(yes) {
  document.body.classList.toggle("busy", yes);
  at("send").hidden = yes;
  at("stop").hidden = !yes;
}

function save() {
  memory.conversation.save(turns.map(({ question, answer, opinion }) => ({ question, answer, opinion })));
}

function fresh() {
  running?.abort();
  panel.close();
  turns.length = 0;
  at("turns").replaceChildren();
  at("start").hidden = false;
  at("fresh").hidden = true;
  save();
  box.focus();
}

function submit() {
  const question = box.value.trim();
  if (running || at("send").disabled) return;
  box.value = "";
  typed();
  send(question);
}

box.addEventListener("input", typed);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
at("stop").addEventListener("click", () => {
  running?.abort();
  box.focus();
});
at("fresh").addEventListener("click", fresh);
for (const choice of document.querySelectorAll(".languages button")) {
  choice.addEventListener("click", () => {
    memory.language.save(choice.value);
    speak(choice.value);
  });
}

for (const { question, answer, opinion } of memory.conversation.load()) {
  const turn = new Turn(question, desk);
  add(turn);
  turn.restore(answer, opinion);
}
box.value = memory.draft.load();
speak(language);
replies.refresh();
if (window.matchMedia("(pointer: fine)").matches) box.focus();
