"""An index in a folder, opened as the Whoosh index that it is."""

from pathlib import Path

from index.store import directory, manifest
from index.store.segmenter import user_frequencies
from index.whoosh.toc import Index, check_toc, open_index


def open_whoosh(location: Path) -> Index:
    """Return the newest commit of the index in the folder `location` as a Whoosh index, for reading.

    Its analyzer knows the user's words that the index was made with. What `whoosh.index.open_dir` returns for the data
    folder knows jieba's words alone, and unpickles a table of contents that nobody has checked. Raises the errors of
    `index.errors`.
    """
    data, generation, header = manifest.newest_manifest(location)
    manifest.check_fingerprint(header, data.parent)
    manifest.check_files(header, data)
    check_toc(directory.toc_file(data, generation), header.toc, header.segments)
    return open_index(data, user_frequencies(data))
