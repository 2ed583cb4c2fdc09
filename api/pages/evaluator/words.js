// The words of the evaluators' desk, in its three languages. The three tables share their keys.

const fr = {
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
    title: (name) => `Mesure ${name}`, pick: "Choisir une mesure", outcomes: "Issues", slices: "Par groupe de questions", slice: "Groupe",
    list: "Questions", every: "Toutes", expected: "Attendu", got: "Obtenu", missing: "Manque", forbidden: "Dit à tort", error: "Erreur",
    answer: "Réponse", quotes: "Citations", interval: (low, high) => `intervalle à 95 % : ${low} à ${high}`, none: "Aucune question de ce genre dans cette mesure.",
    noneWay: "Choisissez une autre issue.", more: "Afficher la suite", gone: "Cette mesure n’existe plus : son dossier a été déplacé ou effacé.", about: "Ce qui a été mesuré",
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
    tally: "Verdicts", wins: (name) => `Mieux : ${name}`, both: "Aussi bonnes", neither: "Aucune", chance: (p) => `p = ${p} (McNemar exact)`, reveal: "Voir les verdicts", kept: "Avis gardé.", history: "Échange précédent",
  },
};

const ar = {
  runs: {
    title: "القياسات",
    none: "لا قياس مسجل.",
    noneWay: "شغل ‎sanad eval run --out‎ نحو مجلد القياسات (SANAD_RUNS)، ثم أعد التحميل.",
    run: "القياس", system: "النظام", day: "اليوم", questions: "الأسئلة", errors: "الأخطاء", open: "فتح",
    unfinished: "غير مكتمل", unreadable: "غير مقروء",
  },
  metric: {
    crag: "الصواب", fact_recall: "الوقائع المذكورة", figure_precision: "الأرقام المثبتة", cit_recall: "الجمل الموثقة", cit_precision: "الإحالات المفيدة",
    false_answer: "أجوبة في غير محلها", false_refusal: "رفض في غير محله", recall_10: "الدليل ضمن العشرة الأوائل",
  },
  status: { answered: "جواب", partial: "جواب جزئي", conflict: "مصادر غير متفقة", clarify: "طلب توضيح", unanswerable: "لا جواب في الوثائق", out_of_scope: "خارج الموضوع", refused: "رفض", error: "خطأ" },
  judged: { right: "صحيحة", partly: "صحيحة جزئيا", withheld: "بلا جواب", wrong: "خاطئة" },
  judgedOne: { right: "صحيح", partly: "صحيح جزئيا", withheld: "بلا جواب", wrong: "خاطئ" },
  field: { all: "المجموع", language: "اللغة", kind: "النوع", tag: "الوسم", evidence: "الدليل", pair: "لغتا السؤال والدليل" },
  report: {
    title: (name) => `القياس ${name}`, pick: "اختيار قياس", outcomes: "النتائج", slices: "حسب مجموعات الأسئلة", slice: "المجموعة",
    list: "الأسئلة", every: "الكل", expected: "المنتظر", got: "المحصل", missing: "ناقص", forbidden: "قيل خطأ", error: "خطأ",
    answer: "الجواب", quotes: "الاقتباسات", interval: (low, high) => `مجال 95 %: من ${low} إلى ${high}`, none: "لا سؤال من هذا النوع في هذا القياس.",
    noneWay: "اختر نتيجة أخرى.", more: "عرض المزيد", gone: "لم يعد هذا القياس موجودا: نقل مجلده أو حذف.", about: "ما تم قياسه",
  },
  comparison: {
    title: "مقارنة قياسين", before: "قبل", after: "بعد", go: "قارن", same: "اختر قياسين مختلفين.",
    measure: "المقياس", change: "الفرق", turn: "القراءة", better: "أحسن", worse: "أسوأ", chance: "قد يكون صدفة", equal: "لم يتغير",
    gained: "أصبحت صحيحة", lost: "لم تعد صحيحة", none: "لم يتغير حال أي سؤال.",
    mismatch: "هذان القياسان لا يخصان الأسئلة نفسها، فالمقارنة لا تفيد. اختر قياسين من الملف نفسه.",
    working: "حساب المجالات…", few: "تلزم للمقارنة نتيجتا قياسين مكتملين على الأقل.",
  },
  grading: {
    title: "التقييم المحجوب", lead: "جوابان عن السؤال نفسه دون ذكر القياس. أيهما أنفع لصاحب السؤال، مع الأدلة؟",
    first: "القياس الأول", second: "القياس الثاني", go: "ابدأ", left: "الجواب A", right: "الجواب B", silence: "لا جواب: وقع خطأ.",
    choice: { left: "A أحسن", right: "B أحسن", both: "جيدان معا", neither: "لا هذا ولا ذاك" },
    note: "السبب (اختياري)", progress: (done, total) => `الأزواج المقيمة: ${done} من ${total}`, done: "كل الأزواج مقيمة.", none: "القياسان يعطيان الجواب نفسه في كل مكان.",
    tally: "الأحكام", wins: (name) => `الأحسن: ${name}`, both: "جيدان معا", neither: "لا أحد", chance: (p) => `p = ${p} (McNemar)`, reveal: "عرض الأحكام", kept: "حفظ الرأي.", history: "المحادثة السابقة",
  },
};

