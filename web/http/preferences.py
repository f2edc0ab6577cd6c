"""Preferences of a reader: chosen in a URL, remembered in cookies."""

from dataclasses import dataclass

from flask import Request, Response

from web.i18n.texts import LANGUAGES

_COOKIE_SECONDS = 365 * 24 * 3600
# The values of each preference, the default first.
CHOICES = {"lang": tuple(LANGUAGES), "theme": ("auto", "light", "dark"), "pictures": ("on", "off")}


@dataclass(frozen=True, slots=True)
class Preferences:
    """The language, theme and pictures that a reader prefers; without `pictures` no foreign site is contacted."""

    language: str
    theme: str
    pictures: bool


def read_preferences(http: Request) -> Preferences:
    """Return the preferences in the URL, else in cookies; the language else by Accept-Language."""
    accepted = http.accept_languages.best_match(CHOICES["lang"], CHOICES["lang"][0])
    return Preferences(
        language=_choice(http, "lang") or accepted or CHOICES["lang"][0],
        theme=_choice(http, "theme") or CHOICES["theme"][0],
        pictures=_choice(http, "pictures") != "off",
    )


def remember_preferences(http: Request, response: Response) -> None:
    """Set cookies on `response` for the preferences in the URL."""
    for name, values in CHOICES.items():
        if (value := http.args.get(name)) in values and value is not None:
            response.set_cookie(name, value, _COOKIE_SECONDS, httponly=True, samesite="Lax")


def _choice(http: Request, name: str) -> str:
    given = (http.args.get(name), http.cookies.get(name))
    return next((value for value in given if value in CHOICES[name]), None) or ""
