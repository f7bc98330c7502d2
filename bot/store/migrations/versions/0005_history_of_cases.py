"""what happened to cases, and which advisers work on them

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    op.create_table('history',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('case_number', sa.Integer(), nullable=False),
    sa.Column('at', sa.Float(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('history', schema=None) as batch_op:
        batch_op.create_index('history_of_case', ['case_number'], unique=False)
    with op.batch_alter_table('advisers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('called', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('seen_at', sa.Float(), server_default='0', nullable=False))
