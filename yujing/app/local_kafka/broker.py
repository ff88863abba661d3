"""One broker as a child process: start, stop, kill, freeze, and start again on the same data."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from yujing.errors import DependencyError

_HOST = "127.0.0.1"
_READY = "Kafka Server started"  # its own last words of a start
_START_S, _STOP_S, _TURN_S = 90, 20, 0.05
_MECHANISM = "SCRAM-SHA-512"


@dataclass(frozen=True)
class Demands:
    """What a broker demands of its clients: TLS, and a password by SCRAM.

    Parameters
    ----------
    key_store
        PEM file with the broker's private key and certificate.
    ca_file
        PEM file with the certificate that signed it.
    users
        Password of each user; the broker itself is the first of them.
    """

    key_store: Path
    ca_file: Path
    users: Mapping[str, str]


class LocalBroker:
    """A broker and its controller in one process, on ports that stay the same.

    Parameters
    ----------
    directory
        Takes configuration, data and `broker.log`; made when missing.
    jars
        Kafka's programs, see `yujing.app.local_kafka.jars`.
    java
        The Java program.
    heap
        Most memory of the Java heap.
    demands
        When given, clients must use TLS and a password.
    """

    def __init__(
        self,
        directory: Path,
        *,
        jars: Path,
        java: Path,
        heap: str = "512m",
        demands: Demands | None = None,
    ) -> None:
        self.directory = directory
        self.demands = demands
        self.port, self._controller_port = _free_ports(2)
        self._java = [str(java), f"-Xmx{heap}", "-cp", f"{jars}/*"]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """What the setting `kafka` takes."""
        return f"{_HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The process while it runs."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start, or start again on the same ports and data; return once it takes requests.

        It is killed when the thread that started it ends without stopping it.

        Raises
        ------
        DependencyError
            If it ends or does not become ready.
        """
        if self._process is not None:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        if not (self.directory / "data" / "meta.properties").exists():
            self._format()
        log = self.directory / "broker.log"
        with log.open("wb") as sink:
            self._process = subprocess.Popen(
                [*outlives_nobody(), *self._java, "kafka.Kafka", str(self._properties)],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the one who started it, who then stops it
            )
        try:
            self._wait_until_ready(log)
        except BaseException:
            self.kill()
            raise

    def stop(self, within_s: float = _STOP_S) -> None:
        """End it in order; kill it when that takes too long."""
        if self._process is None:
            return
        self.thaw()
        self._process.terminate()
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it stand still; its connections stay open."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    @property
    def _properties(self) -> Path:
        return self.directory / "server.properties"

    def _format(self) -> None:
        data = self.directory / "data"
        lines = _configuration(data, self.port, self._controller_port, self.demands)
        self._properties.touch(mode=0o600)
        self._properties.write_text("\n".join(lines) + "\n", encoding="utf-8")
        tool = [*self._java, "kafka.tools.StorageTool"]
        cluster = _output([*tool, "random-uuid"]).split()[-1]
        users = self.demands.users.items() if self.demands else ()
        scram: list[str] = []
        for name, password in users:
            scram += ["--add-scram", f"{_MECHANISM}=[name={name},password={password}]"]
        _output(
            [*tool, "format", "--standalone", "-t", cluster, "-c", str(self._properties), *scram]
        )

    def _wait_until_ready(self, log: Path) -> None:
        process = self._process
        until = time.monotonic() + _START_S
        while process is not None and time.monotonic() < until:
            said = log.read_text(encoding="utf-8", errors="replace")
            if _READY in said:
                return
            if process.poll() is not None:
                last = " ".join(said.strip().splitlines()[-3:])
                raise DependencyError(f"the Kafka broker ended at its start: {last}")
            time.sleep(_TURN_S)
        raise DependencyError(f"the Kafka broker was not ready after {_START_S} s, see {log}")


def _configuration(
    data: Path, port: int, controller_port: int, demands: Demands | None
) -> list[str]:
    protocol = "SASL_SSL" if demands else "PLAINTEXT"
    lines = [
        "process.roles=broker,controller",
        "node.id=1",
        f"controller.quorum.bootstrap.servers={_HOST}:{controller_port}",
        f"listeners={protocol}://{_HOST}:{port},CONTROLLER://{_HOST}:{controller_port}",
        f"advertised.listeners={protocol}://{_HOST}:{port}",
        "controller.listener.names=CONTROLLER",
        f"inter.broker.listener.name={protocol}",
        f"listener.security.protocol.map=CONTROLLER:PLAINTEXT,{protocol}:{protocol}",
        f"log.dirs={data}",
        "auto.create.topics.enable=false",
        "offsets.topic.num.partitions=4",
        "offsets.topic.replication.factor=1",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1",
        "share.coordinator.state.topic.replication.factor=1",
        "share.coordinator.state.topic.min.isr=1",
        "group.initial.rebalance.delay.ms=0",
        "group.min.session.timeout.ms=1000",
        "broker.heartbeat.interval.ms=500",
        "broker.session.timeout.ms=3000",  # after a kill it must expire before a new start
    ]
    if demands is not None:
        lines += _demanding(demands)
    return lines


def _demanding(demands: Demands) -> list[str]:
    name, password = next(iter(demands.users.items()))
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    login = f'{scram} required username="{name}" password="{password}";'
    return [
        "ssl.keystore.type=PEM",
        f"ssl.keystore.location={demands.key_store}",
        "ssl.truststore.type=PEM",
        f"ssl.truststore.location={demands.ca_file}",
        f"sasl.enabled.mechanisms={_MECHANISM}",
        f"sasl.mechanism.inter.broker.protocol={_MECHANISM}",
        f"listener.name.sasl_ssl.{_MECHANISM.lower()}.sasl.jaas.config={login}",
    ]


def outlives_nobody() -> list[str]:
    """Return what makes the system end a process with the thread that started it, where it can."""
    program = shutil.which("setpriv")
    return [program, "--pdeathsig", "KILL", "--"] if program else []


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = " ".join((done.stdout + done.stderr).strip().splitlines()[-3:])
        raise DependencyError(f"Kafka's storage could not be made: {last}")
    return done.stdout


def _free_ports(n: int) -> list[int]:
    """Return ports that nobody listens on; all are held at once, so that they differ."""
    held = [socket.create_server((_HOST, 0)) for _ in range(n)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports
