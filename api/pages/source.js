// The source panel: beside the answer on a wide screen, a bottom sheet on a phone.

import { fetchDocument } from "./ask.js";
import { button, isolated, link, make, prose, tongue } from "./dom.js";
import { lengthOf, locate, near, plainDate, webAddress } from "./text.js";

const AROUND = 700;
const WIDE = window.matchMedia("(min-width: 64rem)");

export class SourcePanel {
  #dialog;
  #opener = null;
  #documents = new Map();

  /** `dialog` is the page's <dialog>; it is emptied and filled for each citation. */
  constructor(dialog) {
    this.#dialog = dialog;
    dialog.addEventListener("close", () => this.#closed());
    dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
    WIDE.addEventListener("change", () => this.close());
  }

  /** Shows a citation; focus goes back to `opener` on closing. */
  open(citation, opener, words, language) {
    this.#mark(false);
    this.#opener = opener;
    this.#mark(true);
    const text = make("div", { class: "document" });
    this.#dialog.replaceChildren(
      make(
        "div",
        { class: "bar" },
        make("p", { class: "kicker" }, `${words.source} `, number(citation)),
        button("×", () => this.close(), { class: "close", "aria-label": words.close }),
      ),
      make("div", { class: "sheet", tabindex: "0", role: "region", "aria-labelledby": "source-title" }, this.#identity(citation, words, language), text),
    );
    this.#show();
    this.#fill(text, citation, words);
  }

  close() {
    if (this.#dialog.open) this.#dialog.close();
  }

  #show() {
    if (!this.#dialog.open) {
      if (WIDE.matches) this.#dialog.show();
      else this.#dialog.showModal();
    }
    this.#dialog.querySelector(".close").focus();
    document.body.classList.toggle("beside", WIDE.matches);
  }

  #closed() {
    document.body.classList.remove("beside");
    this.#mark(false);
    this.#opener?.focus();
    this.#opener = null;
  }

  #mark(open) {
    this.#opener?.setAttribute("aria-expanded", String(open));
  }

  #identity(citation, words, language) {
    const checked = plainDate(citation.as_of, language);
    return make(
      "header",
      {},
      prose("h2", citation.title, citation.language, { id: "source-title" }),
      make("p", { class: "origin" }, origin(citation, words, language)),
      checked ? make("p", { class: "origin" }, isolated(words.checked(checked))) : null,
      citation.section ? prose("p", `§ ${citation.section}`, citation.language, { class: "origin" }) : null,
      prose("blockquote", citation.quote, citation.language),
      original(citation.url, words),
    );
  }

  async #fill(place, citation, words) {
    place.replaceChildren(make("p", { class: "soft" }, words.loading));
    try {
      const { text } = await this.#document(citation.document_id);
      place.replaceChildren(...excerpt(text, citation, words));
    } catch (problem) {
      this.#documents.delete(citation.document_id);
      if (problem.status === 404) {
        place.replaceChildren(make("p", { class: "notice" }, words.vanished));
        return;
      }
      const retry = button(words.retry, () => this.#fill(place, citation, words));
      place.replaceChildren(make("p", { class: "soft" }, words.unopened), retry);
    }
  }

  #document(id) {
    if (!this.#documents.has(id)) this.#documents.set(id, fetchDocument(id));
    return this.#documents.get(id);
  }
}

/** The badge that ties a card, a mark and the panel together. */
export const number = (citation) => make("bdi", { class: "number" }, String(citation.n));

// The host stands beside its link: letters of another alphabet cannot pass for the ones they imitate.
function original(address, words) {
  const url = webAddress(address ?? "");
  if (!url) return null;
  const host = make("bdi", { dir: "ltr", class: "soft" }, url.host);
  return make("p", { class: "original" }, link(address, words.original), " ", host);
}

/** Publisher and date of a citation, each isolated from the other's direction. */
export function origin(citation, words, language) {
  const date = plainDate(citation.source_date, language) ?? undated(citation, words, language);
  const publisher = citation.publisher ? [make("bdi", {}, citation.publisher), " · "] : [];
  return [...publisher, make("bdi", {}, isolated(date))];
}

function undated({ as_of: checked }, words, language) {
  const day = plainDate(checked, language);
  return day ? words.undatedChecked(day) : words.undated;
}

function excerpt(text, citation, words) {
  const title = make("h3", { class: "kicker" }, words.inDocument);
  const found = locate(text, citation.start, citation.end, citation.quote);
  if (!found) {
    return [title, make("p", { class: "soft" }, words.moved), page(citation, [isolated(text)])];
  }
  const shown = near(found, AROUND);
  const body = page(citation, marked(shown));
  if (lengthOf(shown.before + shown.after) >= lengthOf(found.before + found.after)) return [title, body];
  const whole = button(words.wholeDocument, () => {
    body.replaceChildren(...marked(found));
    body.querySelector("mark").scrollIntoView({ block: "center" });
    body.focus();
    whole.remove();
  });
  return [title, body, whole];
}

function page(citation, children) {
  return make("div", { class: "page", tabindex: "-1", ...tongue(citation.language) }, ...children);
}

function marked({ before, quote, after }) {
  return [...isolated(before), make("mark", {}, isolated(quote)), ...isolated(after)];
}
