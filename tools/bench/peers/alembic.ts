import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Change, Table } from '../fixture.ts';
import { onPath, type Peer } from './peer.ts';

const alembic = process.env['BENCH_ALEMBIC'] ?? onPath('alembic');

const words = {
  current: ['current'],
  status: ['history', '--indicate-current'],
  up: ['upgrade', 'head'],
  create: ['revision', '--autogenerate', '--message', 'give a lesson a phone'],
};

/** Alembic with SQLAlchemy and psycopg2: all pending revisions in one transaction, its default. */
export default {
  name: 'alembic',
  note: 'alembic current | history | upgrade head (one transaction for all) | revision --autogenerate, which proves nothing',
  missing: () => {
    if (!alembic) return 'not on the PATH, and BENCH_ALEMBIC does not name it';
    return existsSync(alembic) ? undefined : `BENCH_ALEMBIC names ${alembic}, which is not there`;
  },
  prepare: ({ changes, tables, write }) => {
    write('alembic.ini', '[alembic]\nscript_location = %(here)s\nprepend_sys_path = %(here)s\npath_separator = os\n');
    write('script.py.mako', template);
    write('env.py', environment);
    write('models/base.py', 'from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n');
    write(
      'models/__init__.py',
      tables.map(({ name }) => `from . import ${name}\n`).join('') + 'from .base import Base\n',
    );
    for (const table of tables) write(`models/${table.name}.py`, model(table));
    for (const [at, change] of changes.entries())
      write(`versions/${change.slug}.py`, revision(change, changes[at - 1]));
  },
  command: ({ folder }, action) =>
    action === 'verify'
      ? undefined
      : { program: alembic ?? 'alembic', args: ['--config', join(folder, 'alembic.ini'), ...words[action]] },
} satisfies Peer;

const idOf = ({ slug }: Change) => `r${slug.slice(0, 4)}`;

function revision(change: Change, before: Change | undefined): string {
  const body = (statements: string[]) => statements.map((sql) => `    op.execute(${JSON.stringify(sql)})\n`).join('');
  return `from alembic import op

revision = '${idOf(change)}'
down_revision = ${before ? `'${idOf(before)}'` : 'None'}
branch_labels = None
depends_on = None


def upgrade():
${body(change.up)}

def downgrade():
${body(change.down)}`;
}

function model({ name, added, wanted }: Table): string {
  const labels = Array.from({ length: added }, (_, at) => `label${at + 1}`);
  const column = (label: string) => `    ${label} = Column(String(50), nullable=True, index=False)\n`;
  const index = (label: string) => `Index('${name}_${label}_index', '${label}')`;
  return `from sqlalchemy import Column, DateTime, Index, Integer, String, Text, func, text
from .base import Base


class ${name.replace('_', '').replace('l', 'L')}(Base):
    __tablename__ = '${name}'
    __table_args__ = (${['title', ...labels].map(index).join(', ')},)
    id = Column(Integer, primary_key=True)
    title = Column(String(100), nullable=False)
    notes = Column(Text, nullable=True)
    seats = Column(Integer, nullable=False, server_default=text('0'))
    created_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
${labels.map(column).join('')}${wanted ? '    phone = Column(String(30), nullable=True)\n' : ''}`;
}

const environment = `import os
from alembic import context
from sqlalchemy import create_engine, pool
from models import Base

url = os.environ['DATABASE_URL'].replace('postgresql://', 'postgresql+psycopg2://')
engine = create_engine(url, poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
`;

const template = `from alembic import op
import sqlalchemy as sa

revision = \${repr(up_revision)}
down_revision = \${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade():
    \${upgrades if upgrades else "pass"}


def downgrade():
    \${downgrades if downgrades else "pass"}
`;
