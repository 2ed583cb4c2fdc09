// Every word of the evaluators’ desk in English. The three tables share their keys.

export default {
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
    title: (name) => `Run ${name}`, pick: "Choose a run", outcomes: "Outcomes", slice: "Group",
    list: "Questions", every: "All", expected: "Expected", got: "Came back", missing: "Missing", forbidden: "Said wrongly", error: "Error",
    answer: "Answer", quotes: "Quotes", interval: (low, high) => `95 % interval: ${low} to ${high}`, none: "No such question in this run.",
    noneWay: "Choose another outcome.", more: "Show more", gone: "This run is gone: its folder was moved or removed.", about: "What was measured",
    since: "What changed since", sinceNone: "do not compare", everyLanguage: "All languages", everyKind: "All kinds",
    languages: "By language", others: "Other groups of questions", n: (n) => `Questions: ${n}`,
    lost: "no longer right", gained: "now right", still: "None of these questions flipped.", language: "Language", kind: "Kind of question",
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
    tally: "Verdicts", wins: (name) => `Better: ${name}`, both: "Both good", neither: "Neither", chance: (p) => `p = ${p} (exact McNemar)`, reveal: "See the verdicts", kept: "Opinion kept.",
    agreement: "Agreement of the graders",
    alone: "It takes two people who graded the same pairs to measure how far they agree.",
    graders: "Graders", shared: "Pairs in common", observed: "Agreement", range: "95% interval",
    kappaHint: "Cohen’s κ: agreement beyond chance. From 0.70 on, one grader is as good as the other; over few pairs the interval matters more than the figure.",
    history: "Earlier turns",
  },
};
