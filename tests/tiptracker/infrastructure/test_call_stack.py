import resource

import pytest

from tiptracker.infrastructure.call_stack import with_room_for_calls


def test_arguments_and_the_result_are_passed_on():
    @with_room_for_calls
    def join(*words: str, end: str) -> str:
        """Join words."""
        return " ".join(words) + end

    assert join("a", "b", end=".") == "a b."
    assert (join.__name__, join.__doc__) == ("join", "Join words.")


def test_an_error_passes_through():
    def fail():
        raise KeyError("x")

    with pytest.raises(KeyError):
        with_room_for_calls(fail)()


CALLS, DEPTHS = 300, 500


def count_page_faults_of_loop():
    """Return how often a loop of calls gets a page of memory from the kernel."""
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(CALLS):
        add_one(7)
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def add_one(number):
    return number + 1


def count_page_faults_of_loops(depth):
    """Return the largest count of a loop at any depth of calls."""
    count = count_page_faults_of_loop()
    return max(count, count_page_faults_of_loops(depth - 1)) if depth else count


def test_a_loop_of_calls_gets_no_memory_from_the_kernel_at_any_depth():
    assert with_room_for_calls(count_page_faults_of_loops)(DEPTHS) < CALLS / 10
