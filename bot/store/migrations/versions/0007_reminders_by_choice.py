"""how people want to be reminded, what they were told, and lanes for corrections and lists

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    op.create_table('told',
    sa.Column('ref', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('starts_at', sa.Float(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('seen', sa.String(), nullable=False),
    sa.Column('seen_at', sa.Float(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('ref')
    )
    op.create_table('listed',
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('listed_at', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('event')
    )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.create_index('deliveries_of_broadcast', ['broadcast', 'status'], unique=False)
    op.execute("UPDATE deliveries SET lane = 3 WHERE lane = 2")
    for choice in ('lead:one-day', 'lead:two-hours', 'quiet:21-8'):
        op.execute(f"INSERT OR IGNORE INTO wishes (wish, address) SELECT DISTINCT '{choice}', address FROM wishes")
