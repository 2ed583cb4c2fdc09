// The page: the form, the conversation, the language, and the one question under way.

import { fetchSuggestions } from "./ask.js";
import { button, isolated, make, setTongue } from "./dom.js";
import * as memory from "./memory.js";
import { SourcePanel } from "./source.js";
import { LANGUAGES, wordsOf } from "./strings.js";
import { lengthOf, plainAmount, tame } from "./text.js";
import { loadAfter, Turn } from "./turn.js";

const LIMIT = 1000;
const NEAR_LIMIT = 800;
const HISTORY = 8;
const TOAST_MS = 5000;

const at = (id) => document.getElementById(id);
const box = at("question");
const panel = new SourcePanel(at("source"));
const announce = (text) => at("live").replaceChildren(tame(text));
const turns = [];
let language = chooseLanguage();
let words = wordsOf(language);
let running = null;
let shared = null;
let replies = null;

const desk = {
  language: () => language,
  body,
  open: (citation, opener) => panel.open(citation, opener, words, language),
  ask: (question) => send(question),
  retry: (turn, profile = turn.profile) => run(turn, profile),
  edit,
  announce,
  keep: save,
  posted,
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
  mark();
  suggest();
  shared?.();
  replies?.speak(words, code);
  typed();
}

// What the documents themselves say they answer, what concerns the reader first.
async function suggest() {
  const spoken = language;
  const found = await fetchSuggestions({ language, ...plain(memory.profile.load()) }).catch(() => ({ questions: [] }));
  if (spoken !== language) return;
  at("examples-title").hidden = !found.questions.length;
  at("examples").replaceChildren(...found.questions.map((one) => make("li", {}, example(one))));
}

function example({ text, concerned }) {
  const badge = concerned ? make("span", { class: "badge" }, words.concerned) : null;
  return button([make("span", {}, isolated(text)), badge].filter(Boolean), () => send(text));
}

function typed() {
  const length = lengthOf(box.value.trim());
  const over = length - LIMIT;
  const counter = at("counter");
  counter.hidden = length < NEAR_LIMIT;
  counter.classList.toggle("over", over > 0);
  const [now, most] = [length, LIMIT].map((count) => plainAmount(count, language));
  const tally = make("bdi", { dir: "ltr" }, `${now} / ${most}`);
  counter.replaceChildren(...(over > 0 ? isolated(words.tooLong(plainAmount(over, language))) : [tally]));
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
  unshare();
  const turn = new Turn(question, desk);
  add(turn);
  turn.element.scrollIntoView({ block: "start" });
  place(turn);
  run(turn, memory.profile.load());
}

// The button that was pressed is about to vanish. With a keyboard, typing goes on; on a touch
// screen the box must lose focus, or the on-screen keyboard covers the answer.
function place(turn) {
  const typing = at("form").contains(document.activeElement);
  if (typing && window.matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
  else turn.focus();
}

async function run(turn, profile) {
  if (running) return;
  running = new AbortController();
  busy(true);
  save();
  try {
    await turn.run(profile, running.signal);
  } finally {
    running = null;
    busy(false);
    save();
  }
}

function body(turn) {
  const { question, profile } = turn;
  return { question, language: null, history: historyBefore(turn), profile: plain(profile), as_of: null };
}

// A profile as the server takes it: names that it finds in its documents, whatever the page speaks.
function plain({ region, sector, market, first }) {
  const named = { region: region?.names?.fr, sector: sector?.id, market: market?.names?.fr };
  const told = Object.entries({ ...named, first_export: first }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told);
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
  memory.conversation.save(turns.map(({ question, answer, opinion, profile }) => ({ question, answer, opinion, profile })));
}

function fresh() {
  running?.abort();
  panel.close();
  unshare();
  turns.length = 0;
  at("turns").replaceChildren();
  at("start").hidden = false;
  at("fresh").hidden = true;
  save();
  box.focus();
}

// Loaded by who needs it: who told nothing of themselves, or came by no link, waits for neither.
async function openProfile() {
  try {
    const profile = await import("./profile.js");
    await profile.openProfile(at("profile"), language, (told) => {
      mark();
      toast(told);
      suggest();
    });
  } catch {
    toast(words.problem.offline);
  }
}

// The ticket is kept whether or not what shows it can be loaded.
async function posted(ticket) {
  memory.tickets.add(ticket);
  await openReplies();
  replies?.add();
}

async function openReplies() {
  try {
    const { Replies } = await import("./replies.js");
    replies ??= new Replies(at("replies"), announce);
    replies.speak(words, language);
  } catch {
    toast(words.unread);
  }
}

async function openKept() {
  try {
    const kept = await import("./kept.js");
    await kept.openKept(at("profile"), language, { changed, reopen });
  } catch {
    toast(words.problem.offline);
  }
}

function changed(told) {
  mark();
  toast(told);
}

function reopen(kept) {
  fresh();
  for (const { question, answer } of kept) restore({ question, answer });
  save();
  turns.at(-1).element.scrollIntoView({ block: "start" });
  turns.at(-1).focus();
}

function restore({ question, answer, opinion, profile }) {
  const turn = new Turn(question, desk);
  add(turn);
  turn.restore(answer, opinion, profile);
}

function mark() {
  at("keeping").replaceChildren(memory.kept.load() ? words.keptYes : words.keptNot);
  at("keeping").parentElement.hidden = false;
  at("about").setAttribute("aria-pressed", String(Object.keys(memory.profile.load()).length > 0));
}

function toast(text) {
  at("toast").replaceChildren(tame(text));
  announce(text);
  setTimeout(() => at("toast").replaceChildren(), TOAST_MS);
}

async function followLink() {
  if (!location.hash.startsWith("#shared=")) return;
  const { openShared, tokenOf } = await import("./shared.js");
  const leave = (told) => {
    if (typeof told === "string") toast(told);
    unshare();
    at("start").hidden = turns.length > 0;
    box.focus();
  };
  const ask = (question) => send(question);
  const show = (question, answer) => {
    const turn = new Turn(question, { ...desk, keep: () => {} });
    at("shared-turn").replaceChildren(turn.element);
    turn.restore(answer);
  };
  at("start").hidden = true;
  shared = () => openShared(at("shared"), tokenOf(location.hash) ?? "-", language, { show, ask, leave });
  await shared();
}

function unshare() {
  if (!shared) return;
  shared = null;
  at("shared").hidden = true;
  at("shared-turn").replaceChildren();
  history.replaceState(null, "", location.pathname);
}

function submit() {
  const question = box.value.trim();
  if (running || at("send").disabled) return;
  box.value = "";
  typed();
  send(question);
}

box.addEventListener("input", typed);
box.addEventListener("input", loadAfter, { once: true });
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
at("about").addEventListener("click", openProfile);
at("kept").addEventListener("click", openKept);
window.addEventListener("hashchange", followLink);
for (const choice of document.querySelectorAll(".languages button")) {
  choice.addEventListener("click", () => {
    memory.language.save(choice.value);
    speak(choice.value);
  });
}

if (memory.tickets.load().length) await openReplies();
memory.conversation.load().forEach(restore);
box.value = memory.draft.load();
speak(language);
replies?.refresh();
followLink();
if (window.matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
