from datetime import UTC, datetime, timedelta, timezone

from tiptracker.audit import chain


def valid_chain(*whats):
    """A chain that holds, one entry for each of `whats`."""
    entries, previous = [], chain.GENESIS_HASH
    for number, what in enumerate(whats, start=1):
        own = chain.hash_entry(previous, {"what": what})
        entries.append((number, previous, own, {"what": what}))
        previous = own
    return entries


def test_intact_chain_has_no_fault():
    assert chain.find_first_fault(valid_chain("a", "b", "c")) is None
    assert chain.find_first_fault([]) is None


def test_first_fault_names_a_changed_entry():
    entries = valid_chain("a", "b", "c")
    entries[1] = (*entries[1][:3], {"what": "B"})

    assert chain.find_first_fault(entries) == (2, "entry 2 was changed or inserted")


def test_first_fault_names_the_follower_of_an_entry_sealed_anew():
    entries = valid_chain("a", "b", "c")
    entries[1] = (2, entries[1][1], chain.hash_entry(entries[1][1], {"what": "B"}), {"what": "B"})

    assert chain.find_first_fault(entries) == (3, "entry 3 does not follow the entry before it")


def test_first_fault_names_a_missing_entry():
    entries = valid_chain("a", "b", "c")

    assert chain.find_first_fault(entries[:1] + entries[2:]) == (2, "entry 2 is missing")
    assert chain.find_first_fault(entries[1:]) == (1, "entry 1 is missing")


def test_first_fault_names_an_entry_put_in():
    first, second, third = valid_chain("a", "b", "c")
    extra = (3, second[2], chain.hash_entry(second[2], {"what": "x"}), {"what": "x"})

    assert chain.find_first_fault([first, second, extra, (4, *third[1:])]) == (3, "entry 3 was inserted")
    at_the_start = (1, chain.GENESIS_HASH, chain.hash_entry(chain.GENESIS_HASH, {"what": "x"}), {"what": "x"})
    assert chain.find_first_fault([at_the_start, (2, *first[1:])]) == (1, "entry 1 was inserted")


def test_digest_does_not_depend_on_field_order():
    assert chain.hash_entry("", {"a": 1, "b": None}) == chain.hash_entry("", {"b": None, "a": 1})


def test_salted_digests_of_before_and_after_differ():
    assert chain.salted_digest("salt", "before", "x") != chain.salted_digest("salt", "after", "x")
    assert chain.salted_digest("salt", "before", "x") != chain.salted_digest("other", "before", "x")
    assert chain.salted_digest("salt", "before", "") == ""


def test_moment_is_the_same_text_in_every_zone():
    moment = datetime(2022, 1, 28, 7, 0, 0, 5, tzinfo=UTC)

    assert chain.format_timestamp(moment) == "2022-01-28T07:00:00.000005Z"
    assert chain.format_timestamp(moment.astimezone(timezone(timedelta(hours=2)))) == chain.format_timestamp(moment)
