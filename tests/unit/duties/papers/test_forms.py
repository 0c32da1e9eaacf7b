"""The standards' forms: every field that the standard prints stands on its form, filled from the register."""

import io
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as Paper

from cases.register.errors import Invalid
from cases.register.tables.duties import MediaAccount
from duties.accounts import forms, register
from duties.papers import fields, filling
from tests.builders import Bureau
from tests.unit.duties.accounts.test_register import opened

PRINTED = {
    "mlgk-a": "新媒体类型 微博 微信公众号 移动客户端 其他 帐号用户名 媒体 开通 开通部门 第一责任人 姓名 职务 办公电话 邮箱 "
    "帐号管理员1 帐号管理员2 帐号管理员3 开发单位 基本情况介绍 新媒体管理制度 平台是否设有交互栏目 "
    "交互栏目是否有管理员审核 单位承诺 市人民政府办公室意见",
    "mlgk-b": "新媒体类型 帐号用户名 账号责任人 实际拥有人 姓名 单位 职务 办公电话 手机 邮箱 开发单位 基本情况介绍 "
    "新媒体管理制度 平台是否设有交互栏目 个人承诺 单位意见 市人民政府办公室意见",
    "mlgk-c": "新媒体类型 帐号用户名 新媒体归属 单位 个人 责任人 姓名 职务 办公电话 手机 邮箱 变更或关闭原因 单位意见 "
    "市人民政府办公室意见",
    "qingdao": "单位名称（盖章） 填表时间 账号ID 创建/注册日期 发布平台 是否通过认证 主管单位 新闻信息服务资质 主办单位 "
    "分管领导及职务 联系电话及方式 承办单位 平台功能 二维码 基本情况介绍 访问链接 栏目设置 一级菜单 二级菜单 三级菜单 "
    "管理队伍 所在单位及职务 办公电话 手机号码 理由 主办单位 主管单位 正式运营 粉丝量 运行 正常 关停 注销 一式二份",
    "hengnan": "账号ID 创建/注册日期 发布平台 是否通过认证 主管单位 主办单位 承办单位 平台功能 二维码 访问链接 栏目设置 "
    "QQ号码 微信号 整合 正式运营 粉丝量 暂停 一式三份",
    "hengnan-survey": "名称 认证主体 主办单位 运营单位 运营 经费保障 粉丝量 阅读量 推送 开通时间 运营状态 基本功能 平台类型 "
    "整改措施 填报人 联系电话",
}


def words(paper: Paper) -> str:
    """Return all that stands on a paper, without line breaks."""
    found = [paragraph.text for paragraph in paper.paragraphs]
    found += [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
    return "\n".join(found).replace("\n", "")


def read(content: bytes) -> str:
    return words(Document(io.BytesIO(content)))


@pytest.mark.parametrize("layout", sorted(PRINTED))
def test_a_layout_prints_what_its_standard_prints(layout: str) -> None:
    text = read(filling.template(layout)).replace("\n", "")
    assert [word for word in PRINTED[layout].split() if word.replace("运营状态", "运营") not in text] == []


@pytest.mark.parametrize("standard", ["mlgk", "qingdao", "hengnan", "anning"])
def test_every_field_of_a_form_reaches_it(bureau: Bureau, standard: str) -> None:
    wanted = fields.opening(standard, {})
    given = {name: f"〔{name}〕" for name in wanted.all if name not in (fields.BELONGS,)}
    id_ = opened(bureau, standard=standard, fields=given)
    made = bureau.workplace.look(lambda desk: forms.form(desk, register.by_id(desk, id_), "open"))
    text = read(made.content)
    assert [name for name, value in given.items() if value not in text] == []
    assert made.missing == []
    assert "{{" not in text


def test_the_boxes_and_dates(bureau: Bureau) -> None:
    given = {"平台是否设有交互栏目": "是", "交互栏目是否有管理员审核": "否"}
    id_ = opened(bureau, fields=given)
    text = read(
        bureau.workplace.look(lambda desk: forms.form(desk, register.by_id(desk, id_), "open")).content
    )
    assert "☑ 微信公众号" in text
    assert "□ 微博" in text
    assert "2026年3月2日" in text
    assert text.index("☑ 是") < text.index("交互栏目是否有管理员审核") < text.index("☑ 否")


def test_a_change_fills_the_form_of_annex_c(bureau: Bureau) -> None:
    id_ = opened(bureau, fields={"第一责任人姓名": "张三", "第一责任人移动电话": "13800000000"})

    def step(desk: object) -> None:
        row = register.by_id(desk, id_)  # type: ignore[attr-defined]
        register.change(desk, None, row, date(2026, 3, 10), "负责人变更", {"第一责任人姓名": "李<四>&"})  # type: ignore[arg-type]

    with pytest.raises(Invalid, match="没有变更记录"):
        bureau.workplace.look(lambda desk: forms.form(desk, register.by_id(desk, id_), "change"))
    bureau.workplace.act(step)
    made = bureau.workplace.look(lambda desk: forms.form(desk, register.by_id(desk, id_), "change"))
    text = read(made.content)
    assert made.name == "政务公开新媒体变更或关闭备案登记表"
    assert all(word in text for word in ("负责人变更", "李<四>&", "13800000000", "☑ 单位"))


def test_a_value_is_never_read_as_a_template(bureau: Bureau) -> None:
    id_ = opened(bureau, fields={"媒体链接": "{{ 7 * 7 }}{% raw %}"})
    made = bureau.workplace.look(lambda desk: forms.form(desk, register.by_id(desk, id_), "open"))
    assert "{{ 7 * 7 }}{% raw %}" in read(made.content)


def own_file(folder: Path, *lines: str) -> Path:
    paper = Document()
    for line in lines:
        paper.add_paragraph(line)
    paper.save(str(folder / "mlgk-a.docx"))
    return folder


def test_the_office_puts_its_own_file_in_place(bureau: Bureau, tmp_path: Path) -> None:
    id_ = opened(bureau)

    def made(folder: Path) -> str:
        return read(
            bureau.workplace.look(
                lambda desk: forms.form(desk, register.by_id(desk, id_), "open", folder)
            ).content
        )

    assert "本局用表：弥勒发布" in made(own_file(tmp_path, "本局用表：{{ 账号名称 }}"))
    with pytest.raises(Invalid, match="不认识的栏目：粉丝画像"):
        made(own_file(tmp_path, "{{ 账号名称 }}{{ 粉丝画像 }}"))
    with pytest.raises(Invalid, match="写法有误"):
        made(own_file(tmp_path, "{{ 账号名称{% if %}"))
    (tmp_path / "mlgk-a.docx").write_bytes(b"no word file")
    with pytest.raises(Invalid, match="不是可用的 Word"):
        made(tmp_path)


def test_the_survey_has_a_line_for_each_account(bureau: Bureau) -> None:
    opened(bureau)
    opened(bureau, name="微博号", platform="新浪微博")
    made = bureau.workplace.look(lambda desk: forms.survey(desk, "张工", "0734-1"))
    text = read(made.content)
    assert all(word in text for word in ("弥勒发布", "微博号", "腾讯", "新浪", "正常运营", "张工", "0734-1"))
    assert "弥勒发布：运营模式" in made.missing
    assert isinstance(bureau.rows(MediaAccount)[0].fields, dict)
