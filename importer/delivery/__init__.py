"""Updates to outcomes: a pure dispatcher that decides, and engines that only perform attempts."""
