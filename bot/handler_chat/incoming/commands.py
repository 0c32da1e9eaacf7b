"""Commands: `/mine` `/case` `/overdue` `/kb` `/help` `/join`, read forgivingly and done at one desk."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.handler_chat.cards import joint
from bot.handler_chat.cards.cards import SuggestedEntry
from bot.handler_chat.cards.fitting import clip
from cases.lists import find
from cases.register import people
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed
from cases.register.kinds import Job, Lane
from cases.register.permissions import HANDLER, require
from cases.register.readonly import Case, Staff
from cases.register.rows import id_of
from cases.sending import announce, outbox, payloads
from cases.sending.chat import Chats, Place, place_of

_COMMAND = re.compile(r"[/／]([A-Za-z_]{1,32})(?:@(\w+))?(?:[\s:：]+(.*))?", re.DOTALL)
KNOWN = ("mine", "case", "overdue", "kb", "help", "start", "join", *joint.COMMANDS)
HELP = f"""办件用法
· 「紧急」提醒：先点「我来处置」并处理险情，再认领答复；核实无险由审核人「解除紧急」
· 卡片按钮：「认领」后回复卡片，即提交答复草稿
· 「采用建议」用知识库答案作草稿
· 「改类」「转办」「延期」「追问」「不予受理」按提示操作
· 草稿由另一位同事「通过」或「退回」
· 修改草稿：再回复一次事项卡片
· 已答复的可「更正」

命令
/mine 我的在办
/case 编号 调出卡片（可只写后四位）
/overdue 逾期未办结
/kb 问题 查知识库
/help 本说明
{joint.HELP}"""
HELP_IN_WORDS = f"""办件用法（编号可只写后四位）
我来处置 0007（紧急）
解除紧急 0007 如何核实的
认领 0007
草稿 0007 答复内容
采用建议 0007
改类 0007 投诉求助
转办 0007 部门
延期 0007 理由
追问 0007 内容
不予受理 0007 理由
更正 0007 更正后全文
{joint.HELP_IN_WORDS}
审核：通过 0007／退回 0007 理由
督办：同意延期 0007／不同意 0007
查看 0007　我的　逾期
知识库 问题"""


@dataclass(frozen=True, slots=True)
class StaffCommand:
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Who sends a command, and where the answer goes."""

    place: Place
    message_id: str
    private: bool


def parse(text: str, bot_name: str = "") -> StaffCommand | None:
    """Return the command that a message is; None if it is none, or is for another bot."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None or (found[2] and bot_name and found[2].lower() != bot_name.lower()):
        return None
    return StaffCommand(found[1].lower(), (found[3] or "").strip())


def obey(
    desk: Desk,
    chats: Chats,
    staff: Staff,
    command: StaffCommand,
    asker: Asker,
    suggestions: Sequence[SuggestedEntry] = (),
) -> str:
    """Do a command; returns the line to say, empty if a card or list says it. Raises: Refusal.

    `suggestions` are what the knowledge base found for `/kb`, looked up before the transaction.
    """
    if command.name in ("help", "start"):
        return HELP_IN_WORDS if chats.personal else HELP
    require(staff, HANDLER)
    if command.name in ("mine", "overdue"):
        listed = payloads.List(command.name, id_of(staff), f"chat:{asker.place}", reply_to=asker.message_id)
        _queue(desk, Job.LIST, asker, listed)
        return ""
    if command.name == "case":
        if not command.words:
            raise Invalid("请写编号，例如 /case 20261121-0007。")
        show(desk, chats, find.case(desk, staff, command.words), asker)
        return ""
    if command.name == "kb":
        return knowledge(command.words, suggestions)
    if command.name in joint.COMMANDS:
        return joint.command(desk, staff, command.name, command.words)
    raise Invalid("没有这个命令，发送 /help 查看用法。")


def show(desk: Desk, chats: Chats, case: Case, asker: Asker, key: str = "") -> None:
    """Post the case's card here. Raises: NotAllowed in a chat whose people may not all see the case."""
    home = place_of(desk, chats, f"case:{case.id}")
    offices = {chats.supervisors.chat_id} | (set() if case.accusation else {chats.handlers.chat_id})
    if not asker.private and asker.place.chat_id not in {home and home.chat_id} | offices:
        raise NotAllowed("本件不属于本群，请私聊机器人查看。")
    wanted = payloads.ShownCard(id_of(case), f"chat:{asker.place}", asker.message_id)
    _queue(desk, Job.SHOW_CARD, asker, wanted, key)


def knowledge(question: str, suggestions: Sequence[SuggestedEntry]) -> str:
    """Return what the knowledge base has on a question, for a phone's screen."""
    if not question:
        raise Invalid("请写问题，例如 /kb 居住证怎么办。")
    if not suggestions:
        return "知识库里没有找到相近的条目。"
    found = []
    for place, item in enumerate(suggestions, 1):
        source = f"\n　来源：{clip(item.source, 80)}" if item.source else ""
        found.append(
            f"{place}. {clip(item.question, 120)}（{item.score:.0%}）\n　{clip(item.answer, 700)}{source}"
        )
    return "\n\n".join(found)


def join(desk: Desk, platform: str, account: str, code: str) -> str:
    """Bind a chat account by a one-time code. Raises: Refusal."""
    if code and not code.isdecimal():
        code = "".join(char for char in unicodedata.normalize("NFKC", code) if char.isdecimal())
    staff = people.join(desk, code, **{f"{platform}_id": account})
    return f"绑定成功，{staff.name}。发送 /help 查看用法。"


def _queue(desk: Desk, kind: str, asker: Asker, payload: payloads.Payload, key: str = "") -> None:
    target = f"chat:{asker.place}"
    outbox.put(
        desk,
        key=f"{kind}:{target}:{key or asker.message_id}",
        lane=Lane.CHAT,
        target=target,
        kind=kind,
        now=desk.now,
        priority=outbox.PEOPLE,
        payload=payload,
    )


def say(desk: Desk, asker: Asker, text: str) -> None:
    """Answer a person's message in its chat, as a reply to it."""
    announce.tell(
        desk,
        f"chat:{asker.place}",
        text,
        key=f"say:{asker.place}:{asker.message_id}",
        priority=outbox.PEOPLE,
        reply_to=asker.message_id,
    )
