"""The bot's identity on a real homeserver: signed once, kept, never put over a foreign one, made anew if lost."""

from __future__ import annotations

import asyncio
import shutil
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from bot.__main__ import cli
from bot.channels import ChannelStoppedError
from bot.channels.matrix_client import Account as Login
from bot.channels.matrix_trust import Identity, keys_of, load_identity, make_identity
from bot.config import Settings
from bot.core.model import Guide
from tests.channels.matrix_stage import ANSWER, QUESTION, on_matrix, soon
from tests.homeserver import Homeserver
from tests.homeserver.people import People
from tests.homeserver.server import Account
from tests.homeserver.strict_peer import StrictPeer

pytestmark = pytest.mark.slow


@pytest.fixture
async def account(homeserver: Homeserver) -> Account:
    """The bot's account."""
    return await asyncio.to_thread(homeserver.register, "Lotse")


async def known(account: Account, token: str) -> dict[str, Any]:
    """What the homeserver tells others about the account's keys."""
    async with httpx.AsyncClient(base_url=account.url, headers={"Authorization": f"Bearer {token}"}) as http:
        asked: dict[str, Any] = {"device_keys": {account.user_id: []}}
        answer = await http.post("/_matrix/client/v3/keys/query", json=asked)
        told: dict[str, Any] = answer.raise_for_status().json()
        return told


async def test_the_device_is_signed_and_has_a_fallback_key(
    account: Account, settings: Settings, guide: Guide, homeserver: Homeserver
) -> None:
    async with on_matrix(account, settings, guide) as stage:
        token, device = stage.client.access_token, str(stage.client.device_id)
        keys = await known(account, token)
        identity = load_identity(settings.data_dir / "matrix", account.user_id)
        assert identity is not None
        own = keys["device_keys"][account.user_id][device]
        assert own["signatures"][account.user_id].keys() >= {f"ed25519:{identity.public('self_signing')}"}
        for role in ("self_signing", "user_signing"):
            published = keys[f"{role}_keys"][account.user_id]
            assert f"ed25519:{identity.public('master')}" in published["signatures"][account.user_id]

        async def provided() -> bool:
            return bool(stage.client.keys_left and stage.client.fallback_unused)

        assert await soon(provided)
    shown = await keys_of(Login(account.url, account.user_id, None, None), settings.data_dir / "matrix", replace=False)
    assert shown.signed and shown.device == device
    assert shown.fingerprint.replace(" ", "") == own["keys"][f"ed25519:{device}"]
    assert shown.master.replace(" ", "") == identity.public("master")


async def test_a_strict_client_reads_the_answers_without_a_warning(
    account: Account, homeserver: Homeserver, settings: Settings, guide: Guide
) -> None:
    newcomer = await asyncio.to_thread(homeserver.register, "Strict")
    async with on_matrix(account, settings, guide) as stage, StrictPeer(newcomer) as strict:
        room = await strict.start_chat(account.user_id)
        assert await strict.signed_by_owner(account.user_id) == {str(stage.client.device_id): True}
        await strict.say(room, QUESTION)
        answer = await strict.wait_for(ANSWER)
        assert (answer["encrypted"], answer["shieldColour"]) == (True, 0)


@pytest.mark.parametrize("by_device", [False, True], ids=["in the room", "by the device"])
async def test_who_asks_to_verify_by_emoji_is_told_the_keys_instead(
    account: Account, homeserver: Homeserver, settings: Settings, guide: Guide, by_device: bool
) -> None:
    newcomer = await asyncio.to_thread(homeserver.register, "Strict")
    async with on_matrix(account, settings, guide) as stage, StrictPeer(newcomer) as strict:
        room, device = await strict.start_chat(account.user_id), str(stage.client.device_id)
        await strict.wait_for("Lotse")
        asked = strict.verify(account.user_id, device=device) if by_device else strict.verify(account.user_id, room)
        assert await asked == "m.unknown_method"
        told = await strict.wait_for("Ask the City of Aachen")
    shown = await keys_of(Login(account.url, account.user_id, None, None), settings.data_dir / "matrix", replace=False)
    for key in (shown.device, shown.fingerprint, shown.master):
        assert key in told["content"]["body"]


async def test_a_lost_data_folder_is_made_good_again(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    folder = settings.data_dir / "matrix"
    async with on_matrix(account, settings, guide):
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
    before = (folder / "identity.json").read_bytes()
    for file in settings.data_dir.iterdir():
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    with pytest.raises(ChannelStoppedError, match="lotse keys --replace"):
        async with on_matrix(account, settings, guide):
            pass
    login = Login(account.url, account.user_id, account.password, None)
    with pytest.raises(ChannelStoppedError, match="LOTSE_MATRIX_PASSWORD"):
        await keys_of(Login(account.url, account.user_id, None, None), folder, replace=True)
    assert (await keys_of(login, folder, replace=True)).signed
    assert (folder / "identity.json").read_bytes() != before
    async with on_matrix(account, settings, guide):
        await chat.say(QUESTION)
        assert (await chat.wait_for(ANSWER)).encrypted
    assert amara.unreadable == []


async def test_a_lost_session_store_means_a_new_device_of_the_same_identity(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    folder = settings.data_dir / "matrix"
    async with on_matrix(account, settings, guide) as stage:
        device = stage.client.device_id
        chat = await amara.start_chat(account.user_id)
        await chat.wait_for("Lotse")
    (folder / "store.db").unlink()
    async with on_matrix(account, settings, guide) as stage:
        assert stage.client.device_id != device
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER)
    login = Login(account.url, account.user_id, None, None)
    assert (await keys_of(login, folder, replace=False)).signed


async def test_an_access_token_serves_instead_of_the_password(
    account: Account, people: People, settings: Settings, guide: Guide
) -> None:
    amara = await people("Amara")
    login = await asyncio.to_thread(account.log_in, "Lotse")
    async with on_matrix(account, settings, guide, token=login["access_token"]) as stage:
        assert stage.client.device_id == login["device_id"]
        chat = await amara.start_chat(account.user_id)
        await chat.say(QUESTION)
        await chat.wait_for(ANSWER)


async def test_a_wrong_password_is_refused(homeserver: Homeserver, settings: Settings, guide: Guide) -> None:
    account = await asyncio.to_thread(homeserver.register, "Lotse")
    wrong = Account(account.user_id, "wrong", account.url)
    with pytest.raises(ChannelStoppedError, match="LOTSE_MATRIX_PASSWORD"):
        async with on_matrix(wrong, settings, guide):
            pass


async def test_the_command_line_shows_the_keys(
    account: Account, settings: Settings, guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_matrix(account, settings, guide) as stage:
        device = str(stage.client.device_id)
    monkeypatch.setenv("LOTSE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("LOTSE_MATRIX_HOMESERVER", account.url)
    monkeypatch.setenv("LOTSE_MATRIX_USER", account.user_id)
    monkeypatch.setenv("LOTSE_MATRIX_PASSWORD", account.password)
    shown = await asyncio.to_thread(CliRunner().invoke, cli, ["keys"])
    assert shown.exit_code == 0 and device in shown.output and "is signed" in shown.output


def test_an_identity_is_the_same_when_it_is_loaded_again(settings: Settings) -> None:
    made = make_identity(settings.data_dir, "@lotse:localhost")
    loaded = load_identity(settings.data_dir, "@lotse:localhost")
    assert isinstance(loaded, Identity)
    assert [loaded.published(role) for role in ("master", "self_signing")] == [
        made.published(role) for role in ("master", "self_signing")
    ]
