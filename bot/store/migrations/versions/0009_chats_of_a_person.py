"""chats of a person

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    op.add_column('conversations', sa.Column('person', sa.String(), server_default='', nullable=False))
    op.create_index(
        'conversations_of_person', 'conversations', ['person'], unique=False, sqlite_where=sa.text("person != ''")
    )
