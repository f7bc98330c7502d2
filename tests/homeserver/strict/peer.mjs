// A strict client: Element Web's own crypto, which neither writes to nor reads from a device that its owner has not
// signed (MSC4153). It obeys lines of JSON on its input and tells what happens as lines of JSON on its output.
import { createInterface } from "node:readline";
import * as sdk from "matrix-js-sdk";
import {
    AllDevicesIsolationMode,
    OnlySignedDevicesIsolationMode,
    VerificationPhase,
    VerificationRequestEvent,
} from "matrix-js-sdk/lib/crypto-api/index.js";

const [url, userId, deviceId, accessToken, password, mode] = process.argv.slice(2);
const tell = (what) => process.stdout.write(JSON.stringify(what) + "\n");
for (const level of ["log", "info", "debug", "warn"]) console[level] = () => {}; // its output is for the test alone

const client = sdk.createClient({ baseUrl: url, userId, deviceId, accessToken, logger: undefined });
await client.initRustCrypto({ useIndexedDB: false });
const crypto = client.getCrypto();
crypto.setDeviceIsolationMode(
    mode === "strict" ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false),
);
await crypto.bootstrapCrossSigning({
    authUploadDeviceSigningKeys: (upload) =>
        upload({ type: "m.login.password", identifier: { type: "m.id.user", user: userId }, password }).then(
            () => {},
        ),
});

const unreadable = new Set();
async function show(event) {
    if (event.getSender() === userId || event.isState()) return;
    await client.decryptEventIfNeeded(event);
    if (event.isDecryptionFailure()) {
        unreadable.add(event.getId());
        tell({ event: "unreadable", room: event.getRoomId(), sender: event.getSender(), why: event.decryptionFailureReason });
    } else if (event.getType() === "m.room.message") {
        const shield = event.isEncrypted() ? await crypto.getEncryptionInfoForEvent(event) : null;
        tell({
            event: "message",
            room: event.getRoomId(),
            sender: event.getSender(),
            content: event.getContent(),
            encrypted: event.isEncrypted(),
            shieldColour: shield?.shieldColour ?? null,
            shieldReason: shield?.shieldReason ?? null,
        });
    }
}

client.on(sdk.RoomEvent.Timeline, (event, room, toStartOfTimeline) => {
    if (!toStartOfTimeline) show(event);
});
client.on(sdk.MatrixEventEvent.Decrypted, (event) => {
    if (unreadable.delete(event.getId()) && !event.isDecryptionFailure()) show(event); // its key came late
});
client.on(sdk.RoomMemberEvent.Membership, (_, member) => {
    tell({ event: "member", room: member.roomId, member: member.userId, membership: member.membership });
});
const ready = new Promise((resolve) => client.on(sdk.ClientEvent.Sync, (state) => state === "PREPARED" && resolve()));
await client.startClient({ initialSyncLimit: 20 });
await ready;

const commands = {
    async chat({ other }) {
        const { room_id: room } = await client.createRoom({
            is_direct: true,
            preset: "trusted_private_chat",
            invite: [other],
            initial_state: [
                { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } },
            ],
        });
        return { room };
    },
    async join({ room }) {
        await client.joinRoom(room);
        return {};
    },
    async say({ room, text }) {
        const { event_id: id } = await client.sendTextMessage(room, text);
        return { id };
    },
    async verify({ other, room, device }) {
        const request = device
            ? await crypto.requestDeviceVerification(other, device)
            : await crypto.requestVerificationDM(other, room);
        const show = () => request.phase === VerificationPhase.Cancelled && tell({ event: "ended", code: request.cancellationCode });
        request.on(VerificationRequestEvent.Change, show);
        show();
        return {};
    },
    async trust({ other }) {
        const devices = (await crypto.getUserDeviceInfo([other], true)).get(other) ?? new Map();
        const signed = {};
        for (const id of devices.keys())
            signed[id] = (await crypto.getDeviceVerificationStatus(other, id))?.signedByOwner ?? false;
        return { signed };
    },
};

createInterface({ input: process.stdin })
    .on("line", async (line) => {
        const { number, command, ...how } = JSON.parse(line);
        try {
            tell({ event: "done", number, ...(await commands[command](how)) });
        } catch (error) {
            tell({ event: "refused", number, why: String(error) });
        }
    })
    .on("close", () => process.exit(0));
tell({ event: "ready" });
