/**
 * What is known of studies, series and instances once they are prepared (core/catalogue.ts), all of it de-identified, and
 * how many instances of each study are in which state.
 *
 * `study_tallies` counts by triggers, as `state_counts` does and for the same reasons: a page of studies never counts the
 * instances of one. `study_pseudonym` '' stands for instances whose study is not known (yet), `code` '' for none.
 *
 * `studies.version` grows with every instance delivered; `fhir_version` is the one a FHIR server last answered for good.
 * `emptied`: no row of `instances` names the study any more, so that retention may remove it, piece by piece. Until then
 * the catalogue keeps delivered instances whose rows retention has removed: an ImagingStudy that is put again after a
 * late arrival must not lose them. Discarded ones leave at once.
 */
export const sqlite004Catalogue = `
CREATE TABLE studies (
  study_pseudonym TEXT PRIMARY KEY NOT NULL,
  first_received_at INTEGER NOT NULL,
  last_received_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  emptied INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 0,
  fhir_version INTEGER NOT NULL DEFAULT 0,
  fhir_posted_at INTEGER,
  fhir_attempts INTEGER NOT NULL DEFAULT 0,
  fhir_due_at INTEGER NOT NULL DEFAULT 0,
  fhir_code TEXT,
  fhir_detail TEXT,
  profile_revision TEXT,
  patient_pseudonym TEXT,
  accession_pseudonym TEXT,
  study_date TEXT,
  study_time TEXT,
  timezone_offset TEXT,
  description TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX studies_newest ON studies (first_received_at, study_pseudonym);
CREATE INDEX studies_by_patient ON studies (patient_pseudonym, first_received_at, study_pseudonym)
  WHERE patient_pseudonym IS NOT NULL;
CREATE INDEX studies_unposted ON studies (changed_at) WHERE version <> fhir_version;
CREATE INDEX studies_refused ON studies (first_received_at, study_pseudonym) WHERE fhir_code IS NOT NULL;
CREATE INDEX studies_emptied ON studies (study_pseudonym) WHERE emptied = 1;

CREATE TABLE study_series (
  study_pseudonym TEXT NOT NULL,
  series_pseudonym TEXT NOT NULL,
  profile_revision TEXT NOT NULL,
  modality TEXT,
  number INTEGER,
  description TEXT,
  body_part TEXT,
  laterality TEXT,
  series_date TEXT,
  series_time TEXT,
  PRIMARY KEY (study_pseudonym, series_pseudonym)
) STRICT, WITHOUT ROWID;

CREATE TABLE study_instances (
  study_pseudonym TEXT NOT NULL,
  series_pseudonym TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  image_uid TEXT NOT NULL,
  sop_class_uid TEXT NOT NULL,
  number INTEGER,
  image_type TEXT,
  frames INTEGER NOT NULL,
  PRIMARY KEY (study_pseudonym, series_pseudonym, instance_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE study_tallies (
  study_pseudonym TEXT NOT NULL,
  calling_ae_title TEXT NOT NULL,
  state TEXT NOT NULL,
  code TEXT NOT NULL,
  instances INTEGER NOT NULL,
  PRIMARY KEY (study_pseudonym, calling_ae_title, state, code)
) STRICT, WITHOUT ROWID;

CREATE INDEX instances_by_sender ON instances (calling_ae_title, id);
CREATE INDEX instances_by_code ON instances (code, id) WHERE code IS NOT NULL;
CREATE INDEX instances_by_series ON instances (series_pseudonym, id) WHERE series_pseudonym IS NOT NULL;

INSERT INTO study_tallies
  SELECT ifnull(study_pseudonym, ''), calling_ae_title, state, ifnull(code, ''), count(*) FROM instances GROUP BY 1, 2, 3, 4;
INSERT INTO studies (study_pseudonym, first_received_at, last_received_at, changed_at)
  SELECT study_pseudonym, min(received_at), max(received_at), max(updated_at) FROM instances
  WHERE study_pseudonym IS NOT NULL GROUP BY study_pseudonym;

CREATE TRIGGER tally_insert AFTER INSERT ON instances BEGIN
  INSERT INTO study_tallies
    VALUES (ifnull(NEW.study_pseudonym, ''), NEW.calling_ae_title, NEW.state, ifnull(NEW.code, ''), 1)
    ON CONFLICT DO UPDATE SET instances = instances + 1;
END;
CREATE TRIGGER tally_delete AFTER DELETE ON instances BEGIN
  UPDATE study_tallies SET instances = instances - 1
    WHERE study_pseudonym = ifnull(OLD.study_pseudonym, '') AND calling_ae_title = OLD.calling_ae_title
      AND state = OLD.state AND code = ifnull(OLD.code, '');
END;
CREATE TRIGGER tally_move AFTER UPDATE OF state, code, study_pseudonym ON instances
WHEN OLD.state <> NEW.state OR OLD.code IS NOT NEW.code OR OLD.study_pseudonym IS NOT NEW.study_pseudonym BEGIN
  UPDATE study_tallies SET instances = instances - 1
    WHERE study_pseudonym = ifnull(OLD.study_pseudonym, '') AND calling_ae_title = OLD.calling_ae_title
      AND state = OLD.state AND code = ifnull(OLD.code, '');
  INSERT INTO study_tallies
    VALUES (ifnull(NEW.study_pseudonym, ''), NEW.calling_ae_title, NEW.state, ifnull(NEW.code, ''), 1)
    ON CONFLICT DO UPDATE SET instances = instances + 1;
END;

CREATE TRIGGER study_insert AFTER INSERT ON instances WHEN NEW.study_pseudonym IS NOT NULL BEGIN
  INSERT INTO studies (study_pseudonym, first_received_at, last_received_at, changed_at, version)
    VALUES (NEW.study_pseudonym, NEW.received_at, NEW.received_at, NEW.updated_at, NEW.state = 'delivered')
    ON CONFLICT DO UPDATE SET first_received_at = min(first_received_at, excluded.first_received_at),
      last_received_at = max(last_received_at, excluded.last_received_at),
      changed_at = max(changed_at, excluded.changed_at), emptied = 0, version = version + excluded.version;
END;
CREATE TRIGGER study_join AFTER UPDATE OF study_pseudonym ON instances
WHEN NEW.study_pseudonym IS NOT NULL AND OLD.study_pseudonym IS NOT NEW.study_pseudonym BEGIN
  INSERT INTO studies (study_pseudonym, first_received_at, last_received_at, changed_at, version)
    VALUES (NEW.study_pseudonym, NEW.received_at, NEW.received_at, NEW.updated_at, NEW.state = 'delivered')
    ON CONFLICT DO UPDATE SET first_received_at = min(first_received_at, excluded.first_received_at),
      last_received_at = max(last_received_at, excluded.last_received_at),
      changed_at = max(changed_at, excluded.changed_at), emptied = 0, version = version + excluded.version;
END;
CREATE TRIGGER study_change AFTER UPDATE OF state ON instances
WHEN OLD.study_pseudonym = NEW.study_pseudonym AND OLD.state <> NEW.state BEGIN
  UPDATE studies SET changed_at = max(changed_at, NEW.updated_at), version = version + (NEW.state = 'delivered')
    WHERE study_pseudonym = NEW.study_pseudonym;
END;

CREATE TRIGGER study_leave AFTER UPDATE OF study_pseudonym, series_pseudonym ON instances
WHEN OLD.study_pseudonym IS NOT NULL
  AND (OLD.study_pseudonym IS NOT NEW.study_pseudonym OR OLD.series_pseudonym IS NOT NEW.series_pseudonym) BEGIN
  DELETE FROM study_instances WHERE study_pseudonym = OLD.study_pseudonym
    AND series_pseudonym = OLD.series_pseudonym AND instance_id = OLD.id;
  DELETE FROM study_series WHERE study_pseudonym = OLD.study_pseudonym AND series_pseudonym = OLD.series_pseudonym
    AND NOT EXISTS (SELECT 1 FROM study_instances
      WHERE study_pseudonym = OLD.study_pseudonym AND series_pseudonym = OLD.series_pseudonym);
  UPDATE studies SET emptied = 1 WHERE study_pseudonym = OLD.study_pseudonym
    AND NOT EXISTS (SELECT 1 FROM instances WHERE study_pseudonym = OLD.study_pseudonym);
END;
CREATE TRIGGER study_discard AFTER UPDATE OF state ON instances
WHEN NEW.state = 'discarded' AND OLD.state <> 'discarded' AND NEW.study_pseudonym IS NOT NULL BEGIN
  DELETE FROM study_instances WHERE study_pseudonym = NEW.study_pseudonym
    AND series_pseudonym = NEW.series_pseudonym AND instance_id = NEW.id;
  DELETE FROM study_series WHERE study_pseudonym = NEW.study_pseudonym AND series_pseudonym = NEW.series_pseudonym
    AND NOT EXISTS (SELECT 1 FROM study_instances
      WHERE study_pseudonym = NEW.study_pseudonym AND series_pseudonym = NEW.series_pseudonym);
  UPDATE studies SET profile_revision = NULL, patient_pseudonym = NULL, accession_pseudonym = NULL, study_date = NULL,
    study_time = NULL, timezone_offset = NULL, description = NULL
    WHERE study_pseudonym = NEW.study_pseudonym
      AND NOT EXISTS (SELECT 1 FROM study_series WHERE study_pseudonym = NEW.study_pseudonym);
END;
CREATE TRIGGER study_forget AFTER DELETE ON instances WHEN OLD.study_pseudonym IS NOT NULL BEGIN
  INSERT INTO study_tallies SELECT OLD.study_pseudonym, OLD.calling_ae_title, 'forgotten', '', 1
    WHERE OLD.state = 'delivered'
    ON CONFLICT DO UPDATE SET instances = instances + 1;
  UPDATE studies SET emptied = 1 WHERE study_pseudonym = OLD.study_pseudonym
    AND NOT EXISTS (SELECT 1 FROM instances WHERE study_pseudonym = OLD.study_pseudonym);
END;
`;
