"""What the processes say to each other, and the promise that it arrives.

The contract knows nobody: it imports neither the kiosk, nor the bridge, nor the hub.
"""

from typing import Final

VERSION: Final = "0.1.0"
"""Of all programs here: they are released together."""
