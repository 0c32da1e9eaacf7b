"""One token for all, errors with a meaning, files by MediaId: through the stand-in's real HTTP."""

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from app.serve.delivery import LaneWorker
from bot.wechat import media, menu
from bot.wechat.client import ApiError, Consequence, WeChatApi, error_of
from bot.wechat.media import MediaFetcher
from cases.register.media_store import InFolder
from cases.register.tables import ApiToken, Media
from tests.fakes import wechat
from tests.unit.bot.wechat.conftest import APP_ID, SECRET, Post, Town, through

TABLE = [
    (-1, Consequence.AGAIN),
    (40001, Consequence.TOKEN),
    (40014, Consequence.TOKEN),
    (42001, Consequence.TOKEN),
    (40164, Consequence.SETTING),
    (43004, Consequence.GONE),
    (45009, Consequence.AGAIN),
    (45011, Consequence.AGAIN),
    (45015, Consequence.QUOTA),
    (45047, Consequence.QUOTA),
    (48001, Consequence.QUOTA),
    (48002, Consequence.GONE),
    (87009, Consequence.REFUSED),
    (88000, Consequence.REFUSED),
    (88001, Consequence.REFUSED),
    (88008, Consequence.REFUSED),
    (12345, Consequence.REFUSED),
]


@pytest.mark.parametrize(("code", "meaning"), TABLE)
async def test_each_row_of_the_platform_s_error_table(
    town: Town, post: Post, code: int, meaning: Consequence
) -> None:
    town.fake.trouble("menu/create", code=code, times=2)
    with pytest.raises(ApiError) as caught:
        await menu.push(post.api)
    assert (caught.value.code, caught.value.meaning) == (code, meaning)
    assert str(code) in str(caught.value)
    assert error_of(code).meaning == meaning


async def test_many_cold_callers_and_processes_fetch_one_token(town: Town) -> None:
    with wechat.serving_fake(town.fake) as address:
        account = replace(town.account, api_base=address)
        apis = [WeChatApi(account, town.workplace) for _ in range(8)]
        tokens = await asyncio.gather(*(api.token() for api in apis for _ in range(3)))
        assert len(set(tokens)) == 1
        assert town.fake.fetches == 1
        for api in apis:
            await api.close()


async def test_the_token_is_renewed_before_it_ends_and_kept_sealed(town: Town, post: Post) -> None:
    first = await post.api.token()
    assert await post.api.token() == first
    town.clock.ahead(seconds=7200 - 299)
    assert await post.api.token() != first
    assert town.fake.fetches == 2
    row = town.workplace.look(lambda desk: desk.session.exec(select(ApiToken)).one())
    assert first.encode() not in row.sealed


async def test_many_callers_with_a_dead_token_renew_it_once(town: Town, post: Post) -> None:
    await post.api.token()
    town.fake.expire_tokens()
    await asyncio.gather(*(menu.push(post.api) for _ in range(6)))
    assert town.fake.fetches == 2


async def test_a_token_that_the_platform_still_hands_out_is_forced_anew(town: Town, post: Post) -> None:
    first = await post.api.token()
    town.fake.trouble("menu/create", code=40001)
    await menu.push(post.api)
    assert await post.api.token() != first


async def test_a_wrong_secret_is_said_and_never_shown(town: Town) -> None:
    with wechat.serving_fake(town.fake) as address:
        api = WeChatApi(replace(town.account, api_base=address, secret="wrong"), town.workplace)
        with pytest.raises(ApiError, match="AppSecret") as caught:
            await api.token()
        assert "wrong" not in str(caught.value)
        assert SECRET not in repr(api.account)
        await api.close()


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 404}, {"hang": 1.0}])
async def test_no_answer_is_a_reason_to_try_again(town: Town, trouble: dict[str, float]) -> None:
    with wechat.serving_fake(town.fake) as address:
        http = httpx.AsyncClient(timeout=0.5, trust_env=False)
        api = WeChatApi(replace(town.account, api_base=address), town.workplace, http)
        town.fake.trouble("menu/create", **trouble)  # type: ignore[arg-type]
        with pytest.raises(ApiError) as caught:
            await menu.push(api)
        assert (caught.value.code, caught.value.meaning) == (0, Consequence.AGAIN)
        await api.close()


