// What the server keeps for people: opinions, and questions sent to an office.

import { Problem } from "./ask.js";

/** Keeps an opinion on an answer; gives {masked}. Throws a Problem. */
export const sendOpinion = (body) => call("v1/feedback", { method: "POST", body: JSON.stringify(body) });

/** Sends a question to an office; gives {id, secret, office: null | {names}, masked}. Throws a Problem. */
export const sendLetter = (body) => call("v1/handoffs", { method: "POST", body: JSON.stringify(body) });

/** What became of a question sent before: {status, reply, replied}. Throws a Problem. */
export const readLetter = ({ id, secret }) =>
  call(`v1/handoffs/${encodeURIComponent(id)}`, { headers: { "sanad-ticket": secret } });

/** Keeps an answer under a link: {share, key, expires, text, masked}. Throws a Problem. */
export const makeShare = (body) => call("v1/shares", { method: "POST", body: JSON.stringify(body) });

/** What a link leads to: {question, answer, created, expires, current}. Throws a Problem. */
export const readShare = (token) => call("v1/shares/current", { headers: { "sanad-share": token } });

/** Takes a link back by its key; one that is gone already counts as taken. Throws a Problem. */
export const takeBack = (key) =>
  call("v1/shares/current", { method: "DELETE", headers: { "sanad-share-key": key } }).catch(missing);

/** Who is signed in: {role, csrf}. Throws a Problem. */
export const readSession = () => call("v1/session", {});

/** Takes a link down, as an office may; the same. Throws a Problem. */
export const removeShare = (token, csrf) =>
  call("v1/shares/linked", { method: "DELETE", headers: { "sanad-share": token, ...(csrf && { "x-sanad-csrf": csrf }) } }).catch(missing);

/** For how long a conversation is kept: {kept_days}. Throws a Problem. */
export const readTerms = () => call("v1/conversations", {});

/** Has what is asked from now on kept: {conversation}, its token. Throws a Problem. */
export const beginKeeping = () => call("v1/conversations", { method: "POST", body: JSON.stringify({ consent: true }) });

/** What is kept under a token: {started, turns: [{question, answer}]}, or null. Throws a Problem. */
export const readKept = (token) =>
  call("v1/conversations/current", { headers: { "sanad-conversation": token } }).catch(missing);

/** Has the server forget it, if it has not yet. Throws a Problem. */
export const forgetKept = (token) =>
  call("v1/conversations/current", { method: "DELETE", headers: { "sanad-conversation": token } }).catch(missing);

async function call(url, { headers = {}, ...request }) {
  const sent = { accept: "application/json", "content-type": "application/json", ...headers };
  const response = await fetch(url, { ...request, headers: sent, cache: "no-store" }).catch(offline);
  if (!response.ok) throw await Problem.from(response);
  return response.status === 204 ? null : response.json().catch(offline);
}

function missing(problem) {
  if (problem.status !== 404) throw problem;
  return null;
}

function offline(error) {
  throw new Problem("offline", { detail: String(error) });
}
