"""Why strict clients trust the bot: its cross-signing identity, its signed device, its fallback key.

Clients increasingly give nothing to devices that their owner has not signed (MSC4153). The library cannot sign, so
the three keys of the identity are made and kept here. Rules: https://spec.matrix.org/v1.16/client-server-api/#cross-signing
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from nio.api import Api

from bot.channels import ChannelStoppedError
from bot.channels.matrix_client import SESSION, Account, Client, UnreachableError, write_private

log = structlog.get_logger("lotse.matrix")

IDENTITY = "identity.json"
ROLES = ("master", "self_signing", "user_signing")
_V3 = "/_matrix/client/v3"


@dataclass(frozen=True, slots=True)
class Keys:
    """What people compare to verify the bot: public keys in groups of four, as clients show them."""

    user: str
    device: str
    fingerprint: str
    master: str
    signed: bool


class Identity:
    """The three signing keys that stand for the account, made from 32 random bytes each (Ed25519)."""

    def __init__(self, user: str, seeds: dict[str, bytes]) -> None:
        self._user = user
        self._keys = {role: ECC.construct(curve="Ed25519", seed=seeds[role]) for role in ROLES}

    def public(self, role: str) -> str:
        """The public key of a role, in unpadded Base64."""
        return _unpadded(self._keys[role].public_key().export_key(format="raw"))

    def signed(self, value: dict[str, Any], role: str) -> dict[str, Any]:
        """A JSON object with the signature of a role added (Appendices, "Signing JSON")."""
        bare = {key: part for key, part in value.items() if key not in ("signatures", "unsigned")}
        signer = eddsa.new(self._keys[role], "rfc8032")
        signature = _unpadded(signer.sign(Api.to_canonical_json(bare).encode()))
        signatures = {user: dict(made) for user, made in value.get("signatures", {}).items()}
        signatures.setdefault(self._user, {})[f"ed25519:{self.public(role)}"] = signature
        return {**bare, "signatures": signatures}

    def published(self, role: str) -> dict[str, Any]:
        """A key as others see it; the master key signs the two others."""
        public = self.public(role)
        key = {"user_id": self._user, "usage": [role], "keys": {f"ed25519:{public}": public}}
        return key if role == "master" else self.signed(key, "master")


def load_identity(folder: Path, user: str) -> Identity | None:
    """The identity that is kept in the folder, if there is one."""
    file = folder / IDENTITY
    if not file.exists():
        return None
    kept = json.loads(file.read_text(encoding="utf-8"))
    return Identity(user, {role: base64.b64decode(kept[role]) for role in ROLES})


def make_identity(folder: Path, user: str) -> Identity:
    """A new identity, on the disk before anybody sees it; it takes the place of one that was there."""
    seeds = {role: secrets.token_bytes(32) for role in ROLES}
    write_private(
        folder / IDENTITY, json.dumps({role: base64.b64encode(seed).decode() for role, seed in seeds.items()})
    )
    return Identity(user, seeds)


async def establish_trust(client: Client, replace: bool = False) -> Identity:
    """Publish the identity if there is none yet, and sign the bot's device with it.

    With `replace` a foreign identity is replaced. Raises ChannelStoppedError when the account has a foreign identity,
    or the homeserver wants a password that is not known; UnreachableError when the homeserver is away.
    """
    user, device = client.user_id, client.device_id
    status, known = await client.call("POST", f"{_V3}/keys/query", {"device_keys": {user: []}})
    if status != 200:
        raise UnreachableError(f"keys/query {status}")
    identity = load_identity(client.folder, user)
    on_server = _key_of(known.get("master_keys", {}).get(user))
    if on_server is None or ((identity is None or identity.public("master") != on_server) and replace):
        identity = identity if identity is not None and not replace else make_identity(client.folder, user)
        await _publish(client, identity)
        log.info("identity published", master=identity.public("master"))
    elif identity is None or identity.public("master") != on_server:
        raise ChannelStoppedError(
            f"matrix: {user} already has a cross-signing identity ({on_server}) whose keys are not in {client.folder}. "
            f"Restore the file {IDENTITY} from a backup, or replace the identity with: lotse keys --replace"
        )
    own = known.get("device_keys", {}).get(user, {}).get(device)
    if own is None:
        client.publish_device_again()
        raise UnreachableError("the device's keys are not published yet")
    if not client.is_own_key(own.get("keys", {}).get(f"ed25519:{device}")):
        raise ChannelStoppedError(
            f"matrix: the homeserver has other keys for the bot's device {device} than {client.folder}. "
            f"Remove {SESSION} there and start again with LOTSE_MATRIX_PASSWORD, to log in a new device"
        )
    signatures = own.get("signatures", {}).get(user, {})
    if f"ed25519:{identity.public('self_signing')}" not in signatures:
        await _sign_device(client, identity, own)
        log.info("device signed", device=device)
    return identity


async def keys_of(account: Account, folder: Path, replace: bool) -> Keys:
    """The public keys of the kept device and of its identity, as the homeserver tells them.

    With `replace`, a new identity is made first. Does not touch the encrypted sessions, so the bot may run meanwhile.
    Raises ChannelStoppedError.
    """
    client = Client(account, folder)
    if (kept := client.kept_session()) is None:
        raise ChannelStoppedError("matrix: no device is kept yet; start Lotse once")
    client.user_id, client.device_id, client.access_token = kept.user, kept.device, kept.token
    try:
        if replace:
            await establish_trust(client, replace=True)
        _, known = await client.call("POST", f"{_V3}/keys/query", {"device_keys": {kept.user: []}})
    except UnreachableError as error:
        raise ChannelStoppedError(f"matrix: the homeserver cannot be reached ({error})") from error
    finally:
        await client.close()  # type: ignore[no-untyped-call]
    device = known.get("device_keys", {}).get(kept.user, {}).get(kept.device, {})
    signing = _key_of(known.get("self_signing_keys", {}).get(kept.user))
    return Keys(
        kept.user,
        kept.device,
        grouped(device.get("keys", {}).get(f"ed25519:{kept.device}", "")),
        grouped(_key_of(known.get("master_keys", {}).get(kept.user)) or ""),
        f"ed25519:{signing}" in device.get("signatures", {}).get(kept.user, {}),
    )


def grouped(key: str) -> str:
    """A key in groups of four, as clients show it."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4)) or "none"


