"""whom a broadcast is for: wishes instead of a flag

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    op.create_table('wishes',
    sa.Column('wish', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('wish', 'address')
    )
    with op.batch_alter_table('wishes', schema=None) as batch_op:
        batch_op.create_index('wishes_of_address', ['address'], unique=False)
    op.execute("INSERT INTO wishes (wish, address) SELECT 'topic:*', address FROM conversations WHERE subscribed")
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_index('conversations_subscribed')
