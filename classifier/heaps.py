"""Heaps of letters on one matter at one place: close letters first, then heaps that belong together, then stragglers.

Letters of many hands share few words with each other, so that comparing them one by one leaves a large matter in
pieces. The middle of a piece is clearer than any of its letters: pieces whose middles are alike and whose places do
not differ are one heap, and a letter that stood alone joins the heap whose middle it is near to.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix, diags
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from classifier.rules.thresholds import number

_NEIGHBOUR = number("heap_neighbour")  # cosine above which two letters are compared further
_SAME = number("heap_same")  # mean likeness within a first piece
_CHUNK = 1000
_LARGEST = 4000  # letters in one connected part that are grouped exactly
# What likeness is multiplied with, and what is added to it.
_OTHER_PLACE, _SAME_PLACE = number("heap_other_place"), number("heap_same_place")
_OWN_PLACE = number("heap_own_place")  # share of a piece's letters that name a place
# Cosine of two middles, and of a letter and a middle, of one place or of none.
_ALIKE_HERE, _ALIKE = number("heap_alike_here"), number("heap_alike")
_NEAR_HERE, _NEAR = number("heap_near_here"), number("heap_near")
_NEVER = 9.0  # no cosine reaches it

Floats = NDArray[np.float32]


def heaps(matrix: csr_matrix, placed: csr_matrix) -> list[list[int]]:
    """Return groups of at least two letters; `matrix` holds their terms, `placed` the places that they name."""
    found = _merged(matrix, placed, _pieces(matrix, placed))
    return _merged(matrix, placed, _with_stragglers(matrix, placed, found)) if found else []


def _pieces(matrix: csr_matrix, placed: csr_matrix) -> list[list[int]]:
    copies = _copies(matrix, placed)
    firsts = [members[0] for members in copies]
    matrix, placed = matrix[firsts], placed[firsts]
    count, part = connected_components(_neighbours(matrix), directed=False)
    order = np.argsort(part, kind="stable")
    bounds = np.searchsorted(part[order], np.arange(count + 1))
    groups = []
    for start, end in pairwise(bounds):
        members = [int(i) for i in order[start:end]]
        for piece in range(0, len(members), _LARGEST):
            groups += _split(matrix, placed, members[piece : piece + _LARGEST])
    found = [[letter for first in group for letter in copies[first]] for group in groups]
    return [group for group in found if len(group) > 1]


def _copies(matrix: csr_matrix, placed: csr_matrix) -> list[list[int]]:
    """Return the letters of the same terms together: a flood of copies costs as much as one of them."""
    same: dict[bytes, list[int]] = {}
    for letter in range(matrix.shape[0]):
        rows = (each[letter] for each in (matrix, placed))
        key = b"|".join(row.indices.tobytes() + b":" + row.data.tobytes() for row in rows)
        same.setdefault(key, []).append(letter)
    return list(same.values())


def _neighbours(matrix: csr_matrix) -> csr_matrix:
    rows, columns = [], []
    turned = matrix.T.tocsr()
    for start in range(0, matrix.shape[0], _CHUNK):
        product = (matrix[start : start + _CHUNK] @ turned).tocoo()
        near = product.data > _NEIGHBOUR
        rows.append(product.row[near] + start)
        columns.append(product.col[near])
    row, column = np.concatenate(rows), np.concatenate(columns)
    size = matrix.shape[0]
    return csr_matrix((np.ones(len(row), dtype=np.int8), (row, column)), shape=(size, size))


def _likeness(chosen: csr_matrix, placed: csr_matrix) -> Floats:
    """Return the cosine of each pair, lowered where both name places but hardly the same, raised where the same."""
    likeness: Floats = (chosen @ chosen.T).toarray()
    shared = (placed @ placed.T).toarray()
    named = shared.diagonal()
    share = shared / np.maximum(1.0, named[:, None] + named[None, :] - shared)
    both = np.outer(named, named) > 0
    likeness[both & (share < 0.34)] *= _OTHER_PLACE
    likeness[share >= 0.34] += _SAME_PLACE
    return likeness


def _split(matrix: csr_matrix, placed: csr_matrix, members: list[int]) -> list[list[int]]:
    """Return the groups within one connected part, by average linkage. A letter of no neighbour is a group."""
    if len(members) < 2:
        return [members]
    distance = np.clip(1.0 - _likeness(matrix[members], placed[members]), 0.0, 1.0)
    np.fill_diagonal(distance, 0.0)
    label = fcluster(linkage(squareform(distance, checks=False), "average"), 1.0 - _SAME, "distance")
    groups: dict[int, list[int]] = {}
    for member, group in zip(members, label, strict=True):
        groups.setdefault(int(group), []).append(member)
    return list(groups.values())


def _merged(matrix: csr_matrix, placed: csr_matrix, groups: list[list[int]]) -> list[list[int]]:
    """Return `groups` with those put together that belong together, in rounds, the likest pairs first."""
    groups = [list(group) for group in groups]
    while len(groups) > 1:
        middles, places = _middles(matrix, groups), _places(placed, groups)
        named = _any(places)
        gap = (middles @ middles.T).toarray() - _wanted(places @ places.T, named, named, _ALIKE_HERE, _ALIKE)
        pairs = np.argwhere(np.triu(gap >= 0, k=1))
        if not len(pairs):
            break
        likest = pairs[np.argsort(-gap[pairs[:, 0], pairs[:, 1]], kind="stable")]
        groups = _put_together(groups, likest.tolist())
    return groups


def _put_together(groups: list[list[int]], pairs: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return `groups` with each in at most one of `pairs`, the first ones first, made one."""
    taken: set[int] = set()
    for one, other in pairs:
        if not {one, other} & taken:
            taken |= {one, other}
            groups[one] = groups[one] + groups[other]
            groups[other] = []
    return [group for group in groups if group]


