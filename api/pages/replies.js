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

  /** Keeps the ticket of a question just sent, beside those that other tabs have kept since. */
  add(ticket) {
    const known = [ticket, ...this.#tickets, ...memory.tickets.load()];
    this.#tickets = [...new Map(known.map((one) => [one.id, one])).values()];
    memory.tickets.save(this.#tickets);
    this.#draw();
  }

  /** Asks what became of those that wait. */
  async refresh() {
    const waiting = this.#tickets.filter(({ id }) => !this.#states.get(id)?.reply);
    await Promise.all(waiting.map((ticket) => this.#read(ticket)));
    if (waiting.length) this.#draw();
    if (waiting.some(({ id }) => this.#states.get(id)?.reply)) this.#announce(this.#words.arrived);
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
      { class: state.reply ? "reply arrived" : "reply" },
      make("div", { class: "reply-head" }, speech("h3", ticket.question), remove),
      state.reply ? this.#reply(ticket, state) : make("p", { class: "soft" }, isolated(this.#stand(ticket, state))),
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

  #stand(ticket, { status }) {
    if (status === "gone") return this.#words.gone;
    if (status === "closed") return this.#words.ended;
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
