"""Facets and active filters → links that put them on and take them off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from searcher.request import LIST_PARAMETERS, SearchRequest
from searcher.results import Bucket, Results
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.layout import Link, source_name

# Buckets shown of a facet before the rest folds away.
FIRST_BUCKETS = 8
_FACETS = ("source", "hashtag", "account", "claimed_source")


@dataclass(frozen=True, slots=True)
class BucketView:
    """Is one bucket as a link that puts it on or takes it off; `key` names it, on or off."""

    key: str
    label: str
    count: str
    url: str
    selected: bool


@dataclass(frozen=True, slots=True)
class LookUp:
    """Is the form that looks for buckets by name: what is typed in it, and what it keeps."""

    name: str
    typed: str
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FacetView:
    """Is one facet: its `first` buckets, and the `rest`, folded away under the words `more`.

    What files claim is folded away as a whole, unless it is chosen.
    """

    name: str
    heading: str
    folded: bool
    look_up: LookUp | None
    first: tuple[BucketView, ...]
    rest: tuple[BucketView, ...]
    more: str


def make_facets(text: Texts, request: SearchRequest, results: Results) -> tuple[FacetView, ...]:
    """Return the facets that have any buckets, or a name to look for."""
    shown = ((name, results.facets.get(name, ())) for name in _FACETS)
    return tuple(_facet(text, request, name, buckets) for name, buckets in shown if buckets or _typed(request, name))


def make_chips(text: Texts, request: SearchRequest, results: Results | None = None) -> tuple[Link, ...]:
    """Return for each active filter a link that takes it off; `results` know what its value is called."""
    return (*_value_chips(text, request, results), *_date_chips(text, request))


def toggle_link(request: SearchRequest, facet: str, value: str, label: str) -> Link:
    """Return a link that puts a value of a list filter on, or takes it off where it is on."""
    toggled = request.toggled(facet, value)
    is_on = len(getattr(toggled, facet)) < len(getattr(request, facet))
    return Link(label, urls.search_url(toggled), is_on)


def source_labels(results: Results | None) -> dict[str, str]:
    """Return what the engine calls the sources in `results`."""
    return {bucket.value: bucket.label for bucket in results.facets.get("source", ())} if results else {}


def _facet(text: Texts, request: SearchRequest, name: str, buckets: Sequence[Bucket]) -> FacetView:
    views = [_bucket(text, request, name, bucket) for bucket in buckets]
    # A selected bucket is never folded away: it has to be seen to be taken off.
    first = tuple(view for n, view in enumerate(views) if n < FIRST_BUCKETS or view.selected)
    rest = tuple(view for n, view in enumerate(views) if n >= FIRST_BUCKETS and not view.selected)
    has_look_up = name == "hashtag" and (rest or request.hashtag_like)
    return FacetView(
        name=name,
        heading=text(f"facet_{name}"),
        folded=name == "claimed_source" and not request.claimed_source,
        look_up=_look_up(request) if has_look_up else None,
        first=first,
        rest=rest,
        more=text("more", n=len(rest)),
    )


def _look_up(request: SearchRequest) -> LookUp:
    return LookUp("hashtag_like", request.hashtag_like, urls.kept_params(request, "hashtag_like"))


def _typed(request: SearchRequest, facet: str) -> str:
    return request.hashtag_like if facet == "hashtag" else ""


def _bucket(text: Texts, request: SearchRequest, facet: str, bucket: Bucket) -> BucketView:
    return BucketView(
        key=f"{facet}:{bucket.value}",
        label=source_name(text, bucket.value, bucket.label) if facet == "source" else bucket.label or bucket.value,
        count=f"{bucket.count:,}",
        url=urls.search_url(request.toggled(facet, bucket.value)),
        selected=bucket.selected,
    )


def _value_chips(text: Texts, request: SearchRequest, results: Results | None) -> Iterator[Link]:
    labels = source_labels(results)
    for facet in LIST_PARAMETERS:
        for value in getattr(request, facet):
            label = source_name(text, value, labels.get(value, "")) if facet == "source" else value
            words = text("chip", facet=text(f"facet_{facet}"), label=label)
            yield Link(words, urls.search_url(request.toggled(facet, value)))


def _date_chips(text: Texts, request: SearchRequest) -> Iterator[Link]:
    if request.since and request.since == request.until:
        words = text("chip", facet=text("date"), label=request.since)
        yield Link(words, urls.dates_url(request, None, None))
        return
    if request.since:
        yield Link(text("since", date=request.since), urls.dates_url(request, None, request.until))
    if request.until:
        yield Link(text("until", date=request.until), urls.dates_url(request, request.since, None))
