/** Section `crosswalk` of the schema. */
export const crosswalkSchema = {
  keyFile: {
    doc: 'Set: record which pseudonym stands for which UID, Patient ID and Accession Number, encrypted with the key in this file (`sallyport key new FILE`). It must lie outside of the storage and crosswalk folders. Not set: nothing is recorded.',
    format: 'text',
    default: '',
  },
  dir: {
    doc: 'Folder of the crosswalk. Not set: `crosswalk` in the storage folder. Local disk, not a network share.',
    format: 'text',
    default: '',
  },
  forgetAfter: {
    doc: 'How long a pair is kept after it was first recorded; "0s" keeps it for ever.',
    format: 'duration',
    default: '0s',
  },
};
