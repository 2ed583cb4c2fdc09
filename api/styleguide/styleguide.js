// Every component of the pages with words in each language, for those who work on them.

import { addSentence, rest, sources, warnings } from "../pages/answer.js";
import { button, isolated, make, setTongue, speech } from "../pages/dom.js";
import { choice, Form, lines, Missing } from "../pages/form.js";
import { wordsOf } from "../pages/strings.js";
import { plainAmount, plainDate } from "../pages/text.js";

const COLOURS = ["paper", "card", "ink", "soft", "line", "edge", "accent", "tint", "warn", "bad", "mark"];
const SAMPLES = {
  fr: {
    text: "Le permis d’huile d’olive est délivré sous 10 jours et coûte 450 dirhams (huiles.exemple.ma, +212 537 000 111).",
    titles: ["Couleurs", "Texte", "Boutons", "Champs", "Messages", "Tableau", "Onglets", "Dialogue", "Réponse"],
    words: ["Envoyer", "Annuler", "Choisir", "Fermer", "Région", "Précisez la région.", "Gardé sur cet appareil."],
    table: [["Procédure", "Délai", "Coût"], ["Permis d’huile d’olive", "10 jours"], ["Certificat d’origine", "2 jours"]],
    tabs: ["Procédures", "Annuaire", "Questions"],
    sides: ["Coopératives accueillies", "12 coopératives", "15 coopératives", "Office du safran", "Journal de la vallée"],
    notice: "Cette source n’est pas datée.",
    until: "Ces règles valent jusqu’au 31 décembre 2026.",
  },
  ar: {
    text: "تسلم رخصة زيت الزيتون داخل 10 أيام وتكلف 450 درهما (huiles.exemple.ma، +212 537 000 111).",
    titles: ["الألوان", "النص", "الأزرار", "الحقول", "الرسائل", "الجدول", "الألسنة", "الحوار", "الجواب"],
    words: ["إرسال", "إلغاء", "اختيار", "إغلاق", "الجهة", "حدد الجهة.", "محفوظ على هذا الجهاز."],
    table: [["المسطرة", "الأجل", "التكلفة"], ["رخصة زيت الزيتون", "10 أيام"], ["شهادة المنشأ", "يومان"]],
    tabs: ["المساطر", "الدليل", "الأسئلة"],
    sides: ["التعاونيات المستقبلة", "12 تعاونية", "15 تعاونية", "مكتب الزعفران", "جريدة الوادي"],
    notice: "هذا المصدر بدون تاريخ.",
    until: "تسري هذه القواعد إلى غاية 31 دجنبر 2026.",
  },
  en: {
    text: "The olive oil permit takes 10 days and costs 450 dirhams (huiles.exemple.ma, +212 537 000 111).",
    titles: ["Colours", "Text", "Buttons", "Fields", "Messages", "Table", "Tabs", "Dialog", "Answer"],
    words: ["Send", "Cancel", "Choose", "Close", "Region", "Name the region.", "Kept on this device."],
    table: [["Procedure", "Delay", "Cost"], ["Olive oil permit", "10 days"], ["Certificate of origin", "2 days"]],
    tabs: ["Procedures", "Directory", "Questions"],
    sides: ["Cooperatives supported", "12 cooperatives", "15 cooperatives", "Saffron office", "Valley journal"],
    notice: "This source is undated.",
    until: "These rules hold until 31 December 2026.",
  },
};

function draw(language) {
  const sample = SAMPLES[language];
  const parts = [colours, text, buttons, fields, messages, table, tabs, dialog, answer];
  setTongue(document.documentElement, language);
  for (const one of document.querySelectorAll(".languages button")) {
    one.setAttribute("aria-pressed", String(one.value === language));
  }
  document.getElementById("guide").replaceChildren(
    make("h1", {}, "Sanad"),
    ...parts.map((part, index) => make("section", {}, make("h2", {}, sample.titles[index]), part(sample, language))),
  );
}

function colours() {
  const swatch = (name) => make("div", { class: "swatch" }, make("span", { class: `${name}-colour` }), make("code", {}, name));
  return make("div", { class: "row", dir: "ltr" }, COLOURS.map(swatch));
}

function text({ text: words }, language) {
  return make(
    "div",
    { class: "stack" },
    make("p", { class: "kicker" }, plainDate("2026-11-22", language)),
    make("p", {}, isolated(words)),
    make("p", { class: "soft" }, isolated(words)),
    make("p", {}, make("mark", {}, isolated(words))),
    make("p", { class: "strong" }, isolated(plainAmount(1234567.5, language, { style: "currency", currency: "MAD" }))),
    speech("blockquote", words),
  );
}

