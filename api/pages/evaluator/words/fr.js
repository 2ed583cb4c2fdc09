// Every word of the evaluators’ desk in French. The three tables share their keys.

export default {
  runs: {
    title: "Mesures",
    none: "Aucune mesure n’est enregistrée.",
    noneWay: "Lancez « sanad eval run --out » vers le dossier des mesures (SANAD_RUNS), puis rechargez.",
    run: "Mesure", system: "Système", day: "Jour", questions: "Questions", errors: "Erreurs", open: "Ouvrir",
    unfinished: "inachevée", unreadable: "illisible",
  },
  metric: {
    crag: "Justesse", fact_recall: "Faits dits", figure_precision: "Chiffres prouvés", cit_recall: "Phrases citées", cit_precision: "Citations utiles",
    false_answer: "Réponses à tort", false_refusal: "Refus à tort", recall_10: "Preuve dans les 10 premiers",
  },
  status: { answered: "réponse", partial: "réponse partielle", conflict: "sources en désaccord", clarify: "demande de précision", unanswerable: "sans réponse dans les documents", out_of_scope: "hors sujet", refused: "refus", error: "erreur" },
  judged: { right: "justes", partly: "en partie", withheld: "sans réponse", wrong: "fausses" },
  judgedOne: { right: "juste", partly: "en partie juste", withheld: "sans réponse", wrong: "fausse" },
  field: { all: "Ensemble", language: "Langue", kind: "Genre", tag: "Étiquette", evidence: "Preuve", pair: "Langues question et preuve" },
  report: {
    title: (name) => `Mesure ${name}`, pick: "Choisir une mesure", outcomes: "Issues", slice: "Groupe",
    list: "Questions", every: "Toutes", expected: "Attendu", got: "Obtenu", missing: "Manque", forbidden: "Dit à tort", error: "Erreur",
    answer: "Réponse", quotes: "Citations", interval: (low, high) => `intervalle à 95 % : ${low} à ${high}`, none: "Aucune question de ce genre dans cette mesure.",
    noneWay: "Choisissez une autre issue.", more: "Afficher la suite", gone: "Cette mesure n’existe plus : son dossier a été déplacé ou effacé.", about: "Ce qui a été mesuré",
    since: "Ce qui a changé depuis", sinceNone: "ne pas comparer", everyLanguage: "Toutes les langues", everyKind: "Tous les genres",
    languages: "Par langue", others: "Autres groupes de questions", n: (n) => `Questions : ${n}`,
    lost: "n’est plus juste", gained: "devenue juste", still: "Aucune de ces questions n’a changé de côté.", language: "Langue", kind: "Genre de question",
  },
  comparison: {
    title: "Comparer deux mesures", before: "Avant", after: "Après", go: "Comparer", same: "Choisissez deux mesures différentes.",
    measure: "Mesure", change: "Écart", turn: "Lecture", better: "mieux", worse: "moins bien", chance: "hasard possible", equal: "inchangé",
    gained: "Devenues justes", lost: "Ne sont plus justes", none: "Aucune question n’a changé de côté.",
    mismatch: "Ces deux mesures ne portent pas sur les mêmes questions : les comparer ne dirait rien. Choisissez-en deux du même fichier.",
    working: "Calcul des intervalles…", few: "Il faut au moins deux mesures terminées pour comparer.",
  },
  grading: {
    title: "Noter à l’aveugle", lead: "Deux réponses à la même question, sans dire de quelle mesure. Laquelle aide le mieux la personne, preuves comprises ?",
    first: "Première mesure", second: "Seconde mesure", go: "Commencer", left: "Réponse A", right: "Réponse B", silence: "Aucune réponse : une erreur.",
    choice: { left: "A est meilleure", right: "B est meilleure", both: "Aussi bonnes", neither: "Aucune des deux" },
    note: "Pourquoi (facultatif)", progress: (done, total) => `Paires notées : ${done} sur ${total}`, done: "Toutes les paires sont notées.", none: "Ces deux mesures donnent partout la même réponse.",
    tally: "Verdicts", wins: (name) => `Mieux : ${name}`, both: "Aussi bonnes", neither: "Aucune", chance: (p) => `p = ${p} (McNemar exact)`, reveal: "Voir les verdicts", kept: "Avis gardé.",
    agreement: "Accord entre les personnes qui notent",
    alone: "Il faut deux personnes qui ont noté les mêmes paires pour mesurer leur accord.",
    graders: "Personnes", shared: "Paires communes", observed: "Accord", range: "Intervalle à 95 %",
    kappaHint: "κ de Cohen : l’accord au-delà du hasard. À partir de 0,70, les avis se valent ; sur peu de paires, l’intervalle compte plus que le chiffre.",
    history: "Échange précédent",
  },
};
