"""A real OpenSearch cluster for tests: three nodes on 127.0.0.1, 127.0.0.2 and 127.0.0.3, each a process of its own.

`python -m tests.opensearch.cluster COMMAND…` starts one, runs COMMAND with its address in SEARCHER_TEST_OPENSEARCH and
its folder in SEARCHER_TEST_OPENSEARCH_FOLDER, and ends the nodes by their process ids.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

VERSION = "3.5.0"
ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
NEEDED_JAVA = 21
NODES = (1, 2, 3)
HTTP_PORT, TRANSPORT_PORT = 19200, 19300
# OpenSearch refuses to run as root.
ACCOUNT = "opensearch-tests"
DOWNLOADS = Path(__file__).parents[2] / ".opensearch"
STARTED_WITHIN = 180.0
# What the project doesn't use takes a third of the time that a node needs to start.
UNUSED_MODULES = (
    *("geo", "ingest-common", "ingest-geoip", "ingest-user-agent", "lang-expression", "lang-mustache"),
    *("opensearch-dashboards", "percolator", "rank-eval", "reindex", "repository-url", "transport-grpc"),
)


# A process that nobody holds on to any more is warned of.
_started: list[subprocess.Popen[bytes]] = []


class Cluster:
    """Is a cluster whose nodes keep what they have in `folder`, which has their process ids, too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def address(self) -> str:
        return "opensearch+http://" + ",".join(f"{_host(node)}:{HTTP_PORT}" for node in NODES)

    def start(self) -> None:
        """Unpack the distribution, start every node, and wait until they have found each other."""
        with zipfile.ZipFile(_distribution()) as archive:
            archive.extractall(self.folder)
        for module in UNUSED_MODULES:
            shutil.rmtree(self._home / "modules" / module)
        for script in (self._home / "bin").iterdir():
            script.chmod(0o755)
        for node in NODES:
            self._configure(node)
        if os.geteuid() == 0:
            _make_account()
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, ACCOUNT, ACCOUNT)
        for node in NODES:
            self.start_node(node)
        self.wait_for_nodes(len(NODES))

    def start_node(self, node: int) -> None:
        """Start one node, which may have run before."""
        settings = self.folder / f"node-{node}"
        account = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []} if os.geteuid() == 0 else {}
        with (settings / "output.txt").open("ab") as output:
            # The script becomes the node: both have one process id.
            process = subprocess.Popen(
                [str(self._home / "bin" / "opensearch")],
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(settings),
                    "OPENSEARCH_JAVA_HOME": str(_java_home()),
                    "OPENSEARCH_PATH_CONF": str(settings / "config"),
                    "OPENSEARCH_JAVA_OPTS": "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1",
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=settings,
                start_new_session=True,
                **account,  # type: ignore[call-overload]
            )
        self._process_id(node).write_text(str(process.pid))
        _started.append(process)

    def kill_node(self, node: int) -> None:
        """End a node at once, as a power cut would."""
        if not (process := self._running(node)):
            raise RuntimeError(f"node {node} does not run")
        os.kill(process, signal.SIGKILL)

    def is_running(self, node: int) -> bool:
        return bool(self._running(node))

    def wait_for_nodes(self, count: int, status: str = "yellow") -> None:
        """Wait until `count` nodes are in the cluster and all its shards are of `status` at least."""
        path = f"/_cluster/health?wait_for_nodes={count}&wait_for_status={status}&timeout=2s"
        until = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < until and sum(map(bool, map(self._running, NODES))) >= count:
            for node in NODES:
                try:
                    with urllib.request.urlopen(f"http://{_host(node)}:{HTTP_PORT}{path}", timeout=5) as answer:
                        if not json.load(answer)["timed_out"]:
                            return
                except (urllib.error.URLError, OSError, ValueError):
                    time.sleep(0.3)
        outputs = "\n".join(self._last_words(node) for node in NODES)
        raise SystemExit(f"The cluster of {count} nodes did not come up:\n{outputs}")

    def stop(self) -> None:
        """End every node by its process id, and wait for it."""
        running = [process for node in NODES if (process := self._running(node))]
        for process in running:
            os.kill(process, signal.SIGTERM)
        until = time.monotonic() + 20
        while any(map(_is_alive, running)):
            if time.monotonic() > until:
                for process in filter(_is_alive, running):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.1)

    @property
    def _home(self) -> Path:
        return self.folder / f"opensearch-{VERSION}"

    def _process_id(self, node: int) -> Path:
        return self.folder / f"node-{node}" / "process-id"

    def _running(self, node: int) -> int:
        """Return the process id of a node, 0 if it does not run."""
        try:
            process = int(self._process_id(node).read_text())
        except (FileNotFoundError, ValueError):
            return 0
        return process if _is_alive(process) else 0

    def _configure(self, node: int) -> None:
        settings = self.folder / f"node-{node}"
        shutil.copytree(self._home / "config", settings / "config")
        options = settings / "config" / "jvm.options"
        # Three nodes share few cores: collecting in parallel only makes them wait for each other.
        options.write_text(options.read_text().replace("-XX:+UseG1GC", "-XX:+UseSerialGC"))
        (settings / "config" / "opensearch.yml").write_text(
            f"""\
cluster.name: searcher-tests
node.name: node-{node}
network.host: {_host(node)}
http.port: {HTTP_PORT}
transport.port: {TRANSPORT_PORT}
discovery.seed_hosts: {json.dumps([f"{_host(one)}:{TRANSPORT_PORT}" for one in NODES])}
cluster.initial_cluster_manager_nodes: {json.dumps([f"node-{one}" for one in NODES])}
cluster.routing.allocation.disk.threshold_enabled: false
cluster.fault_detection.follower_check.timeout: 2s
path.data: {settings / "data"}
path.logs: {settings / "logs"}
"""
        )

    def _last_words(self, node: int) -> str:
        output = self.folder / f"node-{node}" / "output.txt"
        return output.read_text(errors="replace")[-2000:] if output.exists() else f"node {node} was not started"


