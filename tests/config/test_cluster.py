"""Our own PostgreSQL: closed to strangers, shared, and back after a kill, with every server found on this machine."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from seguripago.config import cluster, cluster_user
from seguripago.config.cluster import borrowed, locate, revive
from seguripago.config.cluster_binaries import Binaries, ServerMissing, all_binaries, find_binaries

SERVERS = all_binaries()
newest_of_each_origin = {server.origin: server for server in reversed(SERVERS)}.values()


@pytest.fixture(params=newest_of_each_origin, ids=lambda server: f"{server.origin}-{server.version}")
def server(request: pytest.FixtureRequest) -> Binaries:
    found: Binaries = request.param
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any user may pass through."""
    made = Path(tempfile.mkdtemp(prefix="seguripago-cluster-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def closed_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder below one that only its owner may enter."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    yield closed / "data"
    shutil.rmtree(cluster_user._home_outside(closed / "data", "postgres").parent, ignore_errors=True)


def postmaster(folder: Path) -> int:
    home = Path(str(getattr(locate(folder), "home", "")))
    return int((home / "data" / "postmaster.pid").read_text().split("\n")[0])


def test_a_cluster_is_closed_to_strangers(server: Binaries, folder: Path) -> None:
    with borrowed(folder, binaries=server) as url:
        data = folder / "postgres" / "data"
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "postgres.json").stat().st_mode) == 0o600
        with psycopg.connect(url) as connection:
            said = connection.execute(
                "SELECT current_setting('listen_addresses'), current_setting('password_encryption'), "
                "current_setting('fsync'), current_setting('synchronous_commit'), current_setting('data_checksums'), "
                "rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            assert said == ("127.0.0.1", "scram-sha-256", "on", "on", "on", False)
        for wrong in ({"password": "guess"}, {"user": "postgres"}, {"user": "seguripago_admin", "password": ""}):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(**(conninfo_to_dict(url) | wrong))
        if os.geteuid() == 0:
            assert pwd.getpwuid(data.stat().st_uid).pw_name != "root"


def test_letters_of_spanish_are_known(server: Binaries, folder: Path) -> None:
    with borrowed(folder, binaries=server) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT lower('ÁÑÜ'), 'José' ILIKE 'JOSÉ'").fetchone() == ("áñü", True)


def test_the_last_borrower_stops_it_and_the_rows_stay(server: Binaries, folder: Path) -> None:
    with borrowed(folder, binaries=server) as url:
        with borrowed(folder, binaries=server) as again:
            assert again == url
            with psycopg.connect(again) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 1 AS x")
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT x FROM kept").fetchone() == (1,)
        pid = postmaster(folder)
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or " Z " in state.read_text(), "the server still runs"
    assert not (folder / "postgres" / "data" / "postmaster.pid").exists()
    with borrowed(folder, binaries=server) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT x FROM kept").fetchone() == (1,)


def test_a_server_that_dies_alone_is_revived_at_the_same_address(folder: Path) -> None:
    with borrowed(folder) as url:
        assert not revive(folder), "it runs"
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        os.kill(postmaster(folder), signal.SIGKILL)
        deadline = time.monotonic() + 30
        while not revive(folder):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)  # the last borrower stopped it, as ever


def test_after_a_kill_with_a_busy_session_it_comes_back_with_every_row(server: Binaries, folder: Path) -> None:
    with borrowed(folder, binaries=server) as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS x")

        def be_busy() -> None:
            with pytest.raises(psycopg.OperationalError), psycopg.connect(url) as session:
                session.execute("SELECT count(*) FROM generate_series(1, 100000000000)")

        busy = threading.Thread(target=be_busy)
        busy.start()
        time.sleep(0.5)
        os.kill(postmaster(folder), signal.SIGKILL)
        with borrowed(folder, binaries=server) as again, psycopg.connect(again) as connection:
            assert connection.execute("SELECT x FROM kept").fetchone() == (1,)
        busy.join(20)
        assert not busy.is_alive()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user's process")
def test_a_pid_file_that_names_a_stranger_does_not_keep_it_down(folder: Path) -> None:
    with borrowed(folder):
        pass
    data = folder / "postgres" / "data"
    stranger = subprocess.Popen(["sleep", "60"], user=data.stat().st_uid)
    try:
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1\n1\n\n127.0.0.1\n")
        shutil.chown(data / "postmaster.pid", data.stat().st_uid)
        with borrowed(folder) as url, psycopg.connect(url):
            pass
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_port_that_somebody_took_is_left_to_him(folder: Path) -> None:
    with borrowed(folder):
        pass
    before = locate(folder)
    assert before is not None
    with socket.socket() as somebody:
        somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        somebody.bind(("127.0.0.1", before.port))
        somebody.listen()
        with borrowed(folder) as url, psycopg.connect(url):
            pass
    after = locate(folder)
    assert after is not None
    assert after.port != before.port
    assert after.password == before.password


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the data to another user")
def test_below_a_closed_folder_the_data_goes_where_its_user_can_reach_it(closed_folder: Path) -> None:
    with borrowed(closed_folder) as url, psycopg.connect(url):
        deed = locate(closed_folder)
        assert deed is not None
        assert deed.home.startswith("/var/lib/seguripago-")
    assert stat.S_IMODE(closed_folder.parent.stat().st_mode) == 0o700, "a parent folder was opened"
    with borrowed(closed_folder) as url, psycopg.connect(url):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the data to another user")
def test_programs_below_a_closed_folder_are_copied_beside_the_data(closed_folder: Path) -> None:
    wheel = next((one for one in SERVERS if one.origin == "wheel"), None)
    if wheel is None:
        pytest.skip("the wheel has no server for this machine")
    package = wheel.folder.parent.parent
    hidden = closed_folder.parent / "site" / package.name
    shutil.copytree(wheel.folder.parent, hidden / wheel.folder.parent.name, symlinks=True)
    if package.with_name(f"{package.name}.libs").is_dir():
        shutil.copytree(package.with_name(f"{package.name}.libs"), hidden.with_name(f"{package.name}.libs"))
    moved = Binaries(hidden / wheel.folder.parent.name / "bin", wheel.major, wheel.version, "wheel")
    for _ in range(2):
        with borrowed(closed_folder, binaries=moved) as url, psycopg.connect(url) as connection:
            assert connection.info.server_version // 10_000 == wheel.major


def test_data_without_its_password_is_not_started_anew(folder: Path) -> None:
    with borrowed(folder):
        pass
    (folder / "postgres.json").unlink()
    with pytest.raises(cluster.ClusterFailed, match="contraseña"), borrowed(folder):
        pass
    assert (folder / "postgres" / "data" / "PG_VERSION").exists()


def test_data_of_another_version_is_not_touched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGURIPAGO_PG_BIN", str(SERVERS[0].folder))
    with pytest.raises(ServerMissing, match="Los datos son de PostgreSQL 9"):
        find_binaries(major=9)


def test_the_environment_has_the_first_word(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SEGURIPAGO_PG_BIN", str(SERVERS[-1].folder))
    assert find_binaries().folder == SERVERS[-1].folder
    monkeypatch.setenv("SEGURIPAGO_PG_BIN", str(tmp_path))
    with pytest.raises(ServerMissing):
        find_binaries()
