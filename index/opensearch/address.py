"""The address of an index in a cluster, opensearch+http://[user:password@]host:9200[,host…]/name, and its options."""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from index.archive.partition import WHOLE, Partition
from index.errors import LocationError

SCHEMES = ("opensearch+http", "opensearch+https")
_ADDRESS = re.compile(
    r"(?P<scheme>[a-z+]+)://(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?(?P<hosts>[^/@]+)/(?P<name>[^/]+)/?"
)
# OpenSearch's rules for names, with room for the suffixes of ours.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_HOST = re.compile(r"(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?")
_PORT = re.compile(r":\d+$")
DEFAULT_PORT = 9200
USER, PASSWORD = "SEARCHER_OPENSEARCH_USER", "SEARCHER_OPENSEARCH_PASSWORD"


@dataclass(frozen=True, slots=True)
class ClusterLocation:
    """The index `name` of the cluster of which `hosts` are nodes; its text leaves the password out."""

    hosts: tuple[str, ...]
    name: str
    is_encrypted: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        return f"{SCHEMES[self.is_encrypted]}://{user}{','.join(self.hosts)}/{self.name}"

    @property
    def urls(self) -> list[str]:
        """Return the address of each node."""
        return [f"{'https' if self.is_encrypted else 'http'}://{host}" for host in self.hosts]


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """Options of an update: the partition of the files to read, and the shards and replicas of a new index."""

    part: Partition = WHOLE
    shards: int | None = None
    replicas: int | None = None


def cluster_location(text: str) -> ClusterLocation:
    """Return the location of the address `text`; raise LocationError if it has no meaning.

    User and password are in the address, escaped as in any URL, or in the environment.
    """
    match = _ADDRESS.fullmatch(text)
    hosts = match["hosts"].split(",") if match else []
    if not match or match["scheme"] not in SCHEMES or not all(map(_HOST.fullmatch, hosts)):
        raise LocationError(
            f"{re.sub(r'//[^@/]*@', '//', text)} is no address of an index: "
            f"write {SCHEMES[0]}://HOST:{DEFAULT_PORT}/NAME, with commas between several hosts."
        )
    if not _NAME.fullmatch(match["name"]):
        raise LocationError(
            f"{match['name']} can't name an index: use lower-case letters and digits, and behind the first - and _."
        )
    return ClusterLocation(
        hosts=tuple(host if _PORT.search(host) else f"{host}:{DEFAULT_PORT}" for host in hosts),
        name=match["name"],
        is_encrypted=match["scheme"] == SCHEMES[1],
        user=unquote(match["user"] or os.environ.get(USER, "")),
        password=unquote(match["password"]) if match["password"] else os.environ.get(PASSWORD, ""),
    )
