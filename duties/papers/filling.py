"""A paper is filled: the shipped layout, or the office's own Word file in its place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases.register.errors import Invalid, Malformed
from text.printable import printable

if TYPE_CHECKING:
    from docx.document import Document as Paper
# name → what it is: the name is also that of the office's own file, `<name>.docx`
LAYOUTS = {
    "mlgk-a": "政务公开新媒体备案登记表（部门）",
    "mlgk-b": "政务公开新媒体备案登记表（个人）",
    "mlgk-c": "政务公开新媒体变更或关闭备案登记表",
    "qingdao": "青岛西海岸新区政务新媒体备案登记表",
    "hengnan": "衡南县政务新媒体备案登记表",
    "hengnan-survey": "衡南县政务新媒体排查及清理整合情况表",
    "anning": "云南省政务新媒体备案登记表",
    "selfcheck": "政务新媒体日常监管指标自查表",
    "secrecy": "政务公开新媒体管理移交保密承诺书",
}
LARGEST = 10 << 20


def template(name: str) -> bytes:
    """Return the shipped layout as a Word file whose fields the office may move about. Raises: Invalid."""
    if name not in LAYOUTS:
        raise Malformed(f"没有「{name}」这个表样，可用：{'、'.join(LAYOUTS)}。")
    buffer = io.BytesIO()
    _layout(name)().save(buffer)
    return buffer.getvalue()


def _layout(name: str) -> Callable[[], Paper]:
    """Word's library takes a fifth of a second to load: it is, where a paper is made."""
    from duties.papers import mlgk, registration, statements

    return {
        "mlgk-a": mlgk.annex_a,
        "mlgk-b": mlgk.annex_b,
        "mlgk-c": mlgk.annex_c,
        "qingdao": registration.qingdao,
        "hengnan": registration.hengnan,
        "hengnan-survey": registration.hengnan_survey,
        "anning": registration.anning,
        "selfcheck": statements.selfcheck,
        "secrecy": statements.secrecy,
    }[name]


def fill(name: str, values: Mapping[str, Any], own: Path | None = None) -> bytes:
    """Return the filled paper. `own` is the folder with the office's own files.

    Raises: Invalid for a file that is no Word file, or that names a field which nobody fills, saying which.
    """
    file = own / f"{name}.docx" if own is not None else None
    replaced = file is not None and file.is_file()
    where = f"表样 {file}" if replaced else f"表样「{name}」"
    if replaced and file is not None and file.stat().st_size > LARGEST:
        raise Invalid(f"{where}超过 10 MB。")
    content = file.read_bytes() if replaced and file is not None else template(name)
    return _rendered(content, values, where)


def check(name: str, file: Path, values: Mapping[str, Any]) -> None:
    """Raises: Invalid if this file cannot take the place of the layout `name`."""
    template(name)
    _rendered(file.read_bytes(), values, f"表样 {file}")


def _rendered(content: bytes, values: Mapping[str, Any], where: str) -> bytes:
    from docx.opc.exceptions import PackageNotFoundError
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined
    from jinja2.exceptions import TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    try:
        paper = DocxTemplate(io.BytesIO(content))
        unknown = sorted(paper.get_undeclared_template_variables(environment) - values.keys())
        if unknown:
            raise Invalid(f"{where}中有不认识的栏目：{'、'.join(unknown)}。")
        paper.render({name: _shown(value) for name, value in values.items()}, environment, autoescape=True)
        buffer = io.BytesIO()
        paper.save(buffer)
    except TemplateError as error:
        raise Invalid(f"{where}中的栏目写法有误：{str(error)[:200]}") from None
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise Invalid(f"{where}不是可用的 Word（.docx）文件（{type(error).__name__}）。") from None
    return buffer.getvalue()


def _shown(value: Any) -> Any:
    """A field typed as `{{ … }}` is text and stays so: values are never read as a template again.

    What no Word file holds is shown as such, whoever typed it.
    """
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {name: _shown(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    return "" if value is None else value
