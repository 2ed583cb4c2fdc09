// Every word of the evaluators’ desk in Arabic. The three tables share their keys.

export default {
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
    title: (name) => `القياس ${name}`, pick: "اختيار قياس", outcomes: "النتائج", slice: "المجموعة",
    list: "الأسئلة", every: "الكل", expected: "المنتظر", got: "المحصل", missing: "ناقص", forbidden: "قيل خطأ", error: "خطأ",
    answer: "الجواب", quotes: "الاقتباسات", interval: (low, high) => `مجال 95 %: من ${low} إلى ${high}`, none: "لا سؤال من هذا النوع في هذا القياس.",
    noneWay: "اختر نتيجة أخرى.", more: "عرض المزيد", gone: "لم يعد هذا القياس موجودا: نقل مجلده أو حذف.", about: "ما تم قياسه",
    since: "ما تغير منذ", sinceNone: "دون مقارنة", everyLanguage: "كل اللغات", everyKind: "كل الأنواع",
    languages: "حسب اللغة", others: "مجموعات أخرى من الأسئلة", n: (n) => `عدد الأسئلة: ${n}`,
    lost: "لم يعد صحيحا", gained: "صار صحيحا", still: "لم يتغير حال أي من هذه الأسئلة.", language: "اللغة", kind: "نوع السؤال",
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
    tally: "الأحكام", wins: (name) => `الأحسن: ${name}`, both: "جيدان معا", neither: "لا أحد", chance: (p) => `p = ${p} (McNemar)`, reveal: "عرض الأحكام", kept: "حفظ الرأي.",
    agreement: "اتفاق المقيمين",
    alone: "لا يقاس الاتفاق إلا بين شخصين قيما الأزواج نفسها.",
    graders: "المقيمان", shared: "الأزواج المشتركة", observed: "الاتفاق", range: "مجال 95 %",
    kappaHint: "معامل κ لكوهن: الاتفاق خارج الصدفة. ابتداء من 0,70 تتقارب الآراء، ومع قلة الأزواج يكون المجال أهم من الرقم.",
    history: "المحادثة السابقة",
  },
};
