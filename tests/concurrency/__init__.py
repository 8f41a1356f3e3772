"""Block L: what several people do at the same moment, by real requests to a real server."""
