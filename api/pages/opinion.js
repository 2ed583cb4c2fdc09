// What somebody thinks of one answer: yes, or no with a reason and a few words.

import { button, icon, isolated, make } from "./dom.js";
import { choice, Form, lines } from "./form.js";
import { sendOpinion } from "./records.js";
import { kindWords } from "./strings.js";

const COMMENT = 1000;
const THUMB = "M7 10v10H4V10zm0 0 4-7a2 2 0 0 1 2 2v4h5a2 2 0 0 1 2 2.300l-1.200 7a2 2 0 0 1-2 1.700H7";

export class Opinion {
  element = make("div", { class: "opinion" });
  #turn;
  #words;
  #kept;
  #changed;
  #announce;
  #buttons;
  #slot = make("div", { class: "slot" });

  /**
   * `turn` is {question, answer}; `kept` what was chosen and typed before, {verdict, reason, comment,
   * sent}; `changed(kept)` hears of every change, so that nothing typed is lost.
   */
  constructor(turn, words, kept, { changed, announce }) {
    this.#turn = turn;
    this.#words = words;
    this.#kept = kept ?? {};
    this.#changed = changed;
    this.#announce = announce;
    if (this.#kept.sent) {
      this.element.append(make("p", { class: "thanks" }, words.opined));
      return;
    }
    const title = make("p", {}, words.opinion);
    this.#buttons = ["up", "down"].map((verdict) =>
      button([icon(THUMB), words[verdict]], () => this.#choose(verdict), {
        class: `verdict ${verdict}`,
        "aria-pressed": "false",
      }),
    );
    const group = make("div", { class: "ask-opinion", role: "group", "aria-label": words.opinion });
    group.append(title, ...this.#buttons);
    this.element.append(group, this.#slot);
    if (this.#kept.verdict) this.#choose(this.#kept.verdict, { restored: true });
  }

  #choose(verdict, { restored = false } = {}) {
    const again = this.#kept.verdict === verdict && !restored && this.#slot.hasChildNodes();
    if (again) {
      this.#leave();
      return;
    }
    this.#keep({ verdict });
    this.#press(verdict);
    const form = this.#form(verdict);
    this.#slot.replaceChildren(form.element);
    if (restored) return;
    if (verdict === "up") form.element.requestSubmit();
    else form.element.querySelector("input, textarea").focus();
  }

  #form(verdict) {
    const words = this.#words;
    const comment = lines(words.comment, this.#kept.comment ?? "", {
      most: COMMENT,
      typed: (text) => this.#keep({ comment: text }),
    });
    const reasons = choice(words.reasons, words.reason, {
      name: `reason-${this.#turn.answer.id}`,
      value: this.#kept.reason,
      chosen: (reason) => this.#keep({ reason }),
    });
    return new Form({
      words,
      title: words.opinion,
      fields: verdict === "down" ? [reasons, comment.field, make("p", { class: "soft" }, words.joined)] : [],
      send: words.sendOpinion,
      deliver: () => this.#deliver(verdict),
      leave: () => this.#leave(),
    });
  }

  // Only who says what is wrong sends the question along, and is told so.
  async #deliver(verdict) {
    const { question, answer } = this.#turn;
    const down = verdict === "down";
    const { masked } = await sendOpinion({
      answer_id: answer.id,
      verdict,
      reason: down ? (this.#kept.reason ?? null) : null,
      comment: (down && this.#kept.comment?.trim()) || null,
      question: down ? question : null,
      language: answer.language,
    });
    return () => {
      const held = this.element.contains(document.activeElement);
      this.#kept = { verdict, sent: true };
      this.#changed(this.#kept);
      this.#thank(masked ?? [], held);
    };
  }

  #thank(masked, held) {
    const told = masked.length ? ` ${this.#words.masked(kindWords(this.#words, masked))}` : "";
    const text = this.#words.opined + told;
    const thanks = make("p", { class: "thanks", tabindex: "-1" }, isolated(text));
    this.element.replaceChildren(thanks);
    if (held) thanks.focus();
    else this.#announce(text);
  }

  #leave() {
    this.#keep({ verdict: null });
    this.#press(null);
    this.#slot.replaceChildren();
    this.#buttons[0].focus();
  }

  #press(verdict) {
    for (const [index, name] of ["up", "down"].entries()) {
      this.#buttons[index].setAttribute("aria-pressed", String(name === verdict));
    }
  }

  #keep(change) {
    this.#kept = { ...this.#kept, ...change };
    this.#changed(this.#kept);
  }
}
