// A question sent to an office, with consent, and the ticket that its reply comes back to.

import { button, isolated, make } from "./dom.js";
import { Form, lines, Missing } from "./form.js";
import { sendLetter } from "./records.js";
import { kindWords } from "./strings.js";
import { lengthOf } from "./text.js";

const QUESTION = 1000;
const PLACE = 80;

export class Letter {
  element = make("div", { class: "letter" });
  #turn;
  #words;
  #posted;
  #open;

  /** `posted(ticket)` keeps the ticket of a question that an office has been sent. */
  constructor(turn, words, { posted }) {
    this.#turn = turn;
    this.#words = words;
    this.#posted = posted;
    this.#open = button(words.consult, () => this.#write(), { class: "chip" });
    this.element.append(this.#open);
  }

  #write() {
    const words = this.#words;
    const question = lines(words.letter, this.#turn.question, { most: QUESTION });
    const place = make("input", { type: "text", maxlength: PLACE, dir: "auto", autocomplete: "off" });
    const agreed = make("input", { type: "checkbox", required: true });
    const form = new Form({
      words,
      title: words.consult,
      fields: [
        question.field,
        make("label", { class: "field" }, make("span", {}, words.place), place),
        make("label", { class: "option consent" }, agreed, make("span", {}, words.consent)),
      ],
      send: words.sendLetter,
      deliver: () => this.#deliver(question.box.value.trim(), place.value.trim(), agreed),
      leave: () => this.#leave(),
    });
    this.element.replaceChildren(form.element);
    question.box.focus();
  }

  async #deliver(question, place, agreed) {
    const words = this.#words;
    if (!question) throw new Missing(words.letterMissing);
    if (lengthOf(question) > QUESTION) throw new Missing(words.tooLong(lengthOf(question) - QUESTION));
    if (!agreed.checked) {
      agreed.focus();
      throw new Missing(words.consentMissing);
    }
    const { answer } = this.#turn;
    const { id, secret, office, masked } = await sendLetter({
      question,
      language: answer.language,
      region: place || null,
      note: null,
      answer_id: answer.id,
      consent: true,
    });
    return () => {
      this.#posted({ id, secret, office: office?.names ?? null, question, sent: new Date().toISOString() });
      this.#confirm(masked ?? []);
    };
  }

  #confirm(masked) {
    const told = masked.length ? ` ${this.#words.masked(kindWords(this.#words, masked))}` : "";
    const text = this.#words.posted + told;
    const line = make("p", { class: "thanks", tabindex: "-1" }, isolated(text));
    this.element.replaceChildren(line);
    line.focus();
  }

  #leave() {
    this.element.replaceChildren(this.#open);
    this.#open.focus();
  }
}
