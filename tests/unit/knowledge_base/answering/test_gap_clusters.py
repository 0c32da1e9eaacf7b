"""Gaps found block by block are those that the plain definition finds."""

import math

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from knowledge_base.answering import gaps


def plainly(rows: np.ndarray, closeness: float) -> list[list[int]]:
    members: list[list[int]] = []
    for i, row in enumerate(rows):
        sums = [rows[cluster].sum(axis=0) for cluster in members]
        near = [round(float(row @ total) / math.sqrt(float(total @ total)), 9) for total in sums]
        best = max(range(len(near)), key=lambda c: (near[c], -c), default=-1)
        if best < 0 or near[best] < closeness:
            members.append([i])
        else:
            members[best].append(i)
    return members


@pytest.mark.parametrize("seed", range(4))
def test_clusters_are_those_of_the_definition(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "_BLOCK", 7)
    chance = np.random.default_rng(seed)
    rows = chance.random((60, 12)) * (chance.random((60, 12)) < 0.3)
    rows[rows.sum(axis=1) == 0, 0] = 1.0
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[30:36] = rows[:6]  # the same question again
    assert gaps._clusters(csr_matrix(rows), 0.6) == plainly(rows, 0.6)
    assert gaps._clusters(csr_matrix(rows), 2.0) == [[i] for i in range(60)]
