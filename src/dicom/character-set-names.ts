/**
 * The values of Specific Character Set (0008,0005): defined terms of PS3.3 C.12.1.1.2, trimmed. The first may be empty
 * (ISO-IR 6, with code extensions). [] when the attribute is empty: the default repertoire.
 */
export function parseCharacterSets(value: Uint8Array): readonly string[] {
  let text = '';
  for (const byte of value) text += String.fromCharCode(byte);
  const terms = text.split('\\').map((term) => term.replace(/^[\s\0]+|[\s\0]+$/g, ''));
  return terms.every((term) => term === '') ? [] : terms;
}
