"""How a reader wants the pages: chosen in an address, kept in cookies."""

from dataclasses import dataclass

from flask import Request, Response

from web.i18n.texts import LANGUAGES

_COOKIE_SECONDS = 365 * 24 * 3600
# Of each preference what it may be; the first is for who never chose.
CHOICES = {"lang": tuple(LANGUAGES), "theme": ("auto", "light", "dark"), "pictures": ("on", "off")}


@dataclass(frozen=True, slots=True)
class Preferences:
    """Is how a reader wants the pages; without `pictures` nothing is loaded from elsewhere."""

    language: str
    theme: str
    pictures: bool


def preferences(http: Request) -> Preferences:
    """Return what the reader chose in this address, chose before, or, of languages, tells every site."""
    accepted = http.accept_languages.best_match(CHOICES["lang"], CHOICES["lang"][0])
    return Preferences(
        language=_chosen(http, "lang") or accepted or CHOICES["lang"][0],
        theme=_chosen(http, "theme") or CHOICES["theme"][0],
        pictures=_chosen(http, "pictures") != "off",
    )


def keep(http: Request, response: Response) -> None:
    """Let `response` keep for later what the reader chose in this address."""
    for name, values in CHOICES.items():
        if (value := http.args.get(name)) in values and value is not None:
            response.set_cookie(name, value, _COOKIE_SECONDS, httponly=True, samesite="Lax")


def _chosen(http: Request, name: str) -> str:
    given = (http.args.get(name), http.cookies.get(name))
    return next((value for value in given if value in CHOICES[name]), None) or ""
