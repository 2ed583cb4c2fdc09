// One question handed over: what was asked, what Sanad answers to it now, and the office's reply.

import { addSentence, sources, warnings } from "../answer.js";
import { button, isolated, make, setTongue, speech } from "../dom.js";
import { labelsFor, wordsOf as chatWords } from "../strings.js";
import { lengthOf, plainDate } from "../text.js";
import { gold } from "./gold.js";
import { failed, languageName, named } from "./parts.js";
import { problemWords } from "./words.js";

const REPLY = 4000;
const SOURCE = { fr: "Source : ", ar: "المصدر: ", en: "Source: " };
const ANSWERING = ["answered", "partial", "conflict"];

export async function mount(element, session, { about, words, panel }) {
  const [handoff, { regions }] = await Promise.all([
    session.call(`v1/handoffs/${encodeURIComponent(about)}/record`),
    session.call("v1/catalogue"),
  ]);
  const desk = { session, words, language: session.language(), panel };
  const region = regions.find(({ id }) => id === handoff.region);
  const view = new Reply(handoff, desk);
  const answer = new Current(handoff, desk, (draft) => view.take(draft));
  element.append(
    make("p", { class: "ways" }, make("a", { class: "button quiet", href: "#queue" }, words.back), linked(words)),
    head(handoff, region, desk),
    make("div", { class: "beside-each" }, answer.element, view.element),
  );
  // What has been dealt with, or found since, is asked again only when somebody wants to know.
  if (handoff.found) answer.show(handoff.found, handoff.found_at);
  else if (handoff.status === "open") answer.ask();
}

// The address of the page is that of the question, for a colleague too: signing in leads back to it.
function linked(words) {
  const said = make("span", { class: "soft", role: "status" });
  const copy = button(words.queue.link, async () => {
    const done = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    said.replaceChildren(done ? words.copied : words.unlinked);
  }, { class: "quiet" });
  return [copy, said];
}

function head({ question, note, created, region: id, language: own, status }, region, { words, language }) {
  const where = region ? named(region.names, language) : (id ?? words.queue.nowhere);
  return make(
    "header",
    { class: "asked" },
    speech("h1", question, { lang: own }),
    make(
      "p",
      { class: "soft" },
      make("bdi", {}, isolated(words.queue.asked(plainDate(created, language) ?? ""))),
      " · ",
      make("bdi", {}, where),
      own ? [" · ", make("bdi", {}, languageName(own, language))] : "",
      " · ",
      words.queue.one[status] ?? status,
    ),
    note ? make("div", { class: "notice plain" }, make("p", { class: "kicker" }, words.queue.note), speech("p", note)) : null,
  );
}

/** What Sanad answers to the question now, with its evidence. */
class Current {
  element;
  #handoff;
  #desk;
  #take;
  #body = make("div", { class: "current" });

