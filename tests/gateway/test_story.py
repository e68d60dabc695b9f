"""The story on the terminal: chapter after chapter, what happened and what the gateway says of it."""

import threading

import httpx
import pytest

from gateway.story import chapters, summary, tell


@pytest.mark.slow
def test_the_story_is_told_by_asking_the_gateway(trunkline):
    """Every chapter has its time, its words in two languages, a query to run and what comes back."""
    said: list[str] = []
    with trunkline("demo", "--port", 0, "--circuits", 200) as demo:
        story = chapters(demo.control)
        tell(demo.control, demo.url, said.append, 0, threading.Event())
        clock = httpx.get(f"{demo.control}/clock", timeout=30).json()
    text = "\n".join(said)
    assert len(story) > 5
    for chapter in story:
        assert chapter.title["en"] in text
        assert chapter.title["zh"] in text
    assert text.count("run: curl -s") == len(story)
    assert "CRITICAL LOS" in text
    assert "(planned work)" in text
    assert "DISABLED" in text
    assert "!" not in text
    assert clock["now"] == story[-1].at
    assert "That was the story" in said[-1]


@pytest.mark.slow
def test_a_story_that_is_stopped_tells_no_more(trunkline):
    """Ctrl-C ends it between two chapters."""
    stopped = threading.Event()
    stopped.set()
    said: list[str] = []
    with trunkline("demo", "--port", 0, "--circuits", 40) as demo:
        tell(demo.control, demo.url, said.append, 60, stopped)
    assert said == []


@pytest.mark.slow
def test_the_demo_tells_its_story_when_asked_to(trunkline):
    """`--story` begins as soon as the gateway is ready."""
    with trunkline("demo", "--port", 0, "--circuits", 40, "--story", "--pace", 0) as demo:
        assert demo.url
    assert demo.returncode == 0


def test_what_cannot_be_told_is_said():
    """Errors and unknown circuits do not end the story."""
    answer = {"data": {"circuit": None}, "errors": [{"message": "state is unknown: inventory cannot be reached"}]}
    assert list(summary(answer)) == ["! state is unknown: inventory cannot be reached"]
