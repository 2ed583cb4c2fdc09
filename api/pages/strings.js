// Every word of the page, in its three languages. The three tables share their keys.

const fr = {
  skip: "Aller à la question",
  fresh: "Recommencer",
  languages: "Langue de la page",
  welcome: "Le commerce extérieur du Maroc, preuves à l’appui",
  promise:
    "Posez votre question en français, en arabe, en darija ou en anglais. Chaque phrase de la réponse renvoie aux mots d’un document, avec sa date.",
  examples: "Par exemple",
  starters: [
    "Quels sont les objectifs chiffrés du programme de commerce extérieur 2025-2027 ?",
    "Quel est le téléphone du département des relations commerciales internationales ?",
    "Qu’est-ce que TijarIA ?",
    "À combien s’élèvent les exportations de l’artisanat marocain ?",
  ],
  label: "Votre question",
  send: "Envoyer",
  stop: "Arrêter",
  caution: "Vérifiez les sources avant de décider.",
  keys: "Entrée envoie, Maj + Entrée va à la ligne.",
  tooLong: (over) => `Caractères en trop : ${over}. Raccourcissez la question pour l’envoyer.`,
  stage: {
    read: "Lecture de la question…",
    search: "Recherche dans les documents…",
    write: "Rédaction…",
    check: "Vérification de chaque phrase…",
  },
  slow: "C’est plus long que d’habitude, la recherche continue.",
  found: (count) => `Sources trouvées : ${count}`,
  status: {
    answered: "Réponse trouvée dans les documents",
    partial: "Réponse partielle",
    conflict: "Les sources ne disent pas la même chose",
    clarify: "Une précision est nécessaire",
    unanswerable: "Nos documents n’y répondent pas",
    out_of_scope: "Hors du commerce extérieur",
    refused: "Sanad ne traite pas cette demande",
  },
  sources: "Sources",
  source: "Source",
  quoted: "Mots exacts des documents",
  drafted: "Rédigé par l’assistant, vérifié dans les sources",
  handoff: "Qui peut vous aider",
  contact: { phone: "Téléphone", fax: "Fax", email: "Courriel", url: "Site", address: "Adresse" },
  followUps: "Questions voisines",
  engine: "Moteur",
  undated: "sans date",
  checked: (date) => `fiche vérifiée le ${date}`,
  close: "Fermer",
  original: "Ouvrir l’original",
  inDocument: "Dans le document",
  wholeDocument: "Lire tout le document",
  loading: "Ouverture du document…",
  moved: "Le document a changé depuis cette réponse : les mots cités n’y sont plus à la même place.",
  unopened: "Le document ne s’ouvre pas.",
  retry: "Réessayer",
  edit: "Modifier la question",
  incomplete: "Ce qui s’affiche ci-dessus est incomplet.",
  technical: "Détail technique",
  wait: (seconds) => `Nouvel essai possible dans ${seconds} s.`,
  problem: {
    offline: "Le service ne répond pas. Vérifiez votre connexion, puis réessayez.",
    cut: "La connexion s’est coupée avant la fin de la réponse.",
    stopped: "Réponse arrêtée.",
    question_too_long: "La question est trop longue. Raccourcissez-la.",
    question_not_text: "La question contient des caractères illisibles. Retapez-la.",
    history_too_long: "La conversation est trop longue. Commencez-en une nouvelle.",
    busy: "Trop de questions en peu de temps.",
    invalid: "La question n’a pas pu être lue. Reformulez-la.",
    away: "Le service n’est pas disponible pour le moment. Votre question est gardée.",
    other: "Une erreur est survenue de notre côté. Votre question est gardée.",
  },
};

const ar = {
  skip: "الانتقال إلى السؤال",
  fresh: "من جديد",
  languages: "لغة الصفحة",
  welcome: "التجارة الخارجية للمغرب، بالدليل",
  promise:
    "اطرح سؤالك بالعربية أو الدارجة أو الفرنسية أو الإنجليزية. كل جملة في الجواب تحيل على كلمات وثيقة، مع تاريخها.",
  examples: "أمثلة",
  starters: [
    "ما هي الأهداف الرقمية لبرنامج التجارة الخارجية 2025-2027؟",
    "ما هو رقم هاتف مديرية العلاقات التجارية الدولية؟",
    "ما هي منصة TijarIA؟",
    "كم بلغت صادرات الصناعة التقليدية المغربية؟",
  ],
  label: "سؤالك",
  send: "إرسال",
  stop: "إيقاف",
  caution: "راجع المصادر قبل أن تقرر.",
  keys: "Enter للإرسال، Shift + Enter لسطر جديد.",
  tooLong: (over) => `عدد الأحرف الزائدة: ${over}. اختصر السؤال لإرساله.`,
  stage: {
    read: "قراءة السؤال…",
    search: "البحث في الوثائق…",
    write: "تحرير الجواب…",
    check: "التحقق من كل جملة…",
  },
  slow: "الأمر أطول من المعتاد، والبحث مستمر.",
  found: (count) => `عدد المصادر: ${count}`,
  status: {
    answered: "الجواب موجود في الوثائق",
    partial: "جواب جزئي",
    conflict: "المصادر غير متفقة",
    clarify: "نحتاج إلى توضيح",
    unanswerable: "لا جواب عن هذا في وثائقنا",
    out_of_scope: "خارج موضوع التجارة الخارجية",
    refused: "لا يعالج سند هذا الطلب",
  },
  sources: "المصادر",
  source: "المصدر",
  quoted: "كلمات الوثائق بنصها",
  drafted: "من تحرير المساعد، وتم التحقق منه في المصادر",
  handoff: "من يمكنه مساعدتك",
  contact: { phone: "الهاتف", fax: "الفاكس", email: "البريد الإلكتروني", url: "الموقع", address: "العنوان" },
  followUps: "أسئلة قريبة",
  engine: "المحرك",
  undated: "بدون تاريخ",
  checked: (date) => `تم التحقق من البطاقة في ${date}`,
  close: "إغلاق",
  original: "فتح الأصل",
  inDocument: "في الوثيقة",
  wholeDocument: "قراءة الوثيقة كاملة",
  loading: "جار فتح الوثيقة…",
  moved: "تغيرت الوثيقة منذ هذا الجواب، ولم تعد الكلمات المقتبسة في المكان نفسه.",
  unopened: "تعذر فتح الوثيقة.",
  retry: "إعادة المحاولة",
  edit: "تعديل السؤال",
  incomplete: "ما يظهر أعلاه غير كامل.",
  technical: "تفاصيل تقنية",
  wait: (seconds) => `يمكن إعادة المحاولة بعد ${seconds} ثانية.`,
  problem: {
    offline: "الخدمة لا تستجيب. تحقق من الاتصال ثم أعد المحاولة.",
    cut: "انقطع الاتصال قبل نهاية الجواب.",
    stopped: "تم إيقاف الجواب.",
    question_too_long: "السؤال طويل جدا. اختصره.",
    question_not_text: "في السؤال رموز لا تقرأ. أعد كتابته.",
    history_too_long: "المحادثة طويلة جدا. ابدأ محادثة جديدة.",
    busy: "أسئلة كثيرة في وقت قصير.",
    invalid: "تعذرت قراءة السؤال. أعد صياغته.",
    away: "الخدمة غير متاحة حاليا. سؤالك محفوظ.",
    other: "وقع خطأ من جهتنا. سؤالك محفوظ.",
  },
};

