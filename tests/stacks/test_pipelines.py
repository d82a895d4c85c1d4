"""The example pipelines: files that forges read, and scripts that they call; against a stand-in, and for real."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from inventory.load import load_estate
from migration.plan_file import write_plan
from tests.borders.tree import ROOT
from tests.stacks.design.made import EXAMPLE, plan_of_example
from tools.cloudbed import Bed

CI = ROOT / "examples" / "ci"
SCRIPTS = CI / "scripts"
PIPELINES = ("gitlab-ci.yml", "github-actions.yml", "Jenkinsfile")
HASH = "3f9c2d7a51e80b46"

STAND_IN = """\
#!/usr/bin/env bash
echo "$*" >>"$CALLS"
case "$1 $2" in
"stack preview") printf '### Cloud stacks\\n\\nAgree with `--yes %s`.\\n' "$HASH" ;;
*) echo "answer of $1 $2" ;;
esac
code=$(cat "$CODES/$1-$2" 2>/dev/null || echo 0)
exit "$code"
"""


class Job:
    """A folder with a repository in it, in which a pipeline's scripts run."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self.out = folder / "build" / "ci"
        self.variables = {"QY_ESTATE": "estate", "QY_PLAN": "plan.json", **variables}
        (folder / "bin").mkdir(parents=True)
        self.run("git", "init", "-q", "-b", "main")

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        path = f"{self.folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = kept | {"PATH": path} | self.variables | more
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    def script(self, name: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run(str(SCRIPTS / name), *arguments, **more)

    def commit(self) -> str:
        self.run("git", "add", "-A")
        self.run("git", "-c", "user.name=x", "-c", "user.email=x@example.cn", "commit", "-q", "-m", "x")
        return self.run("git", "rev-parse", "HEAD").stdout.strip()

    def program(self, content: str) -> None:
        (self.folder / "bin" / "qianyun").write_text(content, encoding="utf-8")
        (self.folder / "bin" / "qianyun").chmod(0o755)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """With a stand-in for the command; ``codes/GROUP-COMMAND`` holds its exit code."""
    folder = tmp_path / "job"
    made = Job(folder, {"CALLS": str(tmp_path / "calls"), "CODES": str(tmp_path / "codes"), "HASH": HASH})
    made.program(STAND_IN)
    (tmp_path / "codes").mkdir()
    (folder / "plan.json").write_text("{}", encoding="utf-8")
    return made


def calls(job: Job) -> list[str]:
    return Path(job.variables["CALLS"]).read_text(encoding="utf-8").splitlines()


def fails(job: Job, command: str, code: int) -> None:
    (Path(job.variables["CODES"]) / command).write_text(str(code), encoding="utf-8")


# Files


@pytest.mark.parametrize("name", PIPELINES)
def test_pipelines_call_scripts_that_are_there(name: str) -> None:
    text = (CI / name).read_text(encoding="utf-8")
    called = set(re.findall(r"ci/scripts/([a-z-]+\.sh)", text))
    assert called == {path.name for path in SCRIPTS.glob("*.sh")} - {"common.sh"}
    assert all(os.access(SCRIPTS / script, os.X_OK) for script in called)
    used = set(re.findall(r"\bQY_[A-Z]+", text))
    known = set(re.findall(r"\bQY_[A-Z_]+", "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*"))))
    assert used <= known


def test_pipelines_have_their_forges_form() -> None:
    gitlab = yaml.safe_load((CI / "gitlab-ci.yml").read_text(encoding="utf-8"))
    jobs = {name: job for name, job in gitlab.items() if isinstance(job, dict) and "script" in job}
    assert {job["stage"] for job in jobs.values()} == set(gitlab["stages"])
    assert jobs["apply"]["rules"][0]["when"] == "manual"
    assert jobs["apply"]["needs"] == ["preview"]
    actions = yaml.safe_load((CI / "github-actions.yml").read_text(encoding="utf-8"))
    assert set(actions[True]) == {"pull_request", "push", "schedule"}  # YAML 1.1 reads "on" as true
    assert actions["jobs"]["apply"] | {"needs": "preview", "environment": "clouds"} == actions["jobs"]["apply"]
    jenkins = (CI / "Jenkinsfile").read_text(encoding="utf-8")
    assert jenkins.count("{") == jenkins.count("}")


