from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assistant.library.landscape import article_vectors, landscape, plane
from assistant.library.store import Library
from tests.fakes import HashEmbedder
from tests.library.support import BRIDGE, MILL, OWLS, long_paragraphs, write_page

FAR = st.floats(-1, 1, width=32)
SHAPES = st.tuples(st.integers(0, 12), st.integers(1, 6))


def test_an_article_lies_at_the_mean_of_its_passages(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", HashEmbedder()) as library:
        library.add([write_page(tmp_path, "a.md", "Lamps", *long_paragraphs(3))])
        library.add([write_page(tmp_path, "b.md", "Owls", OWLS)])
        ids, means = article_vectors(library)
        first = library.articles()[0]
        passages = [f"Lamps\n{p.text}" for p in library.article_passages(first.id)]
        assert len(passages) > 1
    mean = HashEmbedder().embed_queries(passages).mean(axis=0)
    assert ids[0] == first.id
    np.testing.assert_allclose(means[0], mean / np.linalg.norm(mean), atol=1e-5)


def test_articles_about_the_same_lie_near_each_other(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", HashEmbedder()) as library:
        assert landscape(library).article_ids == ()
        texts = {"a": MILL, "b": f"{MILL} Still.", "c": OWLS, "d": BRIDGE}
        library.add([write_page(tmp_path, f"{n}.md", n, text) for n, text in texts.items()])
        seen = landscape(library)
        titles = {article.id: article.title for article in library.articles()}
        again = landscape(library)
    places = {titles[i]: point for i, point in zip(seen.article_ids, seen.points, strict=True)}
    near = np.linalg.norm(places["a"] - places["b"])
    assert all(near < np.linalg.norm(places["a"] - places[other]) for other in "cd")
    assert 0 < seen.explained <= 1
    np.testing.assert_array_equal(seen.points, again.points)


@given(arrays(np.float32, SHAPES, elements=FAR))
def test_every_point_is_on_the_plane(vectors: np.ndarray) -> None:
    points, explained = plane(vectors)
    assert points.shape == (len(vectors), 2)
    assert np.isfinite(points).all()
    assert np.abs(points).max(initial=0) <= 1.0001
    assert 0 <= explained <= 1


def test_the_axes_are_those_of_most_difference() -> None:
    along = np.array([[x, 0.1 * y, 0.01 * x * y] for x in (-1, 0, 1) for y in (-1, 1)])
    points, explained = plane(along)
    assert explained > 0.99
    assert sorted(set(np.abs(points[:, 0]).round(3))) == [0, 1]
    np.testing.assert_allclose(np.abs(points[:, 1]), 0.1, atol=0.01)
