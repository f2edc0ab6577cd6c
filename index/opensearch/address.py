"""The address of an index in a cluster: opensearch+http://[user:password@]host:9200[,host…]/name."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from index.errors import LocationError

_SCHEMES = ("opensearch+http", "opensearch+https")
_ADDRESS = re.compile(
    r"(?P<scheme>[a-z+]+)://(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?(?P<hosts>[^/@]+)/(?P<name>[^/]+)/?"
)
# What OpenSearch allows in names, and leaves room for what is added to ours.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_HOST = re.compile(r"(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?")
_PORT = re.compile(r":\d+$")
DEFAULT_PORT = 9200
USER, PASSWORD = "SEARCHER_OPENSEARCH_USER", "SEARCHER_OPENSEARCH_PASSWORD"


@dataclass(frozen=True, slots=True)
class ClusterLocation:
    """Names the index `name` of the cluster that any of `hosts` answers for; as text it doesn't tell the password."""

    hosts: tuple[str, ...]
    name: str
    is_encrypted: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        return f"{_SCHEMES[self.is_encrypted]}://{user}{','.join(self.hosts)}/{self.name}"

    @property
    def urls(self) -> list[str]:
        """Return the address of each node."""
        return [f"{'https' if self.is_encrypted else 'http'}://{host}" for host in self.hosts]


def is_cluster(location: str | Path) -> bool:
    """Tell whether `location` is meant as an index in a cluster, and not as a folder."""
    return isinstance(location, str) and location.startswith(tuple(f"{scheme}:" for scheme in _SCHEMES))


def cluster_location(text: str) -> ClusterLocation:
    """Return the location that `text` writes down; raise LocationError if it has no meaning.

    User and password stand in the address, escaped as in any URL, or in the environment.
    """
    match = _ADDRESS.fullmatch(text)
    hosts = match["hosts"].split(",") if match else []
    if not match or match["scheme"] not in _SCHEMES or not all(map(_HOST.fullmatch, hosts)):
        raise LocationError(
            f"{_without_password(text)} is no address of an index: write {_SCHEMES[0]}://HOST:{DEFAULT_PORT}/NAME, "
            "with commas between several hosts."
        )
    if not _NAME.fullmatch(match["name"]):
        raise LocationError(
            f"{match['name']} can't name an index: use lower-case letters and digits, and behind the first - and _."
        )
    return ClusterLocation(
        hosts=tuple(host if _PORT.search(host) else f"{host}:{DEFAULT_PORT}" for host in hosts),
        name=match["name"],
        is_encrypted=match["scheme"] == _SCHEMES[1],
        user=unquote(match["user"] or os.environ.get(USER, "")),
        password=unquote(match["password"]) if match["password"] else os.environ.get(PASSWORD, ""),
    )


def read_location(text: str) -> str | Path:
    """Return the location that `text` names: an address as it is, anything else as a folder."""
    return text if is_cluster(text) else Path(text)


def shown(location: str | Path) -> str | Path:
    """Return `location` as it may be shown: without a password."""
    return str(cluster_location(location)) if isinstance(location, str) and is_cluster(location) else location


def _without_password(text: str) -> str:
    return re.sub(r"//[^@/]*@", "//", text)
