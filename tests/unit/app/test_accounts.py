"""`accounts.toml`: each account with its keys, menu, departments and knowledge; one clear line for what is wrong."""

from pathlib import Path

import pytest

from app.accounts import accounts, departments_of, knowledge_of
from app.settings import BadSetting, Settings, read
from bot.wechat import menu

NOWHERE = Path("/nonexistent/.env")
MAIN = {
    "HUIYIN_WECHAT_APP_ID": "wxmain",
    "HUIYIN_WECHAT_APP_SECRET": "s3cret-value",
    "HUIYIN_WECHAT_TOKEN": "tok",
}
KEYS = 'name = "rs"\napp_id = "wxrs"\nsecret = "s3cret-value"\ntoken = "t"\n'
FOUR = ",".join(f'{{ name = "{n}", text = "b" }}' for n in range(4))
SECOND = (
    f"[[account]]\n{KEYS}"
    """departments = ["人社局", "医保局"]

[[account.menu]]
name = "办事"
menu = [{ name = "社保卡", text = "带身份证到大厅。" }, { name = "医保网厅", url = "https://yb.example.gov.cn/" }]

[[account.menu]]
name = "查询"
does = "查询"
"""
)


def settings(**more: str) -> Settings:
    return read({**MAIN, **more}, NOWHERE)


def written(tmp_path: Path, toml: str) -> Path:
    file = tmp_path / "accounts.toml"
    file.write_text(toml, encoding="utf-8")
    return file


def test_an_account_has_its_own_keys_menu_departments_and_knowledge(tmp_path: Path) -> None:
    main, second = accounts(settings(), written(tmp_path, SECOND))
    assert (main.app_id, main.departments, main.menu) == ("wxmain", (), ())
    assert (second.app_id, second.name, second.secret) == ("wxrs", "rs", "s3cret-value")
    assert second.departments == second.knowledge == ("人社局", "医保局")
    assert menu.body(second) == {
        "button": [
            {
                "name": "办事",
                "sub_button": [
                    {"type": "click", "name": "社保卡", "key": "text:社保卡"},
                    {"type": "view", "name": "医保网厅", "url": "https://yb.example.gov.cn/"},
                ],
            },
            {"type": "click", "name": "查询", "key": "query"},
        ]
    }
    assert second.menu_text("社保卡") == "带身份证到大厅。"
    assert [button["name"] for button in menu.body(main)["button"]] == ["我要留言", "查询", "更多"]


def test_knowledge_may_be_wider_or_narrower_than_departments(tmp_path: Path) -> None:
    more = '[[account]]\n{}knowledge = {}\ndepartments = ["人社局"]\n'
    wide = accounts(settings(), written(tmp_path, more.format(KEYS, "[]")))
    assert wide[1].knowledge == ()
    other = accounts(settings(), written(tmp_path, more.format(KEYS, '["人社局", "政务局"]')))
    assert knowledge_of(other) == {"": (), "wxmain": (), "wxrs": ("人社局", "政务局")}
    assert departments_of(other) == {"": (), "wxmain": (), "wxrs": ("人社局",)}


def test_an_entry_without_keys_describes_the_account_of_the_settings(tmp_path: Path) -> None:
    toml = '[[account]]\napp_id = "wxmain"\ndepartments = ["住建局"]\n'
    (main,) = accounts(settings(), written(tmp_path, toml))
    assert (main.token, main.departments, main.knowledge) == ("tok", ("住建局",), ("住建局",))
    assert departments_of((main,))[""] == ("住建局",)


def test_without_a_file_or_an_account_there_is_nothing() -> None:
    assert accounts(read({}, NOWHERE), Path("/nonexistent/accounts.toml")) == ()
    assert departments_of(()) == knowledge_of(()) == {}


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[[account]\n", "读不懂"),
        ("account = 3\n", "[[account]]"),
        ('[[account]]\nname = "rs"\n', "缺少 app_id、secret、token"),
        (f'[[account]]\n{KEYS}department = ["x"]\n', "不认识的项 department"),
        (f'[[account]]\n{KEYS}departments = "人社局"\n', "departments 应为"),
        (f"[[account]]\n{KEYS}knowledge = [3]\n", "knowledge 应为"),
        (f"[[account]]\n{KEYS}menu = 3\n", "[[account.menu]]"),
        (f'[[account]]\n{KEYS}menu = [{{ does = "查询" }}]\n', "name"),
        (f'[[account]]\n{KEYS}menu = [{{ name = "六个汉字太长", does = "查询" }}]\n', "不超过 5 个汉字"),
        (f'[[account]]\n{KEYS}menu = [{{ name = "查", does = "跳舞" }}]\n', "does 应为"),
        (f'[[account]]\n{KEYS}menu = [{{ name = "查", url = "javascript:1" }}]\n', "https://"),
        (f'[[account]]\n{KEYS}menu = [{{ name = "查", url = "https://a", text = "b" }}]\n', "之一"),
        (
            f'[[account]]\n{KEYS}menu = [{{ name = "查", text = "b" }}, {{ name = "查", text = "c" }}]\n',
            "重复",
        ),
        (f"[[account]]\n{KEYS}menu = [{FOUR}]\n", "最多 3 项"),
        (
            f'[[account]]\n{KEYS}menu = [{{ name = "a", menu = [{{ name = "b", menu = [{{ name = "c", text = "d" }}] }}] }}]\n',
            "两级",
        ),
        (f"[[account]]\n{KEYS}\n[[account]]\n{KEYS}", "重复"),
        ('[[account]]\nname = "x"\napp_id = "wxmain"\nsecret = "s"\ntoken = "t"\n', "重复"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_without_a_secret(tmp_path: Path, toml: str, said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        accounts(settings(), written(tmp_path, toml))
    line = str(refused.value)
    assert said in line and "accounts.toml" in line and "\n" not in line
    assert "s3cret-value" not in line
