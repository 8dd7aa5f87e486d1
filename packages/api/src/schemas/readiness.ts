import { Type } from 'typebox';

export const Live = Type.Object({ live: Type.Literal(true) }, { $id: 'Live' });

export const Ready = Type.Object(
  {
    ready: Type.Literal(true),
    revision: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'The last revision of this build.',
    }),
    newer: Type.Array(Type.String(), {
      description: 'Revisions of a later build that were applied since this one began.',
    }),
  },
  { $id: 'Ready' },
);

export const NotReady = Type.Object(
  {
    ready: Type.Literal(false),
    reason: Type.Enum(['behind', 'ahead', 'unreachable', 'busy', 'stopping'], {
      description: 'Busy: the database answers, but not this question in time.',
    }),
    revisions: Type.Array(Type.String(), {
      description: 'Behind: what is not applied yet. Ahead: what is applied, but unknown to this build.',
    }),
  },
  { $id: 'NotReady' },
);