function buttons({ words: [send, cancel, pick, close] }) {
  const none = () => {};
  return make(
    "div",
    { class: "row" },
    button(send, none, { class: "main" }),
    button(send, none, { class: "main", "aria-disabled": "true" }),
    button(cancel, none),
    button(cancel, none, { class: "quiet" }),
    button(pick, none, { class: "chip", "aria-pressed": "false" }),
    button(pick, none, { class: "chip", "aria-pressed": "true" }),
    button("×", none, { class: "close", "aria-label": close }),
    make("a", { class: "button", href: "#guide" }, pick),
  );
}

function fields({ words: [send, , pick, , region, missing], text: words }, language) {
  const select = make("select", {}, make("option", {}, pick), make("option", {}, "Souss-Massa"));
  const form = new Form({
    words: wordsOf(language),
    title: region,
    fields: [
      make("label", { class: "field" }, make("span", {}, region), make("input", { type: "text", dir: "auto", "aria-invalid": "true" })),
      make("label", { class: "field" }, make("span", {}, region), select),
      lines(pick, words, { most: 200 }).field,
      choice(pick, { one: send, other: region }, { name: "sample", value: "one", chosen: () => {} }),
    ],
    send,
    deliver: () => {
      throw new Missing(missing);
    },
    leave: () => {},
  });
  return form.element;
}

function messages({ words, notice, text: long }) {
  return make(
    "div",
    { class: "stack" },
    make("p", { class: "notice" }, isolated(notice)),
    make("p", { class: "notice plain" }, isolated(notice)),
    make("div", { class: "failure" }, make("p", {}, isolated(words[5])), make("p", {}, isolated(long))),
    make("p", { class: "row" }, ...["", " warn", " bad"].map((kind) => make("span", { class: `badge${kind}` }, "12"))),
    make("p", { class: "thanks" }, words[6]),
    make("p", { class: "toast" }, words[6]),
    make("div", { class: "panel" }, isolated(long)),
  );
}

function table({ table: [head, ...rows] }, language) {
  const cost = (index) => isolated(plainAmount(450 * (index + 1), language, { style: "currency", currency: "MAD" }));
  const cells = rows.map((row, index) =>
    make("tr", {}, row.map((cell) => make("td", {}, isolated(cell))), make("td", { class: "amount" }, cost(index))),
  );
  const titles = head.map((title, index) => make("th", { scope: "col", class: index === 2 ? "amount" : null }, title));
  return make("div", { class: "table", tabindex: "0", role: "group" }, make("table", {}, make("thead", {}, make("tr", {}, titles)), make("tbody", {}, cells)));
}

const tabs = ({ tabs: names }) =>
  make("nav", { class: "tabs" }, names.map((name, index) => make("a", { href: "#guide", "aria-current": index ? null : "page" }, name)));

function dialog({ titles, text: words, words: [send] }) {
  const open = make("dialog", { class: "dialog", open: true, "aria-label": titles[7] });
  open.append(make("h3", {}, titles[7]), make("p", {}, isolated(words)), make("p", { class: "ways" }, button(send, () => {}, { class: "main" })));
  return open;
}

function answer({ text: words, sides, notice, until }, language) {
  const [subject, low, high, first, second] = sides;
  const cite = (n, publisher, date) => ({
    n, document_id: `sample-${n}`, title: subject, publisher, url: null, source_date: date, as_of: "2026-04-01",
    language, section: "", quote: words, start: 0, end: words.length,
  });
  const sample = {
    id: "sample", status: "conflict", reason: null, language, text: words,
    sentences: [{ text: words, citations: [1], mode: "quote" }],
    citations: [cite(1, first, "2026-03-02"), cite(2, second, null)],
    conflicts: [{ subject, positions: [{ value: low, citations: [1] }, { value: high, citations: [2] }] }],
    notices: [{ kind: "until", text: until }, { kind: "undated", text: notice }],
    handoff: { body: first, why: notice, contacts: [{ kind: "phone", value: "0537 000 111" }, { kind: "url", value: "https://huiles.exemple.ma" }] },
    follow_ups: [subject], engine: { composer: "extractive", model: null, generation: "sample" },
  };
  const labels = wordsOf(language);
  const voice = { language, label: language, words: labels, open: () => {} };
  const body = make("div", { class: "text" });
  for (const sentence of sample.sentences) addSentence(body, sentence, sample.citations, voice);
  body.prepend(...warnings(sample));
  return make(
    "article",
    {},
    speech("h3", words, { class: "question" }),
    make("p", { class: "status conflict" }, labels.status.conflict),
    make("div", { class: "sources" }, sources(sample.citations, voice)),
    body,
    make("div", { class: "rest" }, rest(sample, voice, () => {}, null)),
  );
}

for (const one of document.querySelectorAll(".languages button")) one.addEventListener("click", () => draw(one.value));
draw(Object.keys(SAMPLES).find((code) => navigator.language.startsWith(code)) ?? "fr");
