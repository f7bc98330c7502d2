"""bookmarks of channels, and messages that wait for their keys

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('bookmarks',
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('channel')
    )
    op.create_table('sealed',
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('event', sa.Text(), nullable=False),
    sa.Column('arrived_at', sa.Float(), nullable=False),
    sa.Column('told', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('uid')
    )
    with op.batch_alter_table('sealed', schema=None) as batch_op:
        batch_op.create_index('sealed_of_address', ['address'], unique=False)
