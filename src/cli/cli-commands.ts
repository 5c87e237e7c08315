import type { Command } from './io.ts';

export interface CommandEntry {
  readonly usage: string;
  readonly summary: string;
  /** `--help` is the command's own matter: it has more to tell than usage and summary. */
  readonly tellsHelp?: true;
  /** Loaded when called: `send` needs no database and `list` no decoder. */
  readonly load: () => Promise<Command>;
}

/** The public surface of the command line; README and a test hold it. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  serve: {
    usage: 'serve [--config FILE] [--OPTION VALUE …]',
    summary: 'run the gateway',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  check: {
    usage: 'check [--config FILE] [--OPTION VALUE …]',
    summary: 'validate the configuration and print it with secrets masked',
    load: async () => (await import('./commands/check.ts')).checkCommand,
  },
  'config-reference': {
    usage: 'config-reference',
    summary: 'print every option as Markdown',
    load: async () => (await import('./commands/config-reference.ts')).configReferenceCommand,
  },
  send: {
    usage: 'send PATH… --to AE@host:port [--from AE] [--tls] [--ca FILE] [--cert FILE --key FILE]',
    summary: 'send files and folders by C-STORE',
    load: async () => (await import('./commands/send.ts')).sendCommand,
  },
  deidentify: {
    usage:
      'deidentify PATH… --output DIR [--manifest FILE] [--resume] [--profile NAME|FILE] [--secret-file FILE] [--calling-ae AE] [--workers N] [--reports DIR] [--crosswalk DIR --crosswalk-key FILE] [--compare DIR] [--fsync]',
    summary: 'de-identify files offline on all cores, with the code of the gateway',
    load: async () => (await import('./commands/deidentify.ts')).deidentifyCommand,
  },
  crosswalk: {
    usage:
      'crosswalk export --output FILE [--kind uid|patient-id|accession] [--full] | crosswalk lookup < VALUE; both [--key FILE] [--dir DIR] [--config FILE]',
    summary: 'read the encrypted crosswalk: all of it as CSV, or one value',
    load: async () => (await import('./commands/crosswalk.ts')).crosswalkCommand,
  },
  audit: {
    usage:
      'audit verify [--head HEAD] [--file NDJSON …] | audit export [--from TIME] [--to TIME] [--output FILE] | audit head; all [--storage DIR | --config FILE]',
    summary: 'prove that the audit trail is whole; write it as NDJSON; print where it ends',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  key: {
    usage: 'key new FILE | key id FILE',
    summary: 'make a key for pseudonyms or the crosswalk; print the id of a key',
    load: async () => (await import('./commands/key.ts')).keyCommand,
  },
  token: {
    usage:
      'token create --name NAME --scope read,operate,identify,admin [--expires 90d] [--ae-title AE] | token list [--json] | token revoke ID; all [--storage DIR | --config FILE]',
    summary: 'make, list and revoke the tokens of the HTTP API',
    load: async () => (await import('./commands/token.ts')).tokenCommand,
  },
  verify: {
    usage: 'verify ORIGINALS OUTPUTS [--manifest FILE] [--all] [--json REPORT]',
    summary: 'search outputs for the identifiers of their originals',
    load: async () => (await import('./commands/verify.ts')).verifyCommand,
  },
  profile: {
    usage:
      'profile check FILE… | profile show NAME|FILE [TAG|KEYWORD…] [--json] [--modality M] [--sop-class X] [--calling-ae AE] | profile list',
    summary:
      'check a de-identification profile; show what it does to every attribute and why; list those at hand',
    load: async () => (await import('./commands/profile.ts')).profileCommand,
  },
  'device-rules': {
    usage: 'device-rules check FILE… | device-rules import FILE --from ctp|deid [--output FILE] [--partial]',
    summary: 'check rules about devices and their images; translate those of other tools',
    load: async () => (await import('./commands/device-rules.ts')).deviceRulesCommand,
  },
  render: {
    usage: 'render PATH… --output DIR [--manifest FILE] [--format FORMAT]',
    summary: 'render files to images, as they are',
    tellsHelp: true,
    load: async () => (await import('./commands/render.ts')).renderCommand,
  },
  video: {
    usage: 'video PATH --output FILE [--fps N]',
    summary: 'export a multi-frame instance as MP4 or animated WebP, as it is',
    tellsHelp: true,
    load: async () => (await import('./commands/video.ts')).videoCommand,
  },
  annotate: {
    usage:
      'annotate PATH… --output DIR --truth FILE [--seed TEXT] [--random N | --text TEXT…] [--header] [--encoding NAME]',
    summary: 'burn invented identifiers into test images, with a list of where they are',
    tellsHelp: true,
    load: async () => (await import('./commands/annotate.ts')).annotateCommand,
  },
  list: {
    usage: 'list [--state STATE] [--code CODE] [--json] [--config FILE]',
    summary: 'list the instances in the storage folder',
    load: async () => (await import('./commands/instances.ts')).listCommand,
  },
  show: {
    usage: 'show ID [--json] [--compare DIR] [--config FILE]',
    summary: 'show one instance: state, reason, what to do',
    load: async () => (await import('./commands/instances.ts')).showCommand,
  },
  retry: {
    usage: 'retry ID… | --all [--code CODE] [--config FILE]',
    summary: 'process held or failed instances again',
    load: async () => (await import('./commands/instances.ts')).retryCommand,
  },
  release: {
    usage: 'release ID… [--config FILE] | release ID --boxes FILE [--replace-found] [--config FILE]',
    summary: 'accept a held instance in spite of its reason',
    load: async () => (await import('./commands/instances.ts')).releaseCommand,
  },
  discard: {
    usage: 'discard ID… [--config FILE]',
    summary: 'remove a held or failed instance for good',
    load: async () => (await import('./commands/instances.ts')).discardCommand,
  },
  report: {
    usage: 'report STUDY_UID [--instance UID] | --all [--json] [--html FILE] [--reports DIR | --config FILE]',
    summary: 'what de-identification did to a study, by its new UID: removed, replaced, kept, by which rule',
    load: async () => (await import('./commands/report.ts')).reportCommand,
  },
  'example-backend': {
    usage: 'example-backend [--port N] [--host ADDRESS] [--output DIR]',
    summary: 'run a backend that implements openapi/backend.yaml',
    load: async () => (await import('./commands/example-backend.ts')).exampleBackendCommand,
  },
  demo: {
    usage: 'demo [--once]',
    summary: 'gateway, example backend and a synthetic study, end to end',
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  },
};