def _with_stragglers(matrix: csr_matrix, placed: csr_matrix, groups: list[list[int]]) -> list[list[int]]:
    """Return `groups` with the letters of none that are near to the middle of one."""
    taken = {letter for group in groups for letter in group}
    alone = [letter for letter in range(matrix.shape[0]) if letter not in taken]
    if not alone:
        return groups
    places, named = _places(placed, groups), placed[alone]
    near = (matrix[alone] @ _middles(matrix, groups).T).toarray()
    gap = near - _wanted(named @ places.T, _any(named), _any(places), _NEAR_HERE, _NEAR)
    grown = [list(group) for group in groups]
    for letter, row in zip(alone, gap, strict=True):
        nearest = int(np.argmax(row))
        if row[nearest] >= 0:
            grown[nearest].append(letter)
    return grown


def _wanted(
    shared: csr_matrix, left: NDArray[np.bool_], right: NDArray[np.bool_], here: float, anywhere: float
) -> Floats:
    """Return the likeness that each pair needs: little at one place, more where a side names none, never elsewhere."""
    same = shared.toarray() > 0
    wanted = np.where(same, here, anywhere).astype(np.float32)
    wanted[~same & np.outer(left, right)] = _NEVER
    return wanted


def _any(places: csr_matrix) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.asarray(places.sum(axis=1)).ravel() > 0
    return found


def _middles(matrix: csr_matrix, groups: Sequence[Sequence[int]]) -> csr_matrix:
    """Return the sum of each group's letters, at unit length."""
    sums = (_belonging(groups, matrix.shape[0]) @ matrix).tocsr()
    lengths = np.sqrt(np.asarray(sums.multiply(sums).sum(axis=1)).ravel())
    return csr_matrix(diags(1.0 / np.maximum(lengths, 1e-9)) @ sums)


def _places(placed: csr_matrix, groups: Sequence[Sequence[int]]) -> csr_matrix:
    """Return which places are each group's own."""
    counts = (_belonging(groups, placed.shape[0]) @ placed).tocsr()
    sizes = np.repeat([len(group) for group in groups], np.diff(counts.indptr))
    counts.data = (counts.data >= _OWN_PLACE * sizes).astype(np.float32)
    counts.eliminate_zeros()
    return csr_matrix(counts)


def _belonging(groups: Sequence[Sequence[int]], letters: int) -> csr_matrix:
    rows = [i for i, group in enumerate(groups) for _ in group]
    columns = [letter for group in groups for letter in group]
    return csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(groups), letters))
