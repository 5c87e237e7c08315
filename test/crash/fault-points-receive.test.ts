import t from 'tap';
import { faultPoints } from '../../src/core/fault-points.ts';
import { killAt } from './kill-at.ts';

t.test('killed at every fault point as it receives, nothing is lost and nothing comes twice', (t) =>
  killAt(t, faultPoints.slice(0, faultPoints.indexOf('prepare.claimed'))),
);
