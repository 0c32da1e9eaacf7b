"""The peers' own environment: made once, and again when its list of pinned packages changes."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

WANTED = Path(__file__).with_name("requirements.txt")
FOLDER = Path("var/bench/peers")


def python(wanted: Path = WANTED, folder: Path = FOLDER) -> Path:
    """Return the interpreter of an environment that holds what `wanted` pins."""
    made, mark = folder.resolve() / "bin" / "python", folder / "made-of"
    digest = sha256(wanted.read_bytes()).hexdigest()
    if not made.exists() or not mark.exists() or mark.read_text() != digest:
        print(f"making {folder} with {wanted.name} …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [
            str(made),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            str(wanted),
        ]
        subprocess.run(install, check=True)
        mark.write_text(digest)
    return made
