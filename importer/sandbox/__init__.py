"""The Update Customer API on this machine, over a real socket, for demos and tests.

Importing this package is cheap; what the server needs is imported when a sandbox starts, and comes with
the extra `sandbox`.
"""

from importer.sandbox.sandbox_options import SANDBOX_ACCOUNT_ID, SANDBOX_GROUP_ID, SANDBOX_KEY, Customer, SandboxOptions
from importer.sandbox.server import Sandbox, serve

__all__ = [
    "SANDBOX_ACCOUNT_ID",
    "SANDBOX_GROUP_ID",
    "SANDBOX_KEY",
    "Customer",
    "Sandbox",
    "SandboxOptions",
    "serve",
]
