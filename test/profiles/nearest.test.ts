import t from 'tap';
import { suggestion } from '../../src/profiles/nearest.ts';

const many = Array.from({ length: 30 }, (_, index) => `Word${String.fromCharCode(97 + index)}Storage`);

t.test('a misspelt word, the beginning of words, a short list, and nothing near', async (t) => {
  t.equal(suggestion('retain-uids', ['retainUids', 'cleanGraphics']), 'did you mean "retainUids"?');
  t.equal(
    suggestion('CTI', [...many, 'CTImageStorage', 'CTImageOtherStorage']),
    'did you mean "CTImageStorage", "CTImageOtherStorage"?',
  );
  t.equal(suggestion('xyz', ['hold', 'replace']), 'allowed: hold, replace');
  t.equal(suggestion('Q', many), 'nothing that is allowed is spelt like it');
  t.equal(suggestion('Wo', many), 'nothing that is allowed is spelt like it', 'two letters begin too many');
});