const en = {
  skip: "Go to the question",
  fresh: "Start over",
  languages: "Page language",
  welcome: "Moroccan foreign trade, with the proof",
  promise:
    "Ask in French, Arabic, Darija or English. Each sentence of the answer leads to the words of a document, with its date.",
  examples: "For example",
  starters: [
    "What are the targets of the 2025-2027 foreign trade programme?",
    "What is the phone number of the International Trade Relations Department?",
    "What is TijarIA?",
    "How much does Moroccan handicraft export?",
  ],
  label: "Your question",
  send: "Send",
  stop: "Stop",
  caution: "Check the sources before you decide.",
  keys: "Enter sends, Shift + Enter starts a new line.",
  tooLong: (over) => `Characters over the limit: ${over}. Shorten the question to send it.`,
  stage: {
    read: "Reading the question…",
    search: "Searching the documents…",
    write: "Writing…",
    check: "Checking each sentence…",
  },
  slow: "This takes longer than usual; still working.",
  found: (count) => `Sources found: ${count}`,
  status: {
    answered: "Answer found in the documents",
    partial: "Partial answer",
    conflict: "The sources disagree",
    clarify: "One detail is needed",
    unanswerable: "Our documents do not answer this",
    out_of_scope: "Outside foreign trade",
    refused: "Sanad does not handle this request",
  },
  sources: "Sources",
  source: "Source",
  quoted: "Exact words of the documents",
  drafted: "Drafted by the assistant, checked against the sources",
  handoff: "Who can help you",
  contact: { phone: "Phone", fax: "Fax", email: "Email", url: "Website", address: "Address" },
  followUps: "Related questions",
  engine: "Engine",
  undated: "undated",
  checked: (date) => `sheet checked on ${date}`,
  close: "Close",
  original: "Open the original",
  inDocument: "In the document",
  wholeDocument: "Read the whole document",
  loading: "Opening the document…",
  moved: "The document has changed since this answer: the quoted words are no longer in the same place.",
  unopened: "The document does not open.",
  retry: "Try again",
  edit: "Edit the question",
  incomplete: "What you see above is incomplete.",
  technical: "Technical detail",
  wait: (seconds) => `You can try again in ${seconds} s.`,
  problem: {
    offline: "The service does not respond. Check your connection, then try again.",
    cut: "The connection broke before the end of the answer.",
    stopped: "Answer stopped.",
    question_too_long: "The question is too long. Shorten it.",
    question_not_text: "The question holds unreadable characters. Type it again.",
    history_too_long: "The conversation is too long. Start a new one.",
    busy: "Too many questions in a short time.",
    invalid: "The question could not be read. Rephrase it.",
    away: "The service is not available right now. Your question is kept.",
    other: "Something went wrong on our side. Your question is kept.",
  },
};

const TABLES = { fr, ar, en };
const STAGES = { normalise: "read", guard: "read", rewrite: "read", compose: "write", verify: "check", finish: "check" };

/** The languages the page itself speaks, the default first. */
export const LANGUAGES = Object.keys(TABLES);

/** The words of one of those languages. */
export const wordsOf = (language) => TABLES[language];

/** The language of the labels around an answer: its own, else the nearest its reader knows. */
export function labelsFor(language, preferred) {
  if (language === "ary") return "ar";
  if (LANGUAGES.includes(language)) return language;
  return preferred === "ar" ? "fr" : preferred;
}

/** What a step of the pipeline means to the person waiting. */
export const stageWords = (words, stage) => words.stage[STAGES[stage] ?? "search"];

/** What a problem means to the person who asked. */
export function problemWords(words, { code, status }) {
  if (Object.hasOwn(words.problem, code)) return words.problem[code];
  if (status === 429) return words.problem.busy;
  if (status >= 400 && status < 500) return words.problem.invalid;
  return status === 502 || status === 503 || status === 504 ? words.problem.away : words.problem.other;
}
