import t from 'tap';
import { errorRegistry } from '../../src/core/error-registry.ts';
import { asSallyportError, errorRow, isErrorCode, SallyportError } from '../../src/core/errors.ts';

t.test('every code says what happened and what to do', async (t) => {
  for (const [code, row] of Object.entries(errorRegistry)) {
    t.match(code, /^[A-Z0-9]+(_[A-Z0-9]+)*$/);
    t.ok(row.message.length > 10 && row.advice.length > 5, code);
    t.notMatch(`${row.message} ${row.advice}`, /%s|\$\{/, `${code} has no room for values`);
  }
});

t.test('statuses answered in an association are C-STORE failures', async (t) => {
  for (const code of Object.keys(errorRegistry)) {
    const status = isErrorCode(code) ? errorRow(code).dicomStatus : 0;
    // PS3.7 9.1.1.1.9: 0x0122 refuses the SOP Class; the others are those of PS3.4 Table B.2-1.
    if (status !== undefined)
      t.ok(
        status === 0x0122 || (status >= 0xa700 && status <= 0xa9ff) || (status >= 0xc000 && status <= 0xcfff),
        code,
      );
  }
});

t.test('what nobody foresaw keeps its cause and is held', async (t) => {
  const cause = new RangeError('x');
  const error = asSallyportError(cause);
  t.match(error, { code: 'UNEXPECTED', cause, disposition: 'hold' });
  t.notMatch(error.message, /x$/);
  const known = new SallyportError('NOT_DICOM', { detail: 'offset 4' });
  t.equal(asSallyportError(known), known);
});
