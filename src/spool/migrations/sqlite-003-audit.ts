/**
 * The audit trail, in the database of the ledger so that a change and its record are one commit.
 *
 * `audit` holds the chain: `hash` is SHA-256 over the canonical form of the record (core/audit.ts), which contains
 * `previous`, the hash of the record before. `audit_chain` is one row: what stands before the first record that is kept
 * (sequence and hash; 0 and zeros while nothing was pruned), and the newest record, so that records cut off at the end
 * are missed. `audit_positions` is how far each receiver outside (syslog) has got.
 *
 * The triggers refuse what no part of the product does: to change a record, to write one a second time (REPLACE fires no
 * trigger of deletion), to remove one that was not pruned, to turn the chain back. Who may write the file can remove the
 * triggers too; against them stand the hashes, and heads kept elsewhere.
 */
export const sqlite003Audit = `
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY NOT NULL CHECK (sequence > 0),
  at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  actor_address TEXT,
  action TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id TEXT NOT NULL,
  profile_revision TEXT,
  outcome TEXT NOT NULL,
  code TEXT,
  previous BLOB NOT NULL CHECK (length(previous) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX audit_by_object ON audit (object_id);

CREATE TABLE audit_chain (
  id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
  pruned_sequence INTEGER NOT NULL,
  pruned_hash BLOB NOT NULL CHECK (length(pruned_hash) = 32),
  head_sequence INTEGER NOT NULL,
  head_hash BLOB NOT NULL CHECK (length(head_hash) = 32)
) STRICT;
INSERT INTO audit_chain VALUES (1, 0, zeroblob(32), 0, zeroblob(32));

CREATE TABLE audit_positions (
  name TEXT PRIMARY KEY NOT NULL,
  sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'audit records are never changed');
END;
CREATE TRIGGER audit_written_once BEFORE INSERT ON audit
WHEN NEW.sequence <= (SELECT head_sequence FROM audit_chain) BEGIN
  SELECT RAISE(ABORT, 'audit records are written once');
END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit
WHEN OLD.sequence > (SELECT pruned_sequence FROM audit_chain) BEGIN
  SELECT RAISE(ABORT, 'audit records are kept until they are pruned');
END;
CREATE TRIGGER audit_chain_onward BEFORE UPDATE ON audit_chain
WHEN NEW.head_sequence < OLD.head_sequence OR NEW.pruned_sequence < OLD.pruned_sequence
  OR NEW.pruned_sequence >= NEW.head_sequence BEGIN
  SELECT RAISE(ABORT, 'the audit chain goes on, never back');
END;
CREATE TRIGGER audit_chain_kept BEFORE DELETE ON audit_chain BEGIN
  SELECT RAISE(ABORT, 'the audit chain is kept');
END;
`;