def _host(node: int) -> str:
    return f"127.0.0.{node}"


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _distribution() -> Path:
    """Return the distribution's zip, which Maven Central has, and which is kept for the next time."""
    file = DOWNLOADS / f"opensearch-{VERSION}.zip"
    if not file.exists():
        print(f"Fetching OpenSearch {VERSION} from Maven Central", file=sys.stderr, flush=True)
        copy = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
        command = ["mvn", "-q", "-B", copy, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={DOWNLOADS}"]
        subprocess.run(
            command, check=True, stdin=subprocess.DEVNULL, env={**os.environ, "JAVA_HOME": str(_java_home())}
        )
    return file


def _java_home() -> Path:
    if home := find_java():
        return home
    raise SystemExit(f"OpenSearch {VERSION} needs Java {NEEDED_JAVA} or later: install one, or set JAVA_HOME to it.")


def find_java() -> Path | None:
    """Return the home of a Java that is new enough, if there is one."""
    for home in _java_homes():
        java = home / "bin" / "java"
        if not java.exists():
            continue
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
        version = re.search(r'version "(\d+)', told)
        if version and int(version[1]) >= NEEDED_JAVA:
            return home
    return None


def _java_homes() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home)
    if java := shutil.which("java"):
        yield Path(java).resolve().parents[1]
    yield from sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)


def _make_account() -> None:
    if subprocess.run(["id", ACCOUNT], capture_output=True, check=False).returncode:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT], check=True)
        # useradd makes the group of that name as well


def main(command: list[str]) -> int:
    """Run `command` beside a cluster, and return its exit status."""
    # However this is told to end, the nodes end with it.
    for told in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(told, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="searcher-opensearch-"))
    cluster = Cluster(folder)
    began = time.monotonic()
    try:
        cluster.start()
        print(f"OpenSearch {VERSION}, three nodes, up in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        named = {"SEARCHER_TEST_OPENSEARCH": cluster.address, "SEARCHER_TEST_OPENSEARCH_FOLDER": str(folder)}
        return subprocess.run(command, env={**os.environ, **named}, check=False).returncode
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--find-java"]:
        sys.exit(find_java() is None)
    sys.exit(main(sys.argv[1:]))