def _key_of(published: dict[str, Any] | None) -> str | None:
    keys = list((published or {}).get("keys", {}).values())
    return str(keys[0]) if keys else None


async def _publish(client: Client, identity: Identity) -> None:
    """Upload the identity; a homeserver may want the password for it (user-interactive authentication)."""
    path = f"{_V3}/keys/device_signing/upload"
    keys = {f"{role}_key": identity.published(role) for role in ROLES}
    status, answer = await client.call("POST", path, keys)
    if status == 401 and "session" in answer:
        if client.account.password is None:
            raise ChannelStoppedError(
                "matrix: to publish the bot's identity the homeserver wants the password; "
                "set LOTSE_MATRIX_PASSWORD once"
            )
        proof = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": client.user_id},
            "password": client.account.password,
            "session": answer["session"],
        }
        status, answer = await client.call("POST", path, {**keys, "auth": proof})
    if status != 200:
        raise ChannelStoppedError(f"matrix: the homeserver refuses the bot's identity ({answer.get('errcode')})")


async def _sign_device(client: Client, identity: Identity, device: dict[str, Any]) -> None:
    signed = identity.signed(device, "self_signing")
    body = {client.user_id: {client.device_id: signed}}
    status, answer = await client.call("POST", f"{_V3}/keys/signatures/upload", body)
    if status != 200 or answer.get("failures"):
        raise ChannelStoppedError(f"matrix: the homeserver refuses the signature of the bot's device ({status})")


async def publish_fallback_key(client: Client) -> None:
    """Publish a fallback key if the server has none that is unused: it serves when the one-time keys are used up.

    The library knows no fallback keys; its account is asked directly. Raises as Client.asked does.
    """
    if client.olm is None or client.fallback_unused is not False:
        return
    account: Any = client.olm.account._account
    account.generate_fallback_key()
    (key_id, key), *_ = account.fallback_key.items()
    public = {"key": key.to_base64(), "fallback": True}
    signature = client.olm.sign_json(public)
    signed = {**public, "signatures": {client.user_id: {f"ed25519:{client.device_id}": signature}}}
    client.olm.save_account()
    body = {"fallback_keys": {f"signed_curve25519:{key_id}": signed}}
    status, answer = await client.call("POST", f"{_V3}/keys/upload", body)
    if status != 200:
        log.warning("the fallback key was refused", code=answer.get("errcode"))
        return
    client.olm.mark_keys_as_published()
    client.olm.save_account()
    client.fallback_unused = True


def _unpadded(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")
