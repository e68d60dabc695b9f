"""How the gateway itself stands: whether it is about to leave, and which configuration it goes by."""

from typing import Any

from gateway.reloading import Reloading


class Standing:
    """What a load balancer is told besides the sources' states. leaving: it has been told to stop."""

    def __init__(self, reloading: Reloading | None) -> None:
        self._reloading = reloading
        self.leaving = False

    def leave(self) -> None:
        """Be ready for nobody from now on."""
        self.leaving = True

    def told(self) -> dict[str, Any]:
        """In words for everybody: that there are mistakes, not which."""
        said: dict[str, Any] = {"leaving": True} if self.leaving else {}
        if self._reloading is not None:
            said["configuration"] = {
                "readAt": self._reloading.read_at.isoformat(timespec="milliseconds"),
                "mistakes": len(self._reloading.mistakes),
            }
        return said
