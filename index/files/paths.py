"""Paths: file names as text, and the platform's folders for this program."""

import os
import sys
from pathlib import Path


def readable(path: str) -> str:
    """Return a path as text to show and store: bytes of a name that are not UTF-8 become escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def user_settings_folder() -> Path:
    """Return the platform's folder for settings of this program."""
    return _platform_folder(windows=("APPDATA", "AppData/Roaming"), other=("XDG_CONFIG_HOME", ".config"))


def user_data_folder() -> Path:
    """Return the platform's folder for data of this program."""
    return _platform_folder(windows=("LOCALAPPDATA", "AppData/Local"), other=("XDG_DATA_HOME", ".local/share"))


def _platform_folder(windows: tuple[str, str], other: tuple[str, str]) -> Path:
    """Return the folder that a variable names, or else one below the user's home."""
    # click.get_app_dir has no folder for data, and takes an empty XDG_CONFIG_HOME for the current folder.
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "searcher"
    variable, below_home = windows if sys.platform == "win32" else other
    return Path(os.environ.get(variable) or Path.home() / below_home, "searcher")
