"""cards of cases go before what is said in them

Revision: 0010
Follows: 0009
"""

from alembic import op

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    op.execute('UPDATE deliveries SET lane = lane + 1 WHERE lane > 0')
