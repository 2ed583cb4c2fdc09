// A form that keeps what was typed until the server has taken it.

import { Problem } from "./ask.js";
import { button, isolated, make } from "./dom.js";
import { recordWords } from "./strings.js";

/** Something to fill in before it can be sent; its message says what. */
export class Missing extends Error {}

export class Form {
  element;
  #words;
  #deliver;
  #send;
  #said = make("p", { class: "said", role: "status" });

  /**
   * `deliver()` returns what to do once the server has taken it, or throws a Problem or a Missing.
   * `leave()` closes the form.
   */
  constructor({ words, title, fields, send, deliver, leave }) {
    this.#words = words;
    this.#deliver = deliver;
    this.#send = make("button", { type: "submit", class: "main" }, send);
    const cancel = button(words.cancel, leave, { class: "quiet" });
    this.element = make(
      "form",
      { class: "slip", "aria-label": title, novalidate: true },
      fields,
      this.#said,
      make("p", { class: "ways" }, this.#send, cancel),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.element.addEventListener("input", () => this.#said.replaceChildren());
  }

  async #submit() {
    if (this.element.hasAttribute("aria-busy")) return;
    this.#busy(true);
    this.#say(this.#words.sending);
    try {
      const done = await this.#deliver();
      done();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#busy(false);
    }
  }

  // The button keeps the focus, which a disabled one would lose.
  #busy(yes) {
    if (yes) this.element.setAttribute("aria-busy", "true");
    else this.element.removeAttribute("aria-busy");
    this.#send.setAttribute("aria-disabled", String(yes));
  }

  #fail(error) {
    if (error instanceof Missing) {
      this.#say(error.message, "bad");
      return;
    }
    const problem = error instanceof Problem ? error : new Problem("page", { detail: String(error) });
    const wait = problem.retryAfter ? ` ${this.#words.wait(problem.retryAfter)}` : "";
    this.#say(recordWords(this.#words, problem) + wait, "bad");
  }

  #say(text, manner = "soft") {
    this.#said.className = `said ${manner}`;
    this.#said.replaceChildren(...isolated(text));
  }
}

/** A labelled box for some lines of text; `typed` hears every change. */
export function lines(label, text, { most, rows = 3, typed = () => {} }) {
  const box = make("textarea", { rows, maxlength: most, dir: "auto", autocomplete: "off" });
  box.value = text;
  box.addEventListener("input", () => typed(box.value));
  return { box, field: make("label", { class: "field" }, make("span", {}, label), box) };
}

/** One of several: a group of radio buttons, {key: label}; `chosen` hears every change. */
export function choice(title, options, { name, value, chosen }) {
  const items = Object.entries(options).map(([key, label]) => {
    const input = make("input", { type: "radio", name, value: key, checked: key === value });
    input.addEventListener("change", () => chosen(key));
    return make("label", { class: "option" }, input, make("span", {}, label));
  });
  return make("fieldset", {}, make("legend", {}, title), make("div", { class: "options" }, items));
}

/** The head of a dialog: its title and the way out; `id` is what the dialog is labelled by. */
export function head(dialog, id, title, close) {
  const leave = button("×", () => dialog.close(), { class: "close", "aria-label": close });
  return make("div", { class: "bar" }, make("h2", { id }, title), leave);
}
