// What the browser keeps: the language, the profile, and the ways back to what the server keeps:
// tickets of questions sent to offices, keys of links, the token of a conversation. The draft and the
// conversation itself, with opinions that are not sent yet, are for this tab only.

const LANGUAGE = "sanad.language";
const PROFILE = "sanad.profile";
const DRAFT = "sanad.draft";
const TURNS = "sanad.turns";
const TICKETS = "sanad.tickets";
const LINKS = "sanad.links";
const KEPT = "sanad.kept";
const MOST = 20;

export const language = {
  load: () => read("localStorage", LANGUAGE),
  save: (code) => write("localStorage", LANGUAGE, code),
};

export const profile = {
  /** {region, sector, market: {id, names}, first: boolean}, each only where it was told. */
  load: () => {
    const kept = parsed(read("localStorage", PROFILE));
    return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
  },
  save: (kept) => write("localStorage", PROFILE, JSON.stringify(kept)),
};

export const draft = {
  load: () => read("sessionStorage", DRAFT) ?? "",
  save: (text) => write("sessionStorage", DRAFT, text),
};

export const conversation = {
  /** [{question, answer, opinion, profile}] with answer null where none came; [] when nothing is kept. */
  load: () => list("sessionStorage", TURNS).filter((turn) => typeof turn?.question === "string"),
  save: (turns) => write("sessionStorage", TURNS, JSON.stringify(turns.slice(-MOST))),
};

export const tickets = {
  /** [{id, secret, office, question, sent}], the newest first. */
  load: () => list("localStorage", TICKETS).filter((one) => [one?.id, one?.secret, one?.question].every(isText)),
  save: (kept) => write("localStorage", TICKETS, JSON.stringify(kept.slice(0, MOST))),
  add: (ticket) => tickets.save([ticket, ...tickets.load().filter(({ id }) => id !== ticket.id)]),
};

export const links = {
  /** [{share, key, question, expires}] of the links made here that still lead somewhere, the newest first. */
  load: () =>
    list("localStorage", LINKS).filter(
      (one) => [one?.share, one?.key, one?.question].every(isText) && new Date(one.expires) > new Date(),
    ),
  add: (link) => write("localStorage", LINKS, JSON.stringify([link, ...links.load()])),
  remove: (key) => write("localStorage", LINKS, JSON.stringify(links.load().filter((one) => one.key !== key))),
};

export const kept = {
  /** The token of the conversation that the server keeps for this browser; "" for none. */
  load: () => read("localStorage", KEPT) ?? "",
  save: (token) => write("localStorage", KEPT, token),
};

const isText = (value) => typeof value === "string";

function list(store, key) {
  const kept = parsed(read(store, key));
  return Array.isArray(kept) ? kept : [];
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
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
