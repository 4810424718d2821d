"""What is found out once is asked once, however many want to know at the same time."""

from threading import Barrier, Thread

from harness.engine.sending.once import Once


def test_many_who_ask_at_once_are_given_what_the_first_was_told() -> None:
    known: Once[str, int] = Once()
    together, asked, told = Barrier(8), list[int](), list[int]()

    def find() -> int:
        asked.append(1)
        return len(asked)

    def ask() -> None:
        together.wait(10)
        told.append(known.get("this", find))

    threads = [Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(10)
    assert (asked, told) == ([1], [1] * 8)


def test_nobody_waits_for_the_answer_to_another_question() -> None:
    known: Once[str, str] = Once()
    together, told = Barrier(2), list[str]()

    def find(name: str) -> str:
        # Passed only when both are being asked.
        together.wait(10)
        return name

    threads = [Thread(target=lambda one=one: told.append(known.get(one, lambda: find(one)))) for one in "ab"]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert sorted(told) == ["a", "b"]


def test_what_does_not_count_is_asked_again() -> None:
    answers = iter((0, 0, 7, 8))
    known: Once[str, int] = Once(lambda found: found > 0)
    assert [known.get("this", lambda: next(answers)) for _ in range(4)] == [0, 0, 7, 7]
