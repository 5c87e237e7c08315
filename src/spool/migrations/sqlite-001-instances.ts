/**
 * The first shape of the embedded ledger.
 *
 * Delivered rows stay for weeks while waiting ones are few, so the indexes that lanes and lists use are partial: they
 * hold waiting rows only and stay small. A partial index is used when its condition stands literally in the query, which
 * is why the statements in sqlite-statements.ts repeat these conditions word for word.
 *
 * `state_counts` is kept by triggers because counting millions of rows at every metrics scrape would not be bounded, and
 * because a second process (the command line) changes rows too.
 */
export const sqlite001Instances = `
CREATE TABLE instances (
  id TEXT PRIMARY KEY NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('received', 'prepared', 'delivered', 'held', 'failed', 'discarded')),
  instance_key TEXT NOT NULL,
  revision INTEGER NOT NULL CHECK (revision > 0),
  content_digest TEXT,
  sop_class_uid TEXT NOT NULL,
  transfer_syntax_uid TEXT NOT NULL,
  calling_ae_title TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  head_bytes INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  code TEXT,
  detail TEXT,
  released_codes TEXT NOT NULL,
  post_id TEXT,
  study_pseudonym TEXT,
  series_pseudonym TEXT
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX instances_by_key ON instances (instance_key, revision);
CREATE INDEX instances_received_due ON instances (due_at, id) WHERE state = 'received';
CREATE INDEX instances_prepared_due ON instances (due_at, id) WHERE state = 'prepared';
CREATE INDEX instances_waiting ON instances (state, id) WHERE state <> 'delivered';
CREATE INDEX instances_delivered ON instances (updated_at) WHERE state = 'delivered';
CREATE INDEX instances_discarded ON instances (updated_at) WHERE state = 'discarded';
CREATE INDEX instances_by_post ON instances (post_id, id) WHERE post_id IS NOT NULL;
CREATE INDEX instances_by_study ON instances (study_pseudonym, id) WHERE study_pseudonym IS NOT NULL;

CREATE TABLE state_counts (
  state TEXT PRIMARY KEY NOT NULL,
  instances INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO state_counts VALUES
  ('received', 0, 0), ('prepared', 0, 0), ('delivered', 0, 0), ('held', 0, 0), ('failed', 0, 0), ('discarded', 0, 0);

CREATE TRIGGER count_insert AFTER INSERT ON instances BEGIN
  UPDATE state_counts SET instances = instances + 1, bytes = bytes + NEW.size_bytes WHERE state = NEW.state;
END;
CREATE TRIGGER count_delete AFTER DELETE ON instances BEGIN
  UPDATE state_counts SET instances = instances - 1, bytes = bytes - OLD.size_bytes WHERE state = OLD.state;
END;
CREATE TRIGGER count_move AFTER UPDATE OF state ON instances WHEN OLD.state <> NEW.state BEGIN
  UPDATE state_counts SET instances = instances - 1, bytes = bytes - OLD.size_bytes WHERE state = OLD.state;
  UPDATE state_counts SET instances = instances + 1, bytes = bytes + NEW.size_bytes WHERE state = NEW.state;
END;
`;
