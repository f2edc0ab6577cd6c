"""What kind of machine this is, for reading results elsewhere."""

import os
import platform
import re
from pathlib import Path


def describe() -> str:
    """Return processor, cores, memory, system and Python, and nothing that names this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    processor = model[1] if model else platform.machine()
    return f"{processor}, {os.cpu_count()} cores, {memory:.0f} GB, {system}, Python {platform.python_version()}"
