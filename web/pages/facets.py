"""Facets and active filters as links that select a value or remove it."""

from collections.abc import Iterator, Sequence

from index.schema.fields import FACETS, Field
from searcher.request import SearchRequest
from searcher.results import Bucket, Results
from web.i18n.texts import Texts
from web.pages import urls
from web.pages.layout import Link, source_name

# Buckets shown of a facet before the rest folds away.
FIRST_BUCKETS = 8
# Shown first; the others follow in the order of the table. Dates are shown as a histogram.
_FIRST_FACETS = ("source", "hashtag")
_PANELS = sorted(
    (field for field in FACETS.values() if not field.is_date),
    key=lambda field: [field.name != name for name in _FIRST_FACETS],
)


def make_facets(text: Texts, request: SearchRequest, results: Results) -> list[dict[str, object]]:
    """Return the facets that have any buckets, or a name to look for."""
    panels = ((field, results.facets.get(field.facet, ())) for field in _PANELS)
    return [
        _facet(text, request, field, buckets)
        for field, buckets in panels
        if buckets or (field.has_spellings and request.hashtag_like)
    ]


def make_chips(text: Texts, request: SearchRequest, results: Results | None = None) -> tuple[Link, ...]:
    """Return a link for each active filter that removes it; the labels of its values are read from `results`."""
    return (*_value_chips(text, request, results), *_date_chips(text, request))


def toggle_link(request: SearchRequest, facet: str, value: str, label: str) -> Link:
    """Return a link that selects a value of a filter, or removes it where it is selected."""
    toggled = request.toggled(facet, value)
    is_selected = len(toggled.filters.get(facet, ())) < len(request.filters.get(facet, ()))
    return Link(label, urls.search_url(toggled), is_selected)


def source_labels(results: Results | None) -> dict[str, str]:
    """Return the labels of the sources in `results`."""
    return {bucket.value: bucket.label for bucket in results.facets.get("source", ())} if results else {}


def _facet(text: Texts, request: SearchRequest, field: Field, buckets: Sequence[Bucket]) -> dict[str, object]:
    """Return a facet: its `first` buckets, and the `rest` folded away under the label `more`.

    The whole facet may be folded away, unless a value of it is selected. `has_look_up` adds a form that finds buckets.
    """
    views = [_bucket(text, request, field.facet, bucket) for bucket in buckets]
    # A selected bucket is never folded away, so that it can be removed.
    first = [view for n, view in enumerate(views) if n < FIRST_BUCKETS or view["selected"]]
    rest = [view for n, view in enumerate(views) if n >= FIRST_BUCKETS and not view["selected"]]
    return {
        "name": field.facet,
        "heading": text(f"facet_{field.facet}"),
        "folded": field.folded and field.name not in request.filters,
        "has_look_up": field.has_spellings and (rest or request.hashtag_like),
        "first": first,
        "rest": rest,
        "more": text("more", n=len(rest)),
    }


def _bucket(text: Texts, request: SearchRequest, facet: str, bucket: Bucket) -> dict[str, object]:
    return {
        "key": f"{facet}:{bucket.value}",
        "label": source_name(text, bucket.value, bucket.label) if facet == "source" else bucket.label or bucket.value,
        "count": f"{bucket.count:,}",
        "url": urls.search_url(request.toggled(facet, bucket.value)),
        "selected": bucket.selected,
    }


def _value_chips(text: Texts, request: SearchRequest, results: Results | None) -> Iterator[Link]:
    labels = source_labels(results)
    for facet, values in request.filters.items():
        for value in values:
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
