"""The running story: what happens to the operator after the demo's base clock, and how it is told.

A fibre is cut and mended; a planned work is announced and done; a laser fades and is replaced. Nothing of it is there
at the base clock, and everything is a function of the clock: it can be moved to and fro.
"""

from demo.story.chapters import Chapter, Fact, chapters
from demo.story.scene import Scene
from demo.story.story import Story

__all__ = ["Chapter", "Fact", "Scene", "Story", "chapters"]
