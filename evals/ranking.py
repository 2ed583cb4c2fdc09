"""Measures of one ranked list of ids against graded judgements.

`ranked` holds distinct ids, best first. `grades` maps ids to relevance; what is missing or not
above 0 is not relevant. A query without relevant documents scores 0 and stays in the mean, as in
trec_eval with `-c`.
"""

from collections.abc import Callable, Mapping, Sequence
from math import log2

Grades = Mapping[str, int]
Gain = Callable[[int], float]


def linear(grade: int) -> float:
    """`rel`: the gain of Järvelin & Kekäläinen (2002), of trec_eval and of the BEIR tables."""
    return float(grade)


def exponential(grade: int) -> float:
    """`2^rel - 1`: the gain of Burges et al. (2005); the same as `linear` for grades of 0 and 1."""
    return float(2**grade - 1)


def dcg(gains: Sequence[float]) -> float:
    """`sum of gain_r / log2(r + 1)` over ranks r from 1 (Burges et al., 2005; trec_eval)."""
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))


def ndcg(ranked: Sequence[str], grades: Grades, k: int = 10, gain: Gain = linear) -> float:
    """`DCG@k / IDCG@k`; the ideal list holds all judged documents, not only those retrieved."""
    ideal = sorted((gain(grade) for grade in grades.values() if grade > 0), reverse=True)
    if not ideal:
        return 0.0
    gains = [gain(max(grades.get(document, 0), 0)) for document in ranked[:k]]
    return dcg(gains) / dcg(ideal[:k])


def recall(ranked: Sequence[str], grades: Grades, k: int) -> float:
    """`relevant documents in the top k / relevant documents`."""
    relevant = {document for document, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranked[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Grades, k: int = 10) -> float:
    """`1 / rank` of the first relevant document of the top k, 0 if there is none.

    Its mean over queries is MRR@k (Voorhees, 1999, TREC-8 question answering track).
    """
    for rank, document in enumerate(ranked[:k], 1):
        if grades.get(document, 0) > 0:
            return 1 / rank
    return 0.0
