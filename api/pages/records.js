// What the server keeps for people: opinions, and questions sent to an office.

import { Problem } from "./ask.js";

/** Keeps an opinion on an answer; gives {masked}. Throws a Problem. */
export const sendOpinion = (body) => call("v1/feedback", { method: "POST", body: JSON.stringify(body) });

/** Sends a question to an office; gives {id, secret, office: null | {names}, masked}. Throws a Problem. */
export const sendLetter = (body) => call("v1/handoffs", { method: "POST", body: JSON.stringify(body) });

/** What became of a question sent before: {status, reply, replied}. Throws a Problem. */
export const readLetter = ({ id, secret }) =>
  call(`v1/handoffs/${encodeURIComponent(id)}`, { headers: { "sanad-ticket": secret } });

/** Keeps an answer under a link: {share, expires, text, masked}. Throws a Problem. */
export const makeShare = (body) => call("v1/shares", { method: "POST", body: JSON.stringify(body) });

/** What a link leads to: {question, answer, created, expires, current}. Throws a Problem. */
export const readShare = (token) => call("v1/shares/current", { headers: { "sanad-share": token } });

async function call(url, { headers = {}, ...request }) {
  const sent = { accept: "application/json", "content-type": "application/json", ...headers };
  const response = await fetch(url, { ...request, headers: sent, cache: "no-store" }).catch(offline);
  if (!response.ok) throw await Problem.from(response);
  return response.json().catch(offline);
}

function offline(error) {
  throw new Problem("offline", { detail: String(error) });
}