const en = {
  runs: {
    title: "Runs",
    none: "No run is kept.",
    noneWay: "Run “sanad eval run --out” into the folder of the runs (SANAD_RUNS), then reload.",
    run: "Run", system: "System", day: "Day", questions: "Questions", errors: "Errors", open: "Open",
    unfinished: "not finished", unreadable: "cannot be read",
  },
  metric: {
    crag: "Right", fact_recall: "Facts said", figure_precision: "Figures proved", cit_recall: "Sentences cited", cit_precision: "Useful citations",
    false_answer: "Answered wrongly", false_refusal: "Refused wrongly", recall_10: "Proof in the first 10",
  },
  status: { answered: "answer", partial: "partial answer", conflict: "sources disagree", clarify: "asks back", unanswerable: "no answer in the documents", out_of_scope: "off topic", refused: "refusal", error: "error" },
  judged: { right: "right", partly: "partly right", withheld: "withheld", wrong: "wrong" },
  judgedOne: { right: "right", partly: "partly right", withheld: "withheld", wrong: "wrong" },
  field: { all: "All", language: "Language", kind: "Kind", tag: "Tag", evidence: "Evidence", pair: "Languages of question and evidence" },
  report: {
    title: (name) => `Run ${name}`, pick: "Choose a run", outcomes: "Outcomes", slices: "By group of questions", slice: "Group",
    list: "Questions", every: "All", expected: "Expected", got: "Came back", missing: "Missing", forbidden: "Said wrongly", error: "Error",
    answer: "Answer", quotes: "Quotes", interval: (low, high) => `95 % interval: ${low} to ${high}`, none: "No such question in this run.",
    noneWay: "Choose another outcome.", more: "Show more", gone: "This run is gone: its folder was moved or removed.", about: "What was measured",
  },
  comparison: {
    title: "Compare two runs", before: "Before", after: "After", go: "Compare", same: "Choose two different runs.",
    measure: "Measure", change: "Change", turn: "Reading", better: "better", worse: "worse", chance: "may be chance", equal: "unchanged",
    gained: "Right now", lost: "No longer right", none: "No question changed sides.",
    mismatch: "These two runs are not about the same questions: comparing them would say nothing. Choose two of the same file.",
    working: "Working out the intervals…", few: "It takes at least two finished runs to compare.",
  },
  grading: {
    title: "Blind grading", lead: "Two answers to the same question, without telling whose they are. Which helps the person more, evidence included?",
    first: "First run", second: "Second run", go: "Begin", left: "Answer A", right: "Answer B", silence: "No answer: an error.",
    choice: { left: "A is better", right: "B is better", both: "Both are good", neither: "Neither is" },
    note: "Why (optional)", progress: (done, total) => `Pairs graded: ${done} of ${total}`, done: "All pairs are graded.", none: "These two runs give the same answer everywhere.",
    tally: "Verdicts", wins: (name) => `Better: ${name}`, both: "Both good", neither: "Neither", chance: (p) => `p = ${p} (exact McNemar)`, reveal: "See the verdicts", kept: "Opinion kept.", history: "Earlier turns",
  },
};

const TABLES = { fr, ar, en };

export const evaluationWordsOf = (language) => TABLES[language];
