// Questions sent to offices from this browser, and the replies that came: asked for when the page
// is opened or looked at again, never in between.

import { button, isolated, make, speech } from "./dom.js";
import * as memory from "./memory.js";
import { readLetter } from "./records.js";
import { plainDate } from "./text.js";

export class Replies {
  #place;
  #words;
  #language;
  #announce;
  #tickets = memory.tickets.load();
  #states = new Map();

  /** `place` is the page's section; it is hidden as long as nothing was sent. */
  constructor(place, announce) {
    this.#place = place;
    this.#announce = announce;
    document.addEventListener("visibilitychange", () => !document.hidden && this.refresh());
  }

  speak(words, language) {
    this.#words = words;
    this.#language = language;
    this.#draw();
  }

  /** Shows the ticket of a question just sent, and those that other tabs have kept since. */
  add() {
    const known = [...memory.tickets.load(), ...this.#tickets];
    this.#tickets = [...new Map(known.map((one) => [one.id, one])).values()];
    this.#draw();
  }

  /** Asks what became of those that wait. */
  async refresh() {
    const waiting = this.#tickets.filter(({ id }) => !this.#states.get(id)?.reply);
    const known = new Set(waiting.filter(({ id }) => this.#states.get(id)?.found));
    await Promise.all(waiting.map((ticket) => this.#read(ticket)));
    if (waiting.length) this.#draw();
    const news = (ticket, { reply, found } = {}) => reply || (found && !known.has(ticket));
    if (waiting.some((ticket) => news(ticket, this.#states.get(ticket.id)))) this.#announce(this.#words.arrived);
  }

  async #read(ticket) {
    try {
      this.#states.set(ticket.id, await readLetter(ticket));
    } catch (problem) {
      this.#states.set(ticket.id, { status: problem.status === 404 ? "gone" : "unread" });
    }
  }

  #draw() {
    this.#place.hidden = !this.#tickets.length;
    const title = make("h2", { class: "kicker" }, this.#words.replies);
    this.#place.replaceChildren(title, ...this.#tickets.map((ticket) => this.#card(ticket)));
  }

  #card(ticket) {
    const words = this.#words;
    const state = this.#states.get(ticket.id) ?? {};
    const remove = button("×", () => this.#remove(ticket), { class: "close", "aria-label": words.remove });
    return make(
      "article",
      { class: state.reply || state.found ? "reply arrived" : "reply" },
      make("div", { class: "reply-head" }, speech("h3", ticket.question), remove),
      state.reply ? this.#reply(ticket, state) : null,
      state.found ? this.#found(state) : null,
      state.reply ? null : make("p", { class: "soft" }, isolated(this.#stand(ticket, state))),
    );
  }

  #reply(ticket, { reply, replied }) {
    const who = this.#words.replied(ticket.office?.[this.#language] ?? this.#words.office);
    const day = plainDate(replied, this.#language);
    return make(
      "div",
      {},
      make("p", { class: "origin" }, isolated([who, day].filter(Boolean).join(" · "))),
      make("div", { class: "words" }, reply.split("\n").map((line) => speech("p", line))),
    );
  }

  // What the documents say now, when they had grown since: the words of an answer with their sources.
  #found({ found, found_at: moment }) {
    const words = this.#words;
    const sentences = found.sentences.length ? found.sentences.map(({ text }) => text) : [found.text];
    const titles = [...new Map(found.citations.map((cited) => [cited.document_id, cited])).values()];
    return make(
      "div",
      { class: "found" },
      make("p", { class: "origin" }, isolated(words.nowKnown(plainDate(moment, this.#language) ?? ""))),
      make("div", { class: "words" }, sentences.map((line) => speech("p", line))),
      make("ul", { class: "origin" }, titles.map(({ title, publisher, source_date: day }) =>
        make("li", {}, isolated([title, publisher, plainDate(day, this.#language)].filter(Boolean).join(" · "))))),
    );
  }

  #stand(ticket, { status, found }) {
    if (status === "gone") return this.#words.gone;
    if (status === "closed") return this.#words.ended;
    if (found) return this.#words.mayStill;
    const waiting = this.#words.waiting(plainDate(ticket.sent, this.#language) ?? "");
    return status === "unread" ? `${waiting} ${this.#words.unread}` : waiting;
  }

  #remove(ticket) {
    this.#tickets = this.#tickets.filter((one) => one !== ticket);
    memory.tickets.save(memory.tickets.load().filter(({ id }) => id !== ticket.id));
    this.#draw();
    document.getElementById("question").focus();
  }
}