@pytest.mark.component("shellcheck")
def test_scripts_are_clean() -> None:
    files = sorted(str(path) for path in SCRIPTS.glob("*.sh"))
    done = subprocess.run(["shellcheck", "-x", *files], cwd=SCRIPTS, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0


# Scripts, with a stand-in


def test_check_tells_of_both_and_fails_with_either(job: Job) -> None:
    assert job.script("check.sh").returncode == 0
    assert calls(job) == ["inventory check estate", "plan check estate plan.json"]
    fails(job, "inventory-check", 2)
    assert job.script("check.sh").returncode == 2
    report = (job.out / "check.md").read_text(encoding="utf-8")
    assert report.count("answer of") == 2  # the plan is checked all the same


def test_plan_diff_compares_with_the_commit_before(job: Job) -> None:
    (job.folder / "plan.json").write_text('{"old": 1}', encoding="utf-8")
    base = job.commit()
    (job.folder / "plan.json").write_text('{"new": 1}', encoding="utf-8")
    assert job.script("plan-diff.sh", QY_BASE=base).returncode == 0
    assert calls(job) == ["plan diff build/ci/plan-before.json plan.json"]
    assert (job.out / "plan-before.json").read_text(encoding="utf-8") == '{"old": 1}'
    job.run("git", "rm", "-q", "--cached", "plan.json")
    first = job.commit()
    (job.folder / "other.json").write_text("{}", encoding="utf-8")
    assert job.script("plan-diff.sh", QY_BASE=first, QY_PLAN="other.json").returncode == 0
    assert calls(job)[-1] == "plan show other.json"
    assert job.script("plan-diff.sh", QY_BASE="0" * 40).returncode != 0


def test_preview_leaves_the_hash_that_apply_hands_on(job: Job) -> None:
    options = {"QY_SELECT": "--cloud yun-a --parallel 2", "QY_BACKEND": "s3://stacks?a=b&c=d"}
    assert job.script("preview.sh", **options).returncode == 0
    assert (job.out / "hash").read_text(encoding="utf-8").strip() == HASH
    assert job.script("apply.sh", **options).returncode == 0
    stacks = "estate plan.json --cloud yun-a --parallel 2 --backend s3://stacks?a=b&c=d"
    assert calls(job) == [f"stack preview {stacks} --markdown", f"stack up {stacks} --yes {HASH}"]
    fails(job, "stack-up", 5)
    assert job.script("apply.sh", **options).returncode == 5
    assert "answer of stack up" in (job.out / "up.txt").read_text(encoding="utf-8")


def test_what_a_check_forbids_is_nothing_to_apply(job: Job) -> None:
    assert job.script("preview.sh").returncode == 0
    fails(job, "stack-preview", 1)
    assert job.script("preview.sh").returncode == 1
    assert not (job.out / "hash").exists()
    assert job.script("apply.sh").returncode != 0
    (job.out / "hash").write_text("$(touch x)", encoding="utf-8")
    assert job.script("apply.sh").returncode == 2
    assert [call for call in calls(job) if call.startswith("stack up")] == []


def test_drift_fails_the_pipeline(job: Job) -> None:
    assert job.script("drift.sh").returncode == 0
    fails(job, "stack-drift", 1)
    assert job.script("drift.sh").returncode == 1
    assert "answer of stack drift" in (job.out / "drift.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("missing", ["QY_ESTATE", "QY_PLAN"])
def test_settings_that_are_missing_are_named(job: Job, missing: str) -> None:
    ran = job.script("check.sh", **{missing: ""})
    assert ran.returncode != 0
    assert missing in ran.stderr


# Comments


class Forge(HTTPServer):
    """Keeps what is posted."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, Mapping[str, str], Any]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Forge)
        self.server.posted.append((self.path, dict(self.headers), json.loads(content)))
        self.send_response(404 if "missing" in self.path else 201)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def forge() -> Iterator[Forge]:
    server = Forge()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def variables_of(forge: Forge, kind: str) -> tuple[dict[str, str], str, tuple[str, str]]:
    """What a forge's pipelines have; where a comment goes; its header."""
    match kind:
        case "gitlab":
            variables = {"CI_API_V4_URL": f"{forge.url}/api/v4", "CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_IID": "12"}
            return variables, "/api/v4/projects/7/merge_requests/12/notes", ("PRIVATE-TOKEN", "s3cret")
        case "gitee":
            variables = {"QY_GITEE_API": forge.url, "QY_GITEE_REPOSITORY": "a/b", "QY_GITEE_PULL": "12"}
            return variables, "/repos/a/b/pulls/12/comments", ("Authorization", "Bearer s3cret")
        case _:
            variables = {"GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "a/b", "QY_PULL": "12"}
            return variables, "/repos/a/b/issues/12/comments", ("Authorization", "token s3cret")


@pytest.mark.parametrize("kind", ["gitlab", "github", "gitee"])
def test_comments_reach_the_merge_request(job: Job, forge: Forge, kind: str) -> None:
    (job.folder / "a.md").write_text('预览 "quoted" $(x) `y`\n', encoding="utf-8")
    (job.folder / "b.md").write_text("second\n", encoding="utf-8")
    variables, path, header = variables_of(forge, kind)
    ran = job.script("comment.sh", "a.md", "missing.md", "b.md", QY_TOKEN="s3cret", **variables)
    assert ran.returncode == 0, ran.stderr
    ((posted, headers, body),) = forge.posted
    assert posted == path
    assert headers[header[0]] == header[1]
    assert body == {"body": '预览 "quoted" $(x) `y`\nsecond\n'}
    assert "s3cret" not in ran.stdout + ran.stderr


def test_comments_are_cut_to_what_forges_take(job: Job, forge: Forge) -> None:
    (job.folder / "a.md").write_text("长" * 100_000, encoding="utf-8")
    variables, _, _ = variables_of(forge, "github")
    assert job.script("comment.sh", "a.md", QY_TOKEN="x", **variables).returncode == 0
    assert len(forge.posted[0][2]["body"]) < 65_000


def test_a_refused_comment_is_an_error_and_no_merge_request_is_none(job: Job, forge: Forge) -> None:
    (job.folder / "a.md").write_text("x", encoding="utf-8")
    variables, _, _ = variables_of(forge, "github")
    refused = job.script("comment.sh", "a.md", QY_TOKEN="x", **variables | {"GITHUB_REPOSITORY": "missing"})
    assert refused.returncode != 0
    assert job.script("comment.sh", "a.md", QY_TOKEN="x").returncode == 0
    assert job.script("comment.sh", "nothing.md").returncode == 0


# For real


@pytest.mark.component("pulumi")
def test_from_the_merge_request_to_the_nightly_drift(fresh_bed: Bed, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "job" / "estate")
    write_plan(tmp_path / "job" / "plan.json", plan_of_example(load_estate(EXAMPLE, cache=False).inventory))
    (tmp_path / "passphrase").write_text("words\n", encoding="utf-8")
    (tmp_path / "stacks").mkdir()
    job = Job(
        tmp_path / "job",
        {
            **fresh_bed.variables(),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "passphrase"),
            "QIANYUN_CACHE_DIR": str(tmp_path / "cache"),
            "QIANYUN_LANG": "zh",
            "QY_BACKEND": f"file://{tmp_path / 'stacks'}",
            "QY_SELECT": "--system 140100-mzj-0004 --stack zone.yun-1401-a.140100-mzj",
        },
    )
    job.program(f'#!/bin/sh\nexec {sys.executable} {ROOT / "cli.py"} "$@"\n')
    assert job.run("qianyun", "stack", "addresses", "estate", "plan.json", "--write").returncode == 0
    base = job.commit()

    assert job.script("plan-diff.sh", QY_BASE=base).returncode == 0
    preview = job.script("preview.sh")
    assert preview.returncode == 0, preview.stderr
    assert "server-" in preview.stdout
    applied = job.script("apply.sh")
    assert applied.returncode == 0, applied.stdout
    servers = list(fresh_bed.connection().compute.servers(all_projects=True))
    assert [server.status for server in servers] == ["ACTIVE"] * len(servers) != []
    assert job.script("apply.sh").returncode == 5  # what was approved has been made: it is another preview now

    assert job.script("drift.sh").returncode == 0
    network = next(fresh_bed.connection().network.networks(name="yun-1401-a.140100-mzj"))
    fresh_bed.connection().network.update_network(network, name="renamed")
    drifted = job.script("drift.sh")
    assert drifted.returncode == 1, drifted.stdout
    assert "network" in (job.out / "drift.md").read_text(encoding="utf-8")