async def test_nobody_there(town: Town) -> None:
    api = WeChatApi(replace(town.account, api_base="http://127.0.0.1:9"), town.workplace)
    with pytest.raises(ApiError, match="连不上"):
        await api.token()
    await api.close()


async def test_the_menu_offers_what_the_callback_knows(town: Town, post: Post) -> None:
    await menu.push(post.api)
    keys = [button.get("key") for button in town.fake.menu["button"]]
    keys += [sub["key"] for button in town.fake.menu["button"] for sub in button.get("sub_button", [])]
    for key in filter(None, keys):
        town.clock.ahead(seconds=1)
        assert town.push("ann", "event", Event="CLICK", EventKey=key), key


PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40


def files(town: Town) -> list[tuple[str, str, str]]:
    rows = town.workplace.look(lambda desk: desk.session.exec(select(Media).order_by(Media.id)).all())  # type: ignore[arg-type]
    return [(row.kind, row.state, row.sha256) for row in rows]


async def test_a_picture_is_fetched_and_kept_sealed(town: Town, post: Post, tmp_path: Path) -> None:
    folder = tmp_path / "media"
    lane = LaneWorker(
        "media", town.workplace, MediaFetcher(town.workplace, {APP_ID: post.api}, InFolder(folder)).send
    )
    town.fake.media["M1"] = (PICTURE, "image/jpeg")
    town.push("ann", "image", MediaId="M1", PicUrl="http://127.0.0.1:1/never")
    await through(lane)
    digest = hashlib.sha256(PICTURE).hexdigest()
    assert files(town) == [("image", "kept", digest)]
    assert media.read(InFolder(folder), town.workplace.office.vault, digest) == PICTURE
    assert PICTURE not in (folder / digest).read_bytes()
    assert [file.name for file in folder.iterdir()] == [digest]


async def test_files_that_cannot_be_had(
    town: Town, post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = LaneWorker(
        "media", town.workplace, MediaFetcher(town.workplace, {APP_ID: post.api}, InFolder(tmp_path)).send
    )
    monkeypatch.setattr(media, "LARGEST", 5000)
    town.fake.media["large"] = (PICTURE, "image/jpeg")
    town.fake.media["page"] = (b"<script>", "text/html")
    town.fake.media["slow"] = (b"#!AMR\n", "audio/amr")
    for media_id in ("large", "page", "gone"):
        town.push("ann", "image", MediaId=media_id)
    await through(lane)
    town.push("ann", "voice", MediaId="slow")
    town.fake.trouble("media/get", code=-1)
    await through(lane)
    assert [state for _, state, _ in files(town)] == ["refused", "refused", "lost", "pending"]
    town.clock.ahead(minutes=1)
    await through(lane)
    assert [state for _, state, _ in files(town)] == ["refused", "refused", "lost", "kept"]


async def test_windows_and_quotas_of_the_stand_in(town: Town, post: Post) -> None:
    async def send(openid: str) -> int:
        try:
            body = {"touser": openid, "msgtype": "text", "text": {"content": "你好"}}
            await post.api.post("cgi-bin/message/custom/send", body)
        except ApiError as error:
            return error.code
        return 0

    town.fake.wrote("ann")
    assert [await send("ann") for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    town.fake.wrote("ann")
    town.clock.ahead(hours=48)
    assert await send("ann") == 45015
    town.fake.clicked("ann")
    assert [await send("ann") for _ in range(4)] == [0, 0, 0, 45047]
    town.clock.ahead(minutes=1)
    assert await send("ann") == 45015
    town.fake.unfollow("ann")
    assert await send("ann") == 43004
    town.fake.wrote("bob")
    town.fake.block("bob")
    assert await send("bob") == 48002
    assert await send("nobody") == 40003


async def test_a_clock_that_leaps_ends_tokens_on_both_sides(town: Town, post: Post) -> None:
    await menu.push(post.api)
    town.clock.ahead(days=3)
    await menu.push(post.api)
    assert town.fake.fetches == 2
