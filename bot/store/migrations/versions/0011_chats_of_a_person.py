"""chats of a person

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    op.add_column('conversations', sa.Column('person', sa.String(), server_default='', nullable=False))
    op.create_index(
        'conversations_of_person', 'conversations', ['person'], unique=False, sqlite_where=sa.text("person != ''")
    )
