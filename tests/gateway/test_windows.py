"""Windows in which requests are counted, while the clock goes as it likes."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.windows import Windows

LENGTH = 60.0


def test_a_clock_that_is_set_back_refuses_nobody_for_longer():
    """A window that was full an hour later is not full for an hour."""
    windows = Windows()
    for _ in range(5):
        windows.hit("caller", "ann", LENGTH, 5_000.0)
    assert 5 == windows.now("caller", "ann", LENGTH, 5_000.0).count
    assert 0 == windows.now("caller", "ann", LENGTH, 1_400.0).count
    assert 1 == windows.hit("caller", "ann", LENGTH, 1_400.0).count
    assert 2 == windows.hit("caller", "ann", LENGTH, 1_401.0).count


@given(st.lists(st.floats(0, 2e9), max_size=50))
def test_no_window_ends_later_than_one_that_begins_now(times: list[float]):
    """Wherever the clock leaps to."""
    windows = Windows()
    for now in times:
        window = windows.hit("caller", "ann", LENGTH, now)
        assert now < window.ends <= now + LENGTH
        assert window.count == windows.now("caller", "ann", LENGTH, now).count
