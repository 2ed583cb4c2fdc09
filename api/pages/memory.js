// What the browser keeps: the language and the tickets of questions sent to offices for next time;
// the draft and the conversation, with opinions that are not sent yet, for this tab only.

const LANGUAGE = "sanad.language";
const DRAFT = "sanad.draft";
const TURNS = "sanad.turns";
const TICKETS = "sanad.tickets";
const MOST = 20;

export const language = {
  load: () => read("localStorage", LANGUAGE),
  save: (code) => write("localStorage", LANGUAGE, code),
};

export const draft = {
  load: () => read("sessionStorage", DRAFT) ?? "",
  save: (text) => write("sessionStorage", DRAFT, text),
};

export const conversation = {
  /** [{question, answer, opinion}] with answer null where none came; [] when nothing is kept. */
  load: () => list("sessionStorage", TURNS).filter((turn) => typeof turn?.question === "string"),
  save: (turns) => write("sessionStorage", TURNS, JSON.stringify(turns.slice(-MOST))),
};

export const tickets = {
  /** [{id, secret, office, question, sent}], the newest first. */
  load: () => list("localStorage", TICKETS).filter((one) => [one?.id, one?.secret, one?.question].every(isText)),
  save: (kept) => write("localStorage", TICKETS, JSON.stringify(kept.slice(0, MOST))),
};

const isText = (value) => typeof value === "string";

function list(store, key) {
  try {
    const kept = JSON.parse(read(store, key) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

// Browsers may forbid storage altogether or find it full; the page works without.
function read(store, key) {
  try {
    return window[store].getItem(key);
  } catch {
    return null;
  }
}

function write(store, key, value) {
  try {
    window[store].setItem(key, value);
  } catch {
    // Kept nowhere: the page still holds it.
  }
}
