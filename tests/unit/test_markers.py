"""Markers: the same for the same seed, whoever asks first, and told from everybody else's."""

import random

from harness.markers import Markers, draw_seed, run_secret

WHO = ("POST /things/ guest-write", "POST /things/ control", "")


def given(seed: int, order: list[str]) -> dict[str, list[str]]:
    """Markers by who asked for them."""
    markers, found = Markers(run_secret(seed)), dict[str, list[str]]()
    for who in order:
        found.setdefault(who, []).append(markers.new(who))
    return found


def test_one_seed_gives_the_same_markers_in_any_order() -> None:
    order = [who for who in WHO for _ in range(50)]
    other = random.Random(1).sample(order, len(order))
    assert given(7, order) == given(7, other)
    assert given(8, order) != given(7, order)
    assert draw_seed() != draw_seed()


def test_no_marker_is_given_twice_and_each_is_known_again() -> None:
    markers, stranger = Markers(run_secret(7)), Markers(run_secret(7, part=1))
    found = [markers.new(who) for who in WHO for _ in range(500)]
    assert len(set(found)) == len(found)
    assert all(len(one) == 24 for one in found)
    assert all(markers.find({"name": f"x-{one.upper()}-y"}) == {one} for one in found[:20])
    assert all(stranger.find(one) == frozenset() for one in found)
    assert len({markers.word("GET /"), markers.word("GET /"), stranger.word("GET /")}) == 3
