"""What a Synapse on loopback is told: no federation, no mail, no limits, or real ones."""

from __future__ import annotations

from pathlib import Path

SECRET = "test-secret"
"""Who knows it may register accounts."""

COMMON = """\
server_name: "localhost"
pid_file: "{folder}/homeserver.pid"
listeners:
  - port: {port}
    bind_addresses: ["127.0.0.1"]
    type: http
    tls: false
    x_forwarded: false
    resources: [{{names: [client], compress: false}}]
database: {{name: sqlite3, args: {{database: "{folder}/homeserver.db"}}}}
log_config: "{folder}/log.yaml"
media_store_path: "{folder}/media"
signing_key_path: "{folder}/signing.key"
registration_shared_secret: "{secret}"
macaroon_secret_key: "test-macaroon"
form_secret: "test-form"
report_stats: false
trusted_key_servers: []
enable_registration: false
federation_domain_whitelist: []
presence: {{enabled: false}}
public_baseurl: "http://127.0.0.1:{port}/"
suppress_key_server_warning: true
bcrypt_rounds: 4
url_preview_enabled: false
rc_login: {{address: &off {{per_second: 100000, burst_count: 100000}}, account: *off, failed_attempts: *off}}
rc_registration: *off
"""

UNLIMITED = """\
rc_message: *off
rc_registration_token_validity: *off
rc_admin_redaction: *off
rc_joins: {local: *off, remote: *off}
rc_joins_per_room: *off
rc_3pid_validation: *off
rc_invites: {per_room: *off, per_user: *off, per_issuer: *off}
rc_room_creation: *off
rc_presence: {per_user: *off}
rc_delayed_event_mgmt: *off
rc_key_requests: *off
"""

LIMITED = """\
rc_message: {per_second: 1, burst_count: 5}
"""
"""Real limits: Synapse's own for all but messages, which may come a little faster so that a test ends some day."""

LOG = """\
version: 1
formatters: {{plain: {{format: "%(asctime)s %(levelname)s %(name)s %(message)s"}}}}
handlers: {{file: {{class: logging.FileHandler, formatter: plain, filename: "{folder}/homeserver.log"}}}}
root: {{level: WARNING, handlers: [file]}}
disable_existing_loggers: false
"""


def write(folder: Path, port: int, limited: bool) -> Path:
    """Write the configuration into the folder; the path of its main file."""
    main = folder / "homeserver.yaml"
    rest = LIMITED if limited else UNLIMITED
    main.write_text(COMMON.format(folder=folder, port=port, secret=SECRET) + rest, encoding="utf-8")
    (folder / "log.yaml").write_text(LOG.format(folder=folder), encoding="utf-8")
    return main
