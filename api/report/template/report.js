// Filters over cards that are already in the page; nothing is written but attributes and a count.

const form = document.getElementById("filters");
const shown = document.getElementById("shown");
const cards = [...document.querySelectorAll("#cards > .card")];
const words = new Map();

/** Folded as people search: no case, accents, vowel signs or stretched letters. */
const fold = (text) => text.normalize("NFKD").replace(/[\p{M}ـ]/gu, "").toLowerCase();

function wordsOf(card) {
  if (!words.has(card)) words.set(card, fold(`${card.id} ${card.textContent}`));
  return words.get(card);
}

function apply() {
  const { text = "", ...chosen } = Object.fromEntries(new FormData(form));
  const fields = Object.entries(chosen).filter(([, value]) => value);
  const sought = fold(text).split(/\s+/u).filter(Boolean);
  for (const card of cards) {
    card.hidden = !(
      fields.every(([name, value]) => card.dataset[name].split(" ").includes(value)) &&
      sought.every((word) => wordsOf(card).includes(word))
    );
  }
  const left = cards.filter((card) => !card.hidden).length;
  shown.textContent = `${left} of ${cards.length} questions`;
}

/** Shows the card that the address names, whatever the filters say. */
function follow() {
  const card = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!card?.classList.contains("card")) return;
  if (card.hidden) form.reset();
  apply();
  card.querySelector("details").open = true;
  card.scrollIntoView();
}

document.addEventListener("click", ({ target }) => {
  const link = target.closest("a[data-filter]");
  if (!link) return;
  form.reset();
  for (const [name, value] of new URLSearchParams(link.dataset.filter)) form.elements[name].value = value;
  apply();
});

document.getElementById("unfold").addEventListener("click", () => {
  for (const card of cards) if (!card.hidden) card.querySelector("details").open = true;
});

form.addEventListener("input", apply);
form.addEventListener("reset", () => setTimeout(apply));
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", follow);
form.hidden = false;
apply();
follow();
