"""The image and the Compose file, as far as they can be judged without a Docker engine."""

import re
import stat
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.db import connection

from config import first_secrets
from config.env import postgres

ROOT = Path(settings.BASE_DIR)
ONE_SHOT = {"secrets", "migrate"}
OURS = {"secrets", "migrate", "web", "worker-counts", "worker-jobs", "beat"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def test_every_part_of_the_site_is_a_service(services):
    assert set(services) == OURS | {"db", "redis"}


def test_everything_that_stays_up_tells_its_health_and_starts_again(services):
    for name in set(services) - ONE_SHOT:
        assert services[name]["healthcheck"]["test"][0] == "CMD", name
        assert services[name]["restart"] == "unless-stopped", name
    assert {services[name]["restart"] for name in ONE_SHOT} == {"no"}


def test_order_of_the_first_start(services):
    def waits(name):
        return {other: how["condition"] for other, how in services[name].get("depends_on", {}).items()}

    done, healthy = "service_completed_successfully", "service_healthy"
    assert waits("db") == {"secrets": done}
    assert waits("migrate") == {"db": healthy}
    for name in ("web", "worker-counts", "worker-jobs", "beat"):
        assert waits(name) == {"db": healthy, "redis": healthy, "migrate": done}


def test_no_container_runs_as_root_or_may_become_it(services):
    users = re.findall(r"^USER (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert users == ["site"]
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("user") == {"db": "postgres", "redis": "redis"}.get(name)
    assert all(services[name]["read_only"] for name in OURS)


def test_only_the_web_is_reachable_and_only_from_this_host(services):
    assert {name for name, service in services.items() if "ports" in service} == {"web"}
    assert services["web"]["ports"] == ["${BIND:-127.0.0.1}:${PORT:-8000}:8000"]


def test_secrets_come_from_files_of_the_volume_and_stand_nowhere_in_clear(services):
    for name, service in services.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|DATABASE_URL", variable):
                assert variable.endswith("_FILE"), (name, variable)
                assert str(value).startswith("/secrets/"), (name, variable)
    writers = {name for name, service in services.items() if "secrets:/secrets" in service.get("volumes", [])}
    assert writers == {"secrets"}


def test_starts_without_an_env_file(services):
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert "env_file" not in text
    assert all(":-" in variable for variable in re.findall(r"\$\{([^}]*)\}", text))


def test_each_queue_has_its_worker_and_what_must_outlive_a_container_lies_in_a_volume(compose, services):
    queues = {name: services[name]["command"] for name in ("worker-counts", "worker-jobs")}
    assert {name: command[command.index("--queues") + 1] for name, command in queues.items()} == {
        "worker-counts": "counts",
        "worker-jobs": "jobs",
    }
    assert set(compose["volumes"]) == {"db", "redis", "media", "secrets"}
    for name in ("web", "worker-counts", "worker-jobs"):
        assert "media:/site/media" in services[name]["volumes"]
    assert "noeviction" in services["redis"]["command"]
    assert "yes" in services["redis"]["command"]


def test_modules_named_by_the_commands_exist(services):
    for service in services.values():
        words = [*service.get("command", []), *service.get("healthcheck", {}).get("test", [])]
        for flag, module in pairwise(words):
            if flag in ("-m", "--app"):
                assert (ROOT / module.replace(".", "/")).with_suffix(".py").exists(), module


@pytest.mark.postgres
def test_database_of_compose_is_the_major_version_of_the_tests(services, db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        major = int(cursor.fetchone()[0]) // 10_000
    assert services["db"]["image"] == f"postgres:{major}"


def test_image_installs_the_hashed_lock_and_carries_no_history_data_or_secret():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in dockerfile
    assert "--requirement config/requirements/run.txt" in dockerfile
    assert "APP_ENV_READY=1" in dockerfile
    ignored = set((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    assert {".git", ".venv", ".env*", "var", "demo"} <= ignored


def test_first_secrets_are_made_once_and_fit_together(tmp_path):
    first_secrets.main(["", str(tmp_path)])
    made = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert set(made) == {"secret_key", "db_password", "database_url"}
    assert len(made["secret_key"]) >= 40
    assert postgres(made["database_url"])["PASSWORD"] == made["db_password"]
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {"secret_key": 0o400, "database_url": 0o400, "db_password": 0o444}

    first_secrets.main(["", str(tmp_path)])
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == made


def test_cut_off_first_start_leaves_no_half_secret(tmp_path):
    (tmp_path / "secret_key.new").write_text("half")
    first_secrets.main(["", str(tmp_path)])
    assert "half" not in (tmp_path / "secret_key").read_text()
