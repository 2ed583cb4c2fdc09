// One question and what came of it: waiting, streaming, answered or failed.

import { addSentence, rest, sources, warnings } from "./answer.js";
import { ask, Problem } from "./ask.js";
import { button, isolated, make, setTongue, speech } from "./dom.js";
import { labelsFor, problemWords, stageWords, wordsOf } from "./strings.js";
import { directionOf, hasLetters, isArabic } from "./text.js";

const SLOW_MS = 10_000;

export class Turn {
  question;
  answer = null;
  opinion = null;
  profile = {};
  element;
  #desk;
  #voice;
  #heading;
  #status = make("p", { class: "status" });
  #noted = make("div", { class: "noted" });
  #sources = make("div", { class: "sources" });
  #body = make("div", { class: "text" });
  #rest = make("div", { class: "rest" });
  #citations = [];
  #sentences = [];
  #slow;

  /**
   * `desk` is the page: {language(), body(), open(), ask(), retry(), edit(), announce(), keep(),
   * posted()}.
   */
  constructor(question, desk) {
    this.question = question;
    this.#desk = desk;
    this.#heading = speech("h2", question, { class: "question", tabindex: "-1" });
    const parts = [this.#heading, this.#noted, this.#status, this.#sources, this.#body, this.#rest];
    this.element = make("article", { class: "turn" }, parts);
    const page = desk.language();
    const typed = hasLetters(question) ? labelsFor("", page) : page;
    this.#speak(isArabic(question) ? "ar" : typed);
  }

  /** The body that the question is asked with, see `POST /v1/ask`. */
  get asked() {
    return this.#desk.body(this);
  }

  /** Asks the server; ends with either `answer` set or the failure shown. Does not throw. */
  async run(profile, signal) {
    this.profile = profile;
    this.#begin();
    const loaded = loadAfter();
    try {
      for await (const { event, data } of ask(this.asked, signal)) this.#take(event, data);
    } catch (error) {
      this.#fail(error);
    } finally {
      clearTimeout(this.#slow);
      await loaded;
      this.element.removeAttribute("aria-busy");
    }
  }

  /** Shows a turn kept from before: its answer and what was thought of it, or that none came. */
  restore(answer, opinion, profile) {
    this.opinion = opinion ?? null;
    this.profile = profile ?? {};
    this.#note();
    try {
      if (!answer) throw new Problem("cut");
      this.#finish(answer);
    } catch (error) {
      this.#fail(error);
    }
  }

  focus() {
    this.#heading.focus({ preventScroll: true });
  }

  #begin() {
    this.answer = null;
    this.opinion = null;
    this.#note();
    this.#citations = [];
    this.#sentences = [];
    for (const part of [this.#sources, this.#body, this.#rest]) part.replaceChildren();
    this.element.setAttribute("aria-busy", "true");
    this.#wait(stageWords(this.#voice.words, "normalise"));
  }

  // That the answer took into account what its reader told, and the way to one that does not.
  async #note() {
    this.#noted.replaceChildren();
    if (!Object.keys(this.profile).length) return;
    const { noted } = await import("./profile.js");
    const { language, label } = this.#voice;
    setTongue(this.#noted, label ?? language);
    this.#noted.replaceChildren(...noted(this.profile, label, () => this.#desk.retry(this, {})));
  }

  #take(event, data) {
    if (event === "status") this.#wait(stageWords(this.#voice.words, data.stage));
    if (event === "citations") this.#cite(data);
    if (event === "sentence") this.#say(data);
    if (event === "answer") {
      this.#finish(data);
      this.#desk.announce([this.#voice.words.status[data.status], data.text].join(". "));
    }
  }

  #wait(text) {
    if (this.#status.textContent !== text) {
      this.#status.replaceChildren(make("span", { class: "pulse", "aria-hidden": "true" }), text);
      this.#status.className = "status waiting";
      this.#desk.announce(text);
    }
    this.#watch();
  }

  #watch() {
    clearTimeout(this.#slow);
    this.#slow = setTimeout(() => {
      this.#status.append(make("span", { class: "soft" }, ` ${this.#voice.words.slow}`));
      this.#desk.announce(this.#voice.words.slow);
    }, SLOW_MS);
  }

  #cite(citations) {
    this.#citations = citations;
    this.#sources.replaceChildren(...sources(citations, this.#voice));
    this.#desk.announce(this.#voice.words.found(citations.length));
    this.#watch();
  }

  #say(sentence) {
    this.#sentences.push(sentence);
    addSentence(this.#body, sentence, this.#citations, this.#voice);
    this.#watch();
  }

  // The whole answer is the truth; what was streamed is redrawn only where it differs.
  #finish(answer) {
    this.answer = answer;
    const spoke = this.#voice.language;
    this.#speak(answer.language, { certain: true });
    const { words } = this.#voice;
    const same = spoke === this.#voice.language && equal(answer.citations, this.#citations);
    if (!same) this.#sources.replaceChildren(...sources(answer.citations, this.#voice));
    const heard = answer.sentences.length && equal(answer.sentences, this.#sentences);
    if (!same || !heard) this.#redraw(answer);
    if (answer.sentences.length) this.#body.prepend(...warnings(answer));
    this.#status.className = `status ${answer.status}`;
    this.#status.replaceChildren(words.status[answer.status] ?? answer.status);
    this.#rest.replaceChildren(...rest(answer, this.#voice, this.#desk.ask, this.#after()));
  }

  #after() {
    const place = make("section", { class: "after" });
    const { announce, posted } = this.#desk;
    const changed = (opinion) => {
      this.opinion = opinion;
      this.#desk.keep();
    };
    const [{ answer }, voice] = [this, this.#voice];
    loadAfter().then((module) => {
      if (!module) place.remove();
      else if (this.answer === answer) place.replaceChildren(...module.after(this, voice, { announce, posted, changed }));
    });
    return place;
  }

  #redraw(answer) {
    const { text, sentences, citations } = answer;
    this.#body.replaceChildren();
    for (const sentence of sentences) addSentence(this.#body, sentence, citations, this.#voice);
    if (!sentences.length) this.#body.append(make("p", { class: "sentence" }, isolated(text)));
  }

  // An error of the page itself is shown like any other: somebody is waiting for an answer.
  #fail(error) {
    const problem = error instanceof Problem ? error : new Problem("page", { detail: String(error) });
    const { words } = this.#voice;
    const incomplete = this.#sentences.length ? ` ${words.incomplete}` : "";
    const text = problemWords(words, problem) + incomplete;
    this.answer = null;
    const wait = problem.retryAfter ? ` ${words.wait(problem.retryAfter)}` : "";
    const hopeless = problem.status >= 400 && problem.status < 429;
    const again = hopeless ? null : button(words.retry, () => this.#desk.retry(this));
    const edit = button(words.edit, () => this.#desk.edit(this.question), { class: "quiet" });
    const ways = make("p", { class: "ways" }, again, edit);
    this.#status.replaceChildren();
    this.#rest.replaceChildren(
      make("div", { class: "failure" }, make("p", {}, text, wait), ways, technical(problem, words)),
    );
    this.#desk.announce(text);
  }

  #speak(language, { certain = false } = {}) {
    const label = labelsFor(language, this.#desk.language());
    this.#voice = { language, label, words: wordsOf(label), open: this.#desk.open };
    for (const part of [this.#noted, this.#status, this.#sources, this.#rest]) setTongue(part, label);
    setTongue(this.#body, language);
    if (certain) setTongue(this.#heading, language);
    this.element.setAttribute("dir", directionOf(language));
  }
}

/**
 * Loads what the reader may do with an answer: not with the page, which is there sooner, but while
 * they read and type. Half of it side by side, for on a slow line each step from import to import
 * costs seconds; not more, so that a question finds a connection of its own.
 */
export function loadAfter() {
  const parts = [import("./letter.js"), import("./opinion.js"), import("./tools.js")];
  for (const part of parts) part.catch(() => {});
  return import("./after.js").catch(() => null);
}

function technical({ code, status, detail }, words) {
  if (!status && !detail) return null;
  const facts = [status || null, code, detail].filter(Boolean).join(" · ");
  const summary = make("summary", {}, words.technical);
  return make("details", { class: "soft" }, summary, make("p", { lang: "en", dir: "ltr" }, facts));
}

const equal = (left, right) => JSON.stringify(left) === JSON.stringify(right);
