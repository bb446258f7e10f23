"""What the processes say to each other, and the promise that it arrives.

The contract knows nobody: it imports neither the kiosk, nor the bridge, nor the hub.
"""
