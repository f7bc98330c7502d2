"""what is due, and what has expired, is found at once among a million that wait

Revision: 0009
Follows: 0008
"""

from alembic import op

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    op.drop_index('deliveries_due', 'deliveries')
    op.create_index('deliveries_due', 'deliveries', ['channel', 'status', 'lane', 'due_at', 'id'])
    op.create_index('deliveries_expiring', 'deliveries', ['status', 'expires_at'])
