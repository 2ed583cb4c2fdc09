// What the browser keeps: the language for next time; the draft and conversation for this tab only.

const LANGUAGE = "sanad.language";
const DRAFT = "sanad.draft";
const TURNS = "sanad.turns";
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
  /** [{question, answer}] with answer null where none came; [] when nothing usable is kept. */
  load() {
    try {
      const kept = JSON.parse(read("sessionStorage", TURNS) ?? "[]");
      return Array.isArray(kept) ? kept.filter((turn) => typeof turn?.question === "string") : [];
    } catch {
      return [];
    }
  },
  save: (turns) => write("sessionStorage", TURNS, JSON.stringify(turns.slice(-MOST))),
};

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