  constructor(handoff, desk, take) {
    this.#handoff = handoff;
    this.#desk = desk;
    this.#take = take;
    const { words } = desk;
    const again = button(words.queue.reask, () => this.ask(), { class: "chip" });
    this.element = make("section", { class: "panel" }, make("h2", {}, words.queue.again), make("p", { class: "ways" }, again), this.#body);
  }

  async ask() {
    const { session, words } = this.#desk;
    if (this.element.hasAttribute("aria-busy")) return;
    this.element.setAttribute("aria-busy", "true");
    this.#body.replaceChildren(make("p", { class: "soft" }, words.queue.asking));
    session.announce(words.queue.asking);
    try {
      const { question, region } = this.#handoff;
      const body = { question, language: null, history: [], profile: region ? { region } : {}, as_of: null };
      this.show(await session.call("v1/ask", { method: "POST", body }));
    } catch (problem) {
      this.#body.replaceChildren(failed(problem, words, () => this.ask()));
    } finally {
      this.element.removeAttribute("aria-busy");
    }
  }

  /** Shows an answer with its evidence; `found` is when it was found, null for one of now. */
  show(answer, found = null) {
    const { words, session, language } = this.#desk;
    const day = plainDate(found, language);
    const label = labelsFor(answer.language, language);
    const said = chatWords(label);
    const voice = {
      language: answer.language,
      label,
      words: said,
      open: (citation, opener) => this.#desk.panel.open(citation, opener, said, label),
    };
    const text = make("div", { class: "text" }, warnings(answer));
    setTongue(text, answer.language);
    for (const sentence of answer.sentences) addSentence(text, sentence, answer.citations, voice);
    if (!answer.sentences.length) text.append(make("p", {}, isolated(answer.text)));
    const cards = make("div", { class: "sources" }, sources(answer.citations, voice));
    setTongue(cards, label);
    const answers = ANSWERING.includes(answer.status) && answer.sentences.length;
    const status = chatWords(language).status[answer.status] ?? answer.status;
    this.#body.replaceChildren(
      ...(day ? [make("p", { class: "notice plain" }, isolated(words.queue.foundOn(day)))] : []),
      make("p", { class: `status ${answer.status}` }, status),
      text,
      answers
        ? make("p", { class: "ways" }, button(words.queue.take, () => this.#take(draftOf(answer, language)), { class: "main" }))
        : make("p", { class: "soft" }, words.queue.noDraft),
      cards,
      gold(this.#handoff, answer, this.#desk),
    );
    session.announce(status);
  }
}

// The words of the answer and, under them, who says so and since when.
function draftOf({ sentences, citations, language }, preferred) {
  const lines = sentences.map(({ text }) => text);
  const page = labelsFor(language, preferred);
  const said = new Set(
    citations.map(({ title, publisher, source_date: date }) =>
      [publisher, title, plainDate(date, page)].filter(Boolean).join(", "),
    ),
  );
  return [...lines, "", ...[...said].map((what) => SOURCE[page] + what)].join("\n");
}

/** The office's reply: a draft that is kept until it has been sent. */
class Reply {
  element = make("section", { class: "panel" });
  #handoff;
  #desk;
  #box;
  #said = make("p", { class: "said", role: "status" });
  #count = make("p", { class: "soft" });

  constructor(handoff, desk) {
    this.#handoff = handoff;
    this.#desk = desk;
    this.#draw();
  }

  /** Puts a draft under what is written already. */
  take(draft) {
    const { words } = this.#desk;
    if (!this.#box) return;
    const written = this.#box.value.trim();
    if (!written.includes(draft)) this.#box.value = [written, draft].filter(Boolean).join("\n\n");
    this.#typed();
    this.#say(words.queue.taken, "thanks");
    this.#box.focus();
  }

  #draw() {
    const { words } = this.#desk;
    const { status } = this.#handoff;
    const parts = [make("h2", {}, words.queue.reply), ...this.#sent()];
    if (status !== "closed") parts.push(this.#form());
    else parts.push(make("p", { class: "soft" }, words.problem.record_closed));
    this.element.replaceChildren(...parts);
  }

  #sent() {
    const { words, language } = this.#desk;
    const { reply, replied, replied_by: by } = this.#handoff;
    if (!reply) return [];
    const who = (by ?? "").replace(/^user:|^key:/u, "");
    const day = plainDate(replied, language) ?? "";
    return [
      make("p", { class: "soft" }, isolated(words.queue.sentBy(who, day))),
      make("div", { class: "words sent" }, reply.split("\n").map((line) => speech("p", line))),
    ];
  }

  #form() {
    const { words, session } = this.#desk;
    const id = this.#handoff.id;
    this.#box = make("textarea", { rows: 9, dir: "auto", autocomplete: "off", id: "reply", "aria-describedby": "reply-hint" });
    this.#box.value = session.kept(`reply.${id}`);
    this.#box.addEventListener("input", () => {
      this.#said.replaceChildren();
      this.#typed();
    });
    const send = make("button", { type: "submit", class: "main" }, this.#handoff.reply ? words.queue.replace : words.queue.approve);
    const form = make(
      "form",
      { class: "reply-form", novalidate: true },
      make("label", { class: "unseen", for: "reply" }, words.queue.reply),
      this.#box,
      make("p", { class: "soft", id: "reply-hint" }, words.queue.replyHint),
      this.#count,
      this.#said,
      make("p", { class: "ways" }, send, button(words.queue.close, () => this.#run(form, () => this.#close()), { class: "quiet" })),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run(form, () => this.#send());
    });
    this.#typed();
    return make("div", { class: "field" }, form);
  }

  #typed() {
    const { words, session } = this.#desk;
    const over = lengthOf(this.#box.value.trim()) - REPLY;
    this.#box.setAttribute("aria-invalid", String(over > 0));
    this.#count.replaceChildren(...(over > 0 ? isolated(words.queue.over(over)) : []));
    session.keep(`reply.${this.#handoff.id}`, this.#box.value);
  }

  async #run(form, act) {
    if (form.hasAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    this.#say(this.#desk.words.queue.sending, "soft");
    try {
      await act();
    } catch (problem) {
      this.#say(problemWords(this.#desk.words, problem), "bad");
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  async #send() {
    const { words, session } = this.#desk;
    const text = this.#box.value.trim();
    const over = lengthOf(text) - REPLY;
    if (!text || over > 0) {
      this.#say(text ? words.queue.over(over) : words.queue.empty, "bad");
      this.#box.focus();
      return;
    }
    this.#handoff = await session.call(this.#path("reply"), { method: "POST", body: { text } });
    session.keep(`reply.${this.#handoff.id}`, "");
    this.#done(words.queue.sent);
  }

  async #close() {
    const { words, session } = this.#desk;
    this.#handoff = await session.call(this.#path("close"), { method: "POST", body: undefined });
    this.#done(words.queue.closed);
  }

  #path(action) {
    return `v1/handoffs/${encodeURIComponent(this.#handoff.id)}/${action}`;
  }

  #done(text) {
    this.#said.replaceChildren();
    this.#draw();
    const line = make("p", { class: "thanks", tabindex: "-1" }, isolated(text));
    this.element.append(line);
    this.#desk.session.announce(text);
    line.focus();
  }

  #say(text, manner) {
    this.#said.className = `said ${manner}`;
    this.#said.replaceChildren(...isolated(text));
  }
}
