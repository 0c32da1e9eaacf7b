"""What deploy/ ships: hardened units, and a proxy that opens no more than it must."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.keep import beats

DEPLOY = Path(__file__).parents[2] / "deploy"
PUBLIC = {"/wechat", "/wechat/", "/wecom", "/telegram", "/api/v1/"}
HARDENED = {
    "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
    "CapabilityBoundingSet=", "RestrictSUIDSGID=yes", "RestrictNamespaces=yes", "LockPersonality=yes",
    "SystemCallFilter=@system-service", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "UMask=0077",
}  # fmt: skip


BOUNDS = {
    "HuiyinDangerUntaken": beats.LATE, "HuiyinNobodyLeads": beats.SILENT, "HuiyinUnsent": beats.LATE,
    "HuiyinSweepLags": beats.SWEEP_LAG, "HuiyinChatNotPolled": beats.LATE, "HuiyinNoBackup": beats.BACKUP_AGE,
}  # fmt: skip


@pytest.mark.parametrize("rule", BOUNDS)
def test_an_alert_and_the_doctor_have_one_bound(rule: str) -> None:
    rules = (DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8")
    found = re.search(rf"alert: {rule}\n\s+expr: .*? > (\d+)", rules)
    assert found is not None and int(found[1]) == BOUNDS[rule]


@pytest.mark.parametrize("unit", ["huiyin.service", "huiyin-backup.service"])
def test_units_are_hardened(unit: str) -> None:
    """By the lines themselves everywhere, and by systemd's own judgement where it is installed."""
    path = DEPLOY / unit
    assert set(path.read_text(encoding="utf-8").splitlines()) >= HARDENED
    if shutil.which("systemd-analyze") is None:
        return
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(path)],
        capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    found = re.search(r"exposure level for \S+: (\d+\.\d)", done.stdout)
    assert found is not None, done.stdout + done.stderr
    assert float(found[1]) <= 3


def test_a_workbook_can_still_be_read_in_a_process_of_its_own() -> None:
    """That process limits itself by a call that `@resources` would forbid."""
    assert "@resources" not in (DEPLOY / "huiyin.service").read_text(encoding="utf-8")


def test_only_the_platforms_paths_are_public() -> None:
    public, inside = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").split("── inside")
    assert set(re.findall(r"location (?:= |\^~ )(\S+)", public)) == PUBLIC
    assert "location / { return 404; }" in public
    assert "deny all;" in inside
    assert "/metrics" not in public + inside
