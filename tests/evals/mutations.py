# ruff: noqa: E501  (a fragment of source is one line)
"""Would the cases notice a wrong formula? Each mutant is a metric with one fragment changed."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests.evals.cases import CASES

Change = tuple[str, str]
"""What stands in the source once, and what the mutant has instead."""

MUTANTS: Mapping[str, Mapping[str, tuple[Change, ...]]] = {
    "evals.spans": {
        "covers": (
            ("common >= share", "common > share"),
            ("share * (gold.end - gold.start)", "share * (passage.end - passage.start)"),
            ("max(passage.start, gold.start)", "min(passage.start, gold.start)"),
            ("min(passage.end, gold.end)", "max(passage.end, gold.end)"),
            ("return same and common", "return common"),
            ("common > 0 and ", ""),
            ("SHARE = 0.5", "SHARE = 0.6"),
        ),
        "recall": (
            ("any(finds(passage, gold) for passage in ranked[:k]) for gold in golds", "any(finds(passage, gold) for gold in golds) for passage in ranked[:k]"),
            ("for passage in ranked[:k]) for", "for passage in ranked) for"),
            ("found / len(golds) if golds", "found / k if golds"),
            ("if golds else 0.0\n\n\ndef hit_at", "if golds else 1.0\n\n\ndef hit_at"),
            ("any(covers(passage, alternative)", "all(covers(passage, alternative)"),
            ("in gold.alternatives)", "in gold.alternatives[:1])"),
        ),
        "hit": (
            ("in ranked[:k] for gold in golds))", "in ranked for gold in golds))"),
            ("float(any(", "float(all("),
        ),
        "mrr": (
            ("enumerate(ranked[:k], 1):\n        if any", "enumerate(ranked[:k]):\n        if any"),
            ("enumerate(ranked[:k], 1):\n        if any", "enumerate(ranked, 1):\n        if any"),
            ("return 1 / rank", "return 1 / rank**2"),
            ("if any(finds(passage, gold) for gold in golds):", "if all(finds(passage, gold) for gold in golds):"),
        ),
        "ndcg": (
            ("exponential(max(", "float(max("),
            ("max((gold", "min((gold"),
            ("left -= first", "left - first"),
            ("reverse=True", "reverse=False"),
            ("[*gains, *(", "[*("),
            ("for gold in left)]", "for gold in golds)]"),
            ("for passage in ranked[:k]:\n        first", "for passage in ranked:\n        first"),
            ("dcg(ideal[:k]) if golds else 0.0", "dcg(ideal[:k]) if golds else 1.0"),
        ),
    },
    "evals.citations": {
        "cit_recall": (
            ("if one.claims)\n\n\ndef cit_precision", ")\n\n\ndef cit_precision"),
            ("all(one.quotes) and", "any(one.quotes) and"),
            ("all(one.quotes) and", ""),
            ("return bool(quotes) and ", "return not quotes or "),
            ('"\\n".join(quotes)', "quotes[0]"),
            (r'r"[^\W_]"', r'r"\S"'),
            ("sum(values) / len(values) if values else 0.0", "sum(values) / len(values) if values else 1.0"),
        ),
        "cit_precision": (
            ("yield proved and (", "yield ("),
            ("or not _entails(others", "or _entails(others"),
            (" or not _entails(others, one.text, support)", ""),
            ("_entails((quote,), one.text, support) or ", ""),
            ("one.quotes[:place] + ", ""),
            ("one.quotes[place + 1 :]", "one.quotes[place:]"),
            ("for one in sentences if one.claims for needed", "for one in sentences for needed"),
        ),
        "cit_f1": (
            ("return 2 * precision", "return precision"),
            ("if total else 0.0", "if total else 1.0"),
            ("2 * precision * recall / total", "total / 2"),
        ),
        "words": (
            ("WORDS = 0.7", "WORDS = 0.6"),
            ("WORDS = 0.7", "WORDS = 0.8"),
            ("found >= WORDS", "found > WORDS"),
            ("if not all(any(", "if not any(any("),
            ("supports(figure, one)", "supports(one, figure)"),
            ("        if not all(any(supports(figure, one) for figure in known) for one in said):\n            return False\n", ""),
            ("stems(_without(claim, [(figure.start, figure.end) for figure in said]))", "stems(claim)"),
            ("if words else bool(said)", "if words else True"),
            ("not vocabulary.isdisjoint", "vocabulary.isdisjoint"),
        ),
        "gold_cite_recall": (
            ("_documents(gold) for gold in golds}\n        used", "gold.alternatives for gold in golds}\n        used"),
            ("not used.isdisjoint(documents)", "used >= documents"),
            ('if level == "document":\n        wanted = {_documents', 'if level == "span":\n        wanted = {_documents'),
            ("any(finds(citation, gold) for citation in citations) for gold in golds", "any(finds(citation, gold) for gold in golds) for citation in citations"),
        ),
        "gold_cite_precision": (
            ("any(finds(citation, gold) for gold in golds) for citation in citations", "any(finds(citation, gold) for citation in citations) for gold in golds"),
            ("any(finds(citation, gold) for gold in golds) for", "all(finds(citation, gold) for gold in golds) for"),
            ("citation.document in wanted for", "citation.document not in wanted for"),
            ("for citation in citations)\n    return _mean(any(finds(citation, gold) for gold", "for citation in set(citations))\n    return _mean(any(finds(citation, gold) for gold"),
        ),
        "quote_class": (
            ("PIECE = 3", "PIECE = 2"),
            ("PIECE = 3", "PIECE = 4"),
            ("0 <= citation.start < citation.end and ", ""),
            ("source[citation.start : citation.end] == citation.quote", "citation.quote in source"),
            ("len(segments) == 1 and", "len(segments) == 2 and"),
            ("    if not segments:\n", "    if not citation.quote:\n"),
            ('else "fabricated"\n\n\n_ELL', 'else "frankenquote"\n\n\n_ELL'),
            ("all(_is_pieced", "any(_is_pieced"),
            ("if begin in cuts:", "if True:"),
            ("range(begin + PIECE, end + 1)", "range(begin + PIECE, end)"),
            ("range(begin + PIECE, end + 1)", "[end]"),
            ("return len(words) in cuts", "return len(cuts) > 1"),
            ("any(words in text for", "all(words in text for"),
        ),
    },
    "evals.abstention": {
        "refusal_precision": (
            ("refused = [one for one in outcomes if not one.answers]", "refused = [one for one in outcomes if not one.answerable]"),
            ("sum(not one.answerable for one in refused)", "sum(one.answerable for one in refused)"),
            ("return not self.answerable if", "return self.answerable if"),
        ),
        "refusal_recall": (
            ("share(sum(not one.answers for one in unanswerable), len(unanswerable))", "share(sum(not one.answers for one in unanswerable), sum(not one.answers for one in outcomes))"),
            ("sum(not one.answers for one in unanswerable)", "sum(not one.answers for one in outcomes)"),
            ("return not self.answerable if", "return self.answerable if"),
        ),
        "risk_coverage": (
            ("np.unique(-values", "np.unique(values"),
            ("weights=errors) / sizes", "weights=errors)"),
            ("np.arange(1, len(values) + 1)", "len(values)"),
            ("np.cumsum(np.repeat(expected, sizes))", "np.cumsum(errors[np.argsort(-values)])"),
        ),
        "aurc": (
            (".mean())\n\n\ndef coverage", ".sum())\n\n\ndef coverage"),
            ("np.unique(-values", "np.unique(values"),
        ),
        "coverage_at_risk": (
            ("RISK = 0.05", "RISK = 0.04"),
            ("allowed[-1] + 1", "allowed[0] + 1"),
            ("allowed[-1] + 1", "allowed[-1]"),
            ("is_end & (", "("),
            ("limit + _ROUNDING", "limit - _ROUNDING"),
            ("if len(allowed) else 0.0", "if len(allowed) else 1.0"),
        ),
        "reliability": (
            (", bins - 1)", ", bins)"),
            ("score=float(scores.mean())", "score=(place + 0.5) / bins"),
            ("right=successes / n", "right=successes / bins"),
            ("(place + 1) / bins", "(place + 2) / bins"),
        ),
        "ece": (
            ("abs(one.right - one.score)", "(one.right - one.score)"),
            ("sum(one.n * abs", "sum(abs"),
            ("/ len(scores)", "/ bins"),
        ),
    },
    "evals.statistics": {
        "wilson": (
            ("z**2 / (2 * n)", "z**2 / n"),
            ("z**2 / (4 * n**2)", "z**2 / (4 * n)"),
            ("p * (1 - p) / n", "p * (1 - p)"),
            ("scale = 1 + z**2 / n", "scale = 1"),
            ("inv_cdf((1 + confidence) / 2)", "inv_cdf(confidence)"),
            ("Interval(0.0, 1.0)", "Interval(0.0, 0.0)"),
        ),
        "bootstrap": (
            ("random.integers(len(totals), size", "random.integers(1, size"),
            ("sums / counts, confidence", "sums / len(values), confidence"),
            ("members.setdefault(cluster, [])", "members.setdefault(cluster + str(len(members)), [])"),
            ("(1 - confidence) / 2, (1", "(1 - confidence), (1"),
            ("(1 - confidence) / 2, (1 + confidence) / 2]", "0.0, 1.0]"),
            ("(fsum(cluster), len(cluster))", "(fsum(cluster) / len(cluster), 1)"),
            ("n = len(set(clusters))", "n = len(clusters)"),
            ("min(ones, zeros) < RARE", "min(ones, zeros) <= RARE"),
            ("ones + zeros == len(values) and ", ""),
        ),
        "randomisation": (
            ("return (1 + extreme) / (1 + resamples)", "return extreme / resamples"),
            ("return (1 + extreme) / (1 + resamples)", "return (1 + extreme) / resamples"),
            ("flipped >= observed - slack", "flipped > observed + slack"),
            ('signed = -1 if alternative == "less"', 'signed = 1 if alternative == "less"'),
            ('if alternative == "two-sided":', 'if alternative == "greater":'),
            ("sums = signed * _totals(deltas, clusters)[:, 0]", "sums = signed * np.asarray(deltas)"),
            ("random.choice([-1.0, 1.0]", "random.choice([0.0, 1.0]"),
        ),
        "mcnemar": (
            ("min(b, c) + 1", "min(b, c)"),
            ("2 * tail / (1 << n)", "tail / (1 << n)"),
            ("range(min(b, c)", "range(max(b, c)"),
            ("min(1.0, 2 * tail", "max(0.0, 2 * tail"),
        ),
        "holm": (
            ("(m - rank) * p_values", "m * p_values"),
            ("(m - rank) * p_values", "(m - rank - 1) * p_values"),
            ("max(largest, min(1.0", "max(0.0, min(1.0"),
            ("min(1.0, (m - rank) * p_values[position])", "(m - rank) * p_values[position]"),
            ("largest <= alpha", "largest < alpha"),
            ("largest <= alpha", "p_values[position] <= alpha"),
            ("adjusted[position] for position in range(m)", "adjusted[position] for position in adjusted"),
        ),
        "mde": (
            ("return 2.8 *", "return 1.96 *"),
            ("sqrt(discordant_share / n)", "discordant_share / sqrt(n)"),
        ),
        "kappa": (
            ("observed - expected, beyond", "observed, beyond"),
            ("shares.sum(axis=1) * shares.sum(axis=2)", "shares.sum(axis=1) * shares.sum(axis=1)"),
            ("beyond = 1 - expected", "beyond = 1 + expected"),
            ("np.zeros_like(beyond)", "np.ones_like(beyond)"),
        ),
        "prediction_powered": (
            ("scores.mean() - errors.mean()", "scores.mean() + errors.mean()"),
            ("scores.mean() - errors.mean()", "scores.mean()"),
            ("p - y for p, y", "p + y for p, y"),
            ("scores.var() / len(scores) + errors.var()", "errors.var()"),
            ("+ errors.var() / len(errors)", ""),
            ("errors.var() / len(errors)", "errors.var() / len(scores) ** 2"),
        ),
    },
    "evals.ranking": {
        "dcg": (
            ("log2(rank + 1) for", "log2(rank + 2) for"),
            ("gain / log2(rank + 1)", "gain"),
        ),
        "graded_ndcg": (
            ("return float(2**grade - 1)", "return float(grade)"),
            ("dcg(ideal[:k])", "dcg(ideal)"),
            ("for document in ranked[:k]]", "for document in ranked]"),
            ("reverse=True", "reverse=False"),
            ("max(grades.get(document, 0), 0)", "grades.get(document, 0)"),
        ),
        "graded_recall": (
            ("for document, grade in grades.items() if grade > 0}", "for document, grade in grades.items()}"),
            ("intersection(ranked[:k])", "intersection(ranked)"),
            ("/ len(relevant) if relevant", "/ k if relevant"),
        ),
        "graded_mrr": (
            ("enumerate(ranked[:k], 1)", "enumerate(ranked[:k], 2)"),
            ("enumerate(ranked[:k], 1)", "enumerate(ranked, 1)"),
            ("if grades.get(document, 0) > 0", "if grades.get(document, 0) >= 0"),
        ),
    },
    "evals.metrics": {
        "fact_recall": (
            ("share(found, len(facts), of_nothing=1.0)", "share(found, len(facts))"),
            ("share(found, len(facts)", "share(bool(found), 1"),
            ("return share(found, len(facts)", "return 1 - share(found, len(facts)"),
        ),
        "figure_precision": (
            ("said, of_nothing=1.0", "said"),
            ("if not any(supports(evidence, figure)", "if any(supports(evidence, figure)"),
            ("supports(evidence, figure)", "supports(figure, evidence)"),
            ("if not any(supports(evidence", "if not all(supports(evidence"),
        ),
        "quotes_exact": (
            ("citation.end <= len(source.text)", "True"),
            ("0 <= citation.start < citation.end", "0 <= citation.start <= citation.end"),
            ("[citation.start : citation.end] == citation.quote", ".count(citation.quote) > 0"),
        ),
        "crag": (
            ("if spoiled:", "if not spoiled:"),
            ("if accepted and precision == 1 else -1.0", "if accepted else -1.0"),
            ("if accepted and precision == 1 else -1.0", "if precision == 1 else -1.0"),
            ("        return 0.0\n    return _graded", "        return -1.0\n    return _graded"),
            ("if precision < 1 or recall == 0", "if precision < 1"),
            ("if precision < 1 or recall == 0", "if recall == 0"),
            ("if recall == 1 else 0.5", "if recall == 1 else 0.0"),
            ("if recall == 1 else 0.5", "if recall > 0 else 0.5"),
        ),
        "percentile": (
            ("ceil(len(ordered) * percent / 100)", "int(len(ordered) * percent / 100)"),
            ("ordered = sorted(values)", "ordered = list(values)"),
            (" - 1] if ordered", "] if ordered"),
            ("max(ceil(len(ordered) * percent / 100), 1)", "ceil(len(ordered) * percent / 100)"),
        ),
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A metric of a module with one fragment of the source changed."""

    module: str
    metric: str
    old: str
    new: str

    def is_killed(self) -> bool:
        """Whether a case of the metric has another value, or none, in the altered module."""
        cases = [case for case in CASES[self.module] if case.metric == self.metric]
        try:
            altered = self._load()
            return not all(case.holds(altered) for case in cases)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return True

    def _load(self) -> ModuleType:
        path = importlib.import_module(self.module).__file__
        source = Path(path or "").read_text(encoding="utf-8")
        if source.count(self.old) != 1:
            raise AssertionError(f"{self.module} does not hold once: {self.old!r}")
        altered = ModuleType(f"mutant of {self.module}")
        exec(compile(source.replace(self.old, self.new), str(path), "exec"), altered.__dict__)
        return altered


def mutants() -> tuple[Mutant, ...]:
    """All of them, by module and metric."""
    return tuple(
        Mutant(module, metric, *change)
        for module, metrics in MUTANTS.items()
        for metric, changes in metrics.items()
        for change in changes
    )


def mutation_table() -> str:
    """Markdown: how many mutants of each metric its cases kill."""
    rows = ["| module | metric | cases | mutants | killed |", "|---|---|---:|---:|---:|"]
    for module, metrics in MUTANTS.items():
        for metric, changes in metrics.items():
            cases = sum(case.metric == metric for case in CASES[module])
            killed = sum(Mutant(module, metric, *change).is_killed() for change in changes)
            name = module.replace(".", "/") + ".py"
            rows.append(f"| `{name}` | {metric} | {cases} | {len(changes)} | {killed} |")
    return "\n".join(rows) + "\n"
