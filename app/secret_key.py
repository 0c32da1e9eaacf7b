"""The one secret from which all keys are derived."""

import os
import secrets
from pathlib import Path

from app.settings import BadSetting, Settings
from cases.register.vault import Vault
from text import system_errors

SHORTEST = 16


def vault(settings: Settings, var: Path = Path("var")) -> Vault:
    """Return the vault of HUIYIN_SECRET_KEY, else of `var/secret.key`, made on first start with mode 600."""
    given = settings.secret_key.get_secret_value()
    if given:
        if len(given) < SHORTEST:
            raise BadSetting(f"HUIYIN_SECRET_KEY 太短：至少 {SHORTEST} 个字符")
        return Vault(given.encode(), *_previous(settings))
    return Vault(_kept(var / "secret.key"), *_previous(settings))


def _previous(settings: Settings) -> tuple[bytes, ...]:
    earlier = settings.secret_key_previous.get_secret_value()
    return (earlier.encode(),) if earlier else ()


def replace(var: Path, secret: bytes) -> None:
    """Put another key in the place of `var/secret.key`, whole or not at all."""
    file = var / "secret.key"
    fresh = _written(file, secret.decode())
    fresh.replace(file)


def _written(file: Path, secret: str) -> Path:
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(secret + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return fresh


def _kept(file: Path) -> bytes:
    try:
        return _strong(file.read_bytes().strip(), file)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise BadSetting(f"{file} 读不出来（{system_errors.in_chinese(error)}），请检查权限") from None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = _written(file, secrets.token_urlsafe(48))
        try:
            os.link(fresh, file)  # of several first starts at once exactly one key is kept
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return _strong(file.read_bytes().strip(), file)
    except OSError as error:
        raise BadSetting(
            f"无法在 {file.parent} 写入密钥（{system_errors.in_chinese(error)}），请检查目录权限"
        ) from None


def _strong(key: bytes, file: Path) -> bytes:
    if len(key) < SHORTEST:
        raise BadSetting(f"{file} 内容不完整，请恢复原来的密钥文件")
    return key
