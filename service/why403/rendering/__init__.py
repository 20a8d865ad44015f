"""How a diagnosis is shown: as a chat message, a chart of the path, terminal text and a page; and how a plan is.

Every function takes the plain data of a `/diagnose` or `/remediate` answer and returns text. Whatever stands in that
data is taken for the words of strangers: it is shown, never obeyed.
"""

from why403.rendering.chart import mermaid
from why403.rendering.chat import markdown
from why403.rendering.console import terminal
from why403.rendering.hypertext import page
from why403.rendering.plan import plan_markdown, plan_terminal
from why403.rendering.reading import once
from why403.rendering.story import sentence

__all__ = ["markdown", "mermaid", "once", "page", "plan_markdown", "plan_terminal", "sentence", "terminal"]
