// Made from openapi/gateway.yaml by scripts/generate-contract-types.ts. Do not edit; run `npm run generate`.

export interface paths {
    readonly "/healthz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The process lives */
        readonly get: operations["health"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health-check": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The process lives, as clients of the redaction API ask */
        readonly get: operations["healthCheck"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/readyz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The gateway can receive */
        readonly get: operations["readiness"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Metrics for Prometheus
         * @description Wants no credentials where `http.openMetrics` says so.
         */
        readonly get: operations["metrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/openapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This document */
        readonly get: operations["contract"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/session": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Who I am
         * @description Works with every way of proving who one is; `csrfToken` is null but for a session.
         */
        readonly get: operations["getSession"];
        readonly put?: never;
        /**
         * Sign in with a token
         * @description Answers with a cookie that no script can read, and with the token that unsafe requests repeat in `x-csrf-token`.
         */
        readonly post: operations["openSession"];
        /** Sign out */
        readonly delete: operations["closeSession"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/session/ways": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How one may sign in to the dashboard, beside a token */
        readonly get: operations["getSignInWays"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/session/openid": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Sign in at the OpenID provider
         * @description For browsers: leads to the provider (authorization code flow with PKCE), with a cookie that binds the sign-in to this
         *     browser for ten minutes. Where the provider cannot be asked, leads back to the dashboard.
         */
        readonly get: operations["beginOpenidSignIn"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/session/openid/callback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Come back from the OpenID provider
         * @description The provider sends the browser here; this address is registered with it. Opens a session and leads to the dashboard; if
         *     anything is wrong, leads there with a word in `signIn` (`cancelled`, `declined`, `late`, `refused`, `no-right`,
         *     `unavailable`, `too-many`) and nothing else. Parameters that are not named here are left alone (RFC 6749 4.1.2).
         */
        readonly get: operations["endOpenidSignIn"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/instances": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Instances in the storage folder */
        readonly get: operations["listInstances"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/instances/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        /** One instance: state, reason, what was found in its pixels, what to do */
        readonly get: operations["getInstance"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/instances/{id}/report": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        /**
         * What de-identification did to the instance, or would do
         * @description As `sallyport report` tells it of a study, for this instance alone: removed, replaced, kept, by which rule; never a
         *     value. Of a delivered instance as it was written down (`storage.reports`), else made anew from its bytes.
         */
        readonly get: operations["getInstanceReport"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/instances/{id}/release": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Accept a held instance in spite of its reason, or with boxes to blank
         * @description The reason never holds this instance again, and it is processed from the beginning. With `boxes` a person says what is
         *     to be blanked, in place of what the gateway found; an empty list says that nothing is. Boxes that leave uncovered what
         *     was found as text (`BOXES_INCOMPLETE`, 409) are taken with `replaceFound` alone. Without a body, boxes of an earlier
         *     release stay.
         */
        readonly post: operations["releaseInstance"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/instances/{id}/retry": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Process a held or failed instance again */
        readonly post: operations["retryInstance"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/instances/{id}/discard": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Remove a held or failed instance for good */
        readonly post: operations["discardInstance"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/instances/{id}/frames": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        /** Size and number of the frames */
        readonly get: operations["getFrameInfo"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/instances/{id}/frames/{frame}": {
        readonly parameters: {
            readonly query?: {
                /** @description The picture is made smaller where a side is longer, pixels. */
                readonly maxSide?: components["parameters"]["MaxSide"];
            };
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
                /** @description Number of the frame, from 1. */
                readonly frame: components["parameters"]["Frame"];
            };
            readonly cookie?: never;
        };
        /**
         * A frame as it would leave, rendered
         * @description De-identified as the instance's profile says, text in the pixels blanked. An instance held because its pixels may
         *     carry text has no such frame (409) until a person gives boxes: see `previewFrame`. Of one that was released in spite of
         *     such a reason, it wants the right `identify` as well (403): no search has proven what is left in it.
         */
        readonly get: operations["getFrame"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/instances/{id}/frames/{frame}/preview": {
        readonly parameters: {
            readonly query?: {
                /** @description The picture is made smaller where a side is longer, pixels. */
                readonly maxSide?: components["parameters"]["MaxSide"];
            };
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
                /** @description Number of the frame, from 1. */
                readonly frame: components["parameters"]["Frame"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * A frame as it would leave after a release with these boxes
         * @description Nothing is changed. Wants `identify`, because what no box covers is shown as received.
         */
        readonly post: operations["previewFrame"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/instances/{id}/original": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        /**
         * The instance as received, with its identifiers
         * @description Each call is written to the audit trail before the first byte is sent.
         */
        readonly get: operations["getOriginal"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/instances/{id}/original/frames/{frame}": {
        readonly parameters: {
            readonly query?: {
                /** @description The picture is made smaller where a side is longer, pixels. */
                readonly maxSide?: components["parameters"]["MaxSide"];
            };
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
                /** @description Number of the frame, from 1. */
                readonly frame: components["parameters"]["Frame"];
            };
            readonly cookie?: never;
        };
        /**
         * A frame as received, rendered, with what is burned into it
         * @description The first frame that a caller sees of an instance within ten minutes is written to the audit trail.
         */
        readonly get: operations["getOriginalFrame"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/dicom/upload": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Upload a DICOM file, to be de-identified
         * @description With `anonymize` (the default) de-identification begins at once, and the answer does not wait for it: `file_id` is the
         *     de-identified file from the beginning, `processing` first, and what was uploaded is removed as soon as that is over,
         *     well or not. With `anonymize=false` `file_id` is the file as it came, with its identifiers: it stays for
         *     `http.files.keepUploads`, only a caller with the right `identify` can download it, and `anonymizeFile` makes a
         *     de-identified file of it that has an id of its own. De-identified files stay for `http.files.keep`. All lie on the
         *     gateway's disk, outside of the spool. Of a file that is no DICOM file nothing stays (400). Further fields of the form
         *     are passed over.
         */
        readonly post: operations["uploadFile"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/dicom/metadata/{file_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the upload. */
                readonly file_id: components["parameters"]["FileId"];
            };
            readonly cookie?: never;
        };
        /**
         * Attributes of an uploaded or de-identified file
         * @description As they are after de-identification; of an upload with `anonymize=false` as they are in the file for a caller with the
         *     right `identify`, which is written to the audit trail. A file that could not be de-identified has none (400).
         */
        readonly get: operations["getFileMetadata"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/dicom/anonymize/{file_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the upload. */
                readonly file_id: components["parameters"]["FileId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * De-identify an uploaded file
         * @description Of an upload with `anonymize=false` a new file is made; while one is being made, that one is told of again. A file
         *     that was uploaded to be de-identified is so under its own id, which is both ids then.
         */
        readonly post: operations["anonymizeFile"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/dicom/download/{file_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the upload. */
                readonly file_id: components["parameters"]["FileId"];
            };
            readonly cookie?: never;
        };
        /**
         * A de-identified file
         * @description An uploaded file itself, with its identifiers, is given to a caller with the right `identify` alone (403 for others).
         *     A file that is not ready, or that could not be de-identified, is told of with 400.
         */
        readonly get: operations["downloadFile"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/dicom/status/{file_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the upload. */
                readonly file_id: components["parameters"]["FileId"];
            };
            readonly cookie?: never;
        };
        /**
         * How far a file is
         * @description Of an upload with `anonymize=false`, that of the last de-identification that was begun, else `completed`. `failed`:
         *     de-identification was not possible, or a person has to decide about such a file; `code` says why.
         */
        readonly get: operations["getFileStatus"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/uploadfile": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * A DICOM file in Base64 in, the de-identified one out
         * @description JSON with `file` or `data`, or a form with one file, which may be Base64 text or the bytes themselves. Nothing stays.
         *     Further properties and fields are passed over, and so is `data:…;base64,` before the text.
         *     A file that is no DICOM file is answered 400; one that is, and cannot be de-identified without a person, 422.
         */
        readonly post: operations["anonymizeBase64"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/process-dicom-image": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Find text in the pixels of a file and blank it
         * @description The header is de-identified too, as the profile says. `header=keep`, for callers with the right `identify` alone,
         *     leaves it as it came, but for what blanking itself changes.
         */
        readonly post: operations["redactImage"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/process-dicom-folder": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Do the same to every file of a folder of this machine
         * @description Both folders lie below a folder of `http.folderRoots` (400 else), named by absolute paths without `..`, neither in the
         *     other; of `folder_out` the last part may be missing. Links in `folder_in` are not followed (`LINK_NOT_FOLLOWED`).
         *     Headers are de-identified; outputs are named by new UIDs, `STUDY/SERIES/INSTANCE.dcm`, since names of files often name
         *     patients, and what stands there already is never replaced. The answer does not wait for the work:
         *     `GET /api/jobs/{id}` tells how far it is. More jobs than may run at one time are refused (409).
         */
        readonly post: operations["redactFolder"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/jobs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Jobs over folders, the newest first */
        readonly get: operations["listJobs"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/jobs/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        /** How far a job is */
        readonly get: operations["getJob"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/jobs/{id}/cancel": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End a job; what is done stays */
        readonly post: operations["cancelJob"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/receive_dicom": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * One Part 10 file, into the same spool as C-STORE
         * @description 200 means what 0x0000 means over DIMSE: bytes and row are on stable storage. The instance is processed as one from
         *     the AE title of the caller's token, or of `http.ingestAeTitle`. The data set is kept as it came; the File Meta
         *     Information has to name SOP Class, SOP Instance and transfer syntax, and is written anew. The same file sent again
         *     is answered `duplicate` and not kept twice, so that a client without an answer sends again.
         */
        readonly post: operations["receiveDicom"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/dicom-web/studies": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * STOW-RS Store Instances (PS3.18 10.5)
         * @description Each instance by itself, in order, as `POST /receive_dicom` takes one. Instances that are named in Referenced SOP
         *     Sequence are safe, whatever becomes of the others, and of the connection. A request that breaks off behind the
         *     first instance (too large, a boundary missing) is answered with what became of those before, and one more failure
         *     without an instance. Where there is room for none, the answer is 507.
         */
        readonly post: operations["storeInstances"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/dicom-web/studies/{study}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Study Instance UID that all instances have to belong to; others are refused, each by itself. */
                readonly study: string;
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** STOW-RS Store Instances of one study (PS3.18 10.5) */
        readonly post: operations["storeInstancesOfStudy"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/fhir/ImagingStudy/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Logical id; `fhirId` of the study. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        /** A de-identified study as FHIR R4 ImagingStudy */
        readonly get: operations["getImagingStudy"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/studies": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Studies and how far each is, the newest first */
        readonly get: operations["listStudies"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/studies/unassigned": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Instances whose study is not known, or not known yet */
        readonly get: operations["listUnassigned"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/studies/{study}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Pseudonym of the study. */
                readonly study: components["parameters"]["StudyPseudonym"];
            };
            readonly cookie?: never;
        };
        /** One study with its series */
        readonly get: operations["getStudy"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/studies/{study}/report": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Pseudonym of the study. */
                readonly study: components["parameters"]["StudyPseudonym"];
            };
            readonly cookie?: never;
        };
        /** What de-identification did to a study */
        readonly get: operations["getStudyReport"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/studies/{study}/repost": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Pseudonym of the study. */
                readonly study: components["parameters"]["StudyPseudonym"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Send the study's ImagingStudy to the FHIR server again */
        readonly post: operations["repostStudy"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/status": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The gateway now: rates, backlog, disk, workers, destinations, alarms */
        readonly get: operations["getStatus"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/status/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Counts of the last hour and the last day, for charts */
        readonly get: operations["getStatusHistory"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/associations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The last associations, with statuses and refusals
         * @description AE titles and addresses are those of DICOM nodes, as they name themselves.
         */
        readonly get: operations["listAssociations"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/echoes": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The last C-ECHOs, and connections that became no association */
        readonly get: operations["listEchoes"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/live": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Status, associations and C-ECHOs as they happen
         * @description Server-sent events: `status` (LiveStatus, at most once a second), `association`, `echo`, `connection`; `dropped` where
         *     a reader is too slow. At most 50 readers (503). It ends after five minutes: whoever reads on asks again, and proves
         *     itself anew.
         */
        readonly get: operations["followStatus"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/test/send": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Send ourselves a C-ECHO, and a synthetic instance if wanted, by DICOM
         * @description The instance (TEST^SALLYPORT) goes the whole way, to the backend too.
         */
        readonly post: operations["sendTest"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/test/echo": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** C-ECHO to another DICOM node */
        readonly post: operations["echoPeer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/setup": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What a PACS administrator types into the PACS */
        readonly get: operations["getSetup"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/profiles": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Active profiles, and for which calling AE titles */
        readonly get: operations["listProfiles"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/profiles/{name}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What a profile does to every attribute, and why */
        readonly get: operations["explainProfile"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/configuration": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Every option: meaning, default, present value with secrets masked */
        readonly get: operations["getConfiguration"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/tokens": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Tokens, without their secrets */
        readonly get: operations["listTokens"];
        readonly put?: never;
        /**
         * Make a token
         * @description The answer holds its secret, which is told this once. A token can be given only the rights that its maker has, so
         *     `identify` is given on by those alone who have it.
         */
        readonly post: operations["createToken"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/tokens/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Revoke a token; its sessions end */
        readonly delete: operations["revokeToken"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/audit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Records of the audit trail, the newest first */
        readonly get: operations["listAudit"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/audit/head": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The last record, to be noted down elsewhere
         * @description A later `sallyport audit verify --head HASH` proves that nothing up to here was changed.
         */
        readonly get: operations["getAuditHead"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/audit/export": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The audit trail as NDJSON, the oldest first */
        readonly get: operations["exportAudit"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @enum {unknown} */
        readonly Scope: "read" | "operate" | "identify" | "admin";
        /** @description Store Instances Response Module (PS3.18 annex I) in the DICOM JSON Model. */
        readonly StoreResponse: {
            readonly "00081190": components["schemas"]["EmptyUrl"];
            /** @description Failed SOP Sequence. */
            readonly "00081198"?: {
                /** @constant */
                readonly vr: "SQ";
                readonly Value: readonly {
                    readonly "00081150": components["schemas"]["Uid"];
                    readonly "00081155": components["schemas"]["Uid"];
                    readonly "00081197": components["schemas"]["FailureReason"];
                }[];
            };
            /** @description Referenced SOP Sequence, of the instances that are safe. */
            readonly "00081199"?: {
                /** @constant */
                readonly vr: "SQ";
                readonly Value: readonly {
                    readonly "00081150": components["schemas"]["Uid"];
                    readonly "00081155": components["schemas"]["Uid"];
                    readonly "00081190": components["schemas"]["EmptyUrl"];
                }[];
            };
            /** @description Other Failures Sequence, of parts that name no instance. */
            readonly "0008119A"?: {
                /** @constant */
                readonly vr: "SQ";
                readonly Value: readonly {
                    readonly "00081197": components["schemas"]["FailureReason"];
                }[];
            };
        };
        /** @description SOP Class or SOP Instance UID as it was sent, for the sender alone. */
        readonly Uid: {
            /** @constant */
            readonly vr: "UI";
            readonly Value: readonly string[];
        };
        /** @description Failure Reason (PS3.18 I.2.2). */
        readonly FailureReason: {
            /** @constant */
            readonly vr: "US";
            readonly Value: readonly number[];
        };
        /** @description Retrieve URL, without a value. */
        readonly EmptyUrl: {
            /** @constant */
            readonly vr: "UR";
        };
        readonly Session: {
            readonly actor: {
                /** @enum {unknown} */
                readonly kind: "token" | "user" | "oidc" | "certificate";
                readonly name: string;
                readonly scopes: readonly components["schemas"]["Scope"][];
            };
            readonly csrfToken: string | null;
            /** Format: date-time */
            readonly expiresAt: string | null;
        };
        /** @description Where the next page begins; null after the last one. */
        readonly Next: string | null;
        readonly Readiness: {
            /** @enum {unknown} */
            readonly status: "ready" | "not ready";
            readonly reasons: readonly string[];
        };
        readonly Instance: {
            readonly id: string;
            /** @enum {unknown} */
            readonly state: "received" | "prepared" | "delivered" | "held" | "failed" | "discarded";
            /** @description Why it is held or was last tried again; a code of README. */
            readonly code: string | null;
            /** @description A word or number that goes with the code. */
            readonly detail: string | null;
            /** @description The code in words. */
            readonly reason: string | null;
            /** @description What can be done. */
            readonly advice: string | null;
            /** @description Whether a person may accept it in spite of the reason. */
            readonly releasable: boolean;
            /** @description Reasons a person has accepted. */
            readonly releasedCodes: readonly string[];
            /** @description What was found in the pixels when it was last held, at most 500. */
            readonly boxes: readonly components["schemas"]["Box"][];
            /** @description So many more were found. */
            readonly boxesLeftOut: number;
            /** @description What a person drew; null where nobody did. */
            readonly drawnBoxes: readonly components["schemas"]["DrawnBox"][] | null;
            /** Format: date-time */
            readonly receivedAt: string;
            /** Format: date-time */
            readonly updatedAt: string;
            readonly attempts: number;
            /** Format: date-time */
            readonly nextAttemptAt: string | null;
            readonly callingAeTitle: string;
            readonly sopClassUid: string;
            readonly transferSyntaxUid: string;
            readonly sizeBytes: number;
            readonly revision: number;
            /** @description New Study Instance UID, once prepared. */
            readonly studyPseudonym: string | null;
            /** @description New Series Instance UID, once prepared. */
            readonly seriesPseudonym: string | null;
        };
        /** @description A rectangle in stored pixels, columns from the left and rows from the top, both from 0. */
        readonly Area: {
            readonly left: number;
            readonly top: number;
            readonly width: number;
            readonly height: number;
        };
        /** @description A region that speaks for text in the pixels; never the text. */
        readonly Box: components["schemas"]["Area"] & {
            /** @description The first frame it is in, from 1. */
            readonly frame: number;
            /** @description In so many successive frames. */
            readonly frames: number;
            /** @enum {unknown} */
            readonly source: "ocr" | "ultrasound-region" | "rule" | "person";
            /** @enum {unknown} */
            readonly reason: "text" | "identifier" | "date" | "number" | "name" | "contact" | "not-harmless" | "unreadable" | "outside-regions" | "device-rule" | "drawn";
            /** @description Name of the device rule. */
            readonly rule?: string;
        };
        /** @description A region that a person wants blanked. It has to lie inside the image. */
        readonly DrawnBox: {
            /** @description The first frame, from 1; null or left out for all frames. */
            readonly frame?: number | null;
            /** @description In so many successive frames; one where left out. */
            readonly frames?: number;
            readonly left: number;
            readonly top: number;
            readonly width: number;
            readonly height: number;
            /** @description As of a box that was found; not used. */
            readonly source?: string;
            /** @description As of a box that was found; not used. */
            readonly reason?: string;
            /** @description As of a box that was found; not used. */
            readonly rule?: string;
        };
        readonly DrawnBoxes: readonly components["schemas"]["DrawnBox"][];
        readonly FrameInfo: {
            /** @description Stored pixels. */
            readonly columns: number;
            readonly rows: number;
            readonly frames: number;
            readonly photometricInterpretation?: string | null;
        };
        readonly DeidentificationReport: {
            /** @constant */
            readonly report: "sallyport.deidentification";
            /** @constant */
            readonly version: 1;
        };
        readonly FileId: string;
        /** @enum {unknown} */
        readonly FileStatus: "processing" | "completed" | "failed";
        /** @description Attributes by keyword; no pixel data. */
        readonly FileMetadata: {
            readonly [key: string]: unknown;
        };
        readonly Job: {
            readonly id: string;
            /** @enum {unknown} */
            readonly state: "running" | "completed" | "cancelled" | "failed";
            /** Format: date-time */
            readonly startedAt: string;
            /** Format: date-time */
            readonly endedAt: string | null;
            /** @description Found so far. */
            readonly files: number;
            readonly done: number;
            readonly redacted: number;
            readonly failed: number;
            /** @description How many, by code. */
            readonly failures: readonly {
                readonly code: string;
                readonly files: number;
                readonly reason?: string;
            }[];
            /** @description Why the job failed as a whole. */
            readonly code?: string | null;
            /** @description The code in words. */
            readonly reason?: string | null;
        };
        readonly Setup: {
            readonly aeTitle: string;
            /** @description Address the listener is bound to. */
            readonly host: string;
            /** @description Addresses of this machine that a PACS may reach. */
            readonly addresses: readonly string[];
            readonly port: number;
            readonly tls: boolean;
            readonly httpUrl: string;
            /** @description AE titles that may call; empty for any. */
            readonly callingPeers: readonly string[];
            /** @description What is ready, and what is not yet. */
            readonly checks: readonly {
                readonly id: string;
                readonly ok: boolean;
                readonly what: string;
                readonly todo: string | null;
            }[];
        };
        readonly ProfileSummary: {
            readonly name: string;
            readonly revision: string;
            readonly description: string;
            /** @description For all AE titles without one of their own. */
            readonly standard: boolean;
            readonly callingAeTitles: readonly string[];
            readonly options: readonly string[];
        };
        readonly ProfilePage: {
            readonly name: string;
            readonly revision: string;
            readonly description: string;
            /** @description Base, options, pixels, devices, in words. */
            readonly lines: readonly string[];
            /** @description Private elements, and what PS3.6 does not know, in words. */
            readonly beyond: readonly string[];
            /** @description Attributes by outcome; conditions that were left open are taken as not holding. */
            readonly counts: {
                readonly [key: string]: number;
            };
            readonly attributes: readonly {
                readonly tag: string;
                readonly keyword: string;
                readonly vr: string;
                /** @enum {unknown} */
                readonly outcome: "kept" | "cleaned" | "shifted" | "replaced" | "emptied" | "removed" | "written";
                readonly action: string;
                readonly why: string;
                /**
                 * @description There and true where a rule of the profile lets through what PS3.15 does not.
                 * @constant
                 */
                readonly weakens?: true;
                /** @description What happens where a condition of a rule holds that the question left open, as the SOP Class, or the modality where none was asked for. A later one goes before an earlier one. */
                readonly unless?: readonly {
                    /** @description The condition, in words. */
                    readonly when: string;
                    /** @enum {unknown} */
                    readonly outcome: "kept" | "cleaned" | "shifted" | "replaced" | "emptied" | "removed" | "written";
                    readonly action: string;
                    /** @description Line of the rule in the profile's file. */
                    readonly line: number;
                    /** @constant */
                    readonly weakens?: true;
                }[];
            }[];
        };
        readonly Option: {
            readonly path: string;
            readonly doc: string;
            readonly format: string;
            readonly default: unknown;
            /** @description As it holds now; a secret is masked. */
            readonly value: unknown;
            readonly environment: string;
            readonly sensitive: boolean;
        };
        readonly Token: {
            readonly id: string;
            readonly name: string;
            readonly scopes: readonly components["schemas"]["Scope"][];
            readonly aeTitle?: string | null;
            /** Format: date-time */
            readonly createdAt: string;
            /** Format: date-time */
            readonly expiresAt: string | null;
            /**
             * Format: date-time
             * @description Since the gateway was started.
             */
            readonly lastUsedAt: string | null;
        };
        readonly AuditRecord: {
            readonly sequence: number;
            /** Format: date-time */
            readonly at: string;
            readonly actor: {
                readonly kind: string;
                readonly name: string;
                readonly address: string | null;
            };
            readonly action: string;
            readonly object: {
                readonly kind: string;
                readonly id: string;
            } | null;
            readonly profileRevision?: string | null;
            readonly outcome: string;
            readonly code?: string | null;
            readonly previousHash: string;
            readonly hash: string;
        };
        /** @description FHIR R4 ImagingStudy. */
        readonly ImagingStudy: {
            /** @constant */
            readonly resourceType: "ImagingStudy";
            readonly id: string;
            /** @enum {unknown} */
            readonly status: "registered" | "available" | "cancelled" | "entered-in-error" | "unknown";
            readonly subject: Record<string, never>;
        };
        /** @description Whole numbers, or rates. */
        readonly LiveCounts: {
            readonly [key: string]: number;
        };
        readonly LiveStatus: {
            /** Format: date-time */
            readonly at: string;
            readonly gateway: {
                readonly version: string;
                /** Format: date-time */
                readonly startedAt: string;
                readonly uptimeMs: number;
                readonly aeTitle: string;
                readonly dimse: components["schemas"]["ListeningAt"];
                readonly http: components["schemas"]["ListeningAt"];
                readonly stopping: boolean;
            };
            readonly lastMinute: {
                readonly seconds: number;
                readonly counts: components["schemas"]["LiveCounts"];
                readonly perSecond: components["schemas"]["LiveCounts"];
            };
            readonly sinceStart: components["schemas"]["LiveCounts"];
            readonly latest: {
                readonly hour: components["schemas"]["LiveSlot"];
                readonly day: components["schemas"]["LiveSlot"];
            };
            readonly backlog: {
                readonly received: components["schemas"]["StateCount"];
                readonly prepared: components["schemas"]["StateCount"];
                readonly held: components["schemas"]["StateCount"];
                readonly failed: components["schemas"]["StateCount"];
                readonly waiting: number;
                readonly oldestWaitingMs: number;
                /** @description The ledger could not be asked just now. */
                readonly stale: boolean;
            };
            readonly storage: {
                readonly freeBytes: number;
                readonly reserveBytes: number;
                readonly low: boolean;
            };
            readonly workers: {
                readonly threads: number;
                readonly busy: number;
                readonly queued: number;
                readonly replacedLastHour: number;
            };
            readonly associations: {
                readonly open: number;
                readonly rejectedLastHour: number;
                readonly echoesLastHour: number;
                readonly max: number;
            };
            readonly destinations: readonly {
                /** @description Host. */
                readonly name: string;
                /** @enum {unknown} */
                readonly state: "closed" | "open" | "half-open";
                readonly lastCode: string | null;
                readonly lastHttpStatus: number | null;
                /** Format: date-time */
                readonly lastPostAt: string | null;
                /** Format: date-time */
                readonly since: string | null;
                /** Format: date-time */
                readonly retryAt: string | null;
            }[];
            readonly alarms: readonly components["schemas"]["Alarm"][];
        };
        readonly ListeningAt: {
            readonly host: string;
            readonly port: number;
            readonly tls: boolean;
        };
        readonly LiveSlot: {
            /** @description Epoch milliseconds. */
            readonly at: number;
            readonly counts: components["schemas"]["LiveCounts"];
        };
        readonly StateCount: {
            readonly instances: number;
            readonly bytes: number;
        };
        readonly Alarm: {
            readonly id: string;
            /** @enum {unknown} */
            readonly severity: "critical" | "warning" | "info";
            readonly title: string;
            readonly what: string;
            readonly todo: string;
        };
        readonly LiveHistory: {
            readonly hour: components["schemas"]["LiveSeries"];
            readonly day: components["schemas"]["LiveSeries"];
        };
        readonly LiveSeries: {
            readonly stepMs: number;
            /** @description Epoch milliseconds of the first point. */
            readonly from: number;
            readonly points: number;
            readonly counts: {
                readonly [key: string]: readonly number[];
            };
        };
        readonly Association: {
            readonly id: string;
            /** @enum {unknown} */
            readonly state: "running" | "ended" | "rejected";
            /** Format: date-time */
            readonly startedAt: string;
            /** Format: date-time */
            readonly endedAt: string | null;
            readonly durationMs: number;
            readonly address: string;
            readonly tls: boolean;
            readonly callingAeTitle: string;
            readonly calledAeTitle: string;
            readonly rejection: {
                readonly reason: string;
                readonly what: string;
                readonly fix: string;
                /** @description Times the same peer was rejected for the same reason, one soon after the other. */
                readonly count: number;
                /**
                 * Format: date-time
                 * @description The last of these times.
                 */
                readonly lastAt: string;
            } | null;
            readonly contexts: {
                readonly accepted: number;
                readonly refused: number;
                readonly leftOut: number;
                readonly list: readonly {
                    readonly sopClass: string;
                    readonly sopClassUid: string;
                    readonly accepted: boolean;
                    readonly transferSyntax: string | null;
                    readonly offered: readonly string[];
                    readonly reason: string | null;
                    readonly fix: string | null;
                }[];
            };
            readonly instances: number;
            readonly duplicates: number;
            readonly refused: number;
            readonly echoes: number;
            readonly bytes: number;
            readonly statuses: readonly {
                readonly status: string;
                readonly code: string | null;
                readonly what: string;
                readonly count: number;
                readonly fix: string | null;
            }[];
            readonly ended: {
                readonly how: string;
                readonly fault: string | null;
                readonly what: string;
                readonly fix: string | null;
            } | null;
        };
        readonly Echo: {
            readonly id: string;
            /** Format: date-time */
            readonly at: string;
            readonly associationId: string;
            readonly address: string;
            readonly tls: boolean;
            readonly callingAeTitle: string;
            readonly calledAeTitle: string;
        };
        readonly Connection: {
            readonly id: string;
            /** Format: date-time */
            readonly at: string;
            /** Format: date-time */
            readonly lastAt: string;
            readonly address: string;
            readonly tls: boolean;
            readonly count: number;
            readonly kind: string;
            readonly what: string;
            readonly fix: string;
        };
        readonly TestReport: {
            readonly ok: boolean;
            readonly ms: number;
            readonly steps: readonly {
                /** @enum {unknown} */
                readonly name: "connect" | "associate" | "echo" | "store" | "release";
                /** @enum {unknown} */
                readonly outcome: "ok" | "warning" | "failed" | "skipped";
                readonly ms: number;
                readonly status: string | null;
                readonly code: string | null;
                readonly what: string;
                readonly advice: string | null;
            }[];
        };
        readonly Detail: {
            readonly detail: string;
        };
        readonly Reason: {
            readonly state: string;
            readonly code: string;
            readonly instances: number;
            readonly reason: string | null;
            readonly advice: string | null;
            readonly releasable: boolean;
        };
        readonly Study: {
            /** @description New Study Instance UID; also the id of its ImagingStudy. */
            readonly studyPseudonym: string;
            readonly patientPseudonym: string | null;
            readonly accessionPseudonym: string | null;
            /** @description As it leaves: shifted, where the profile shifts dates. */
            readonly started: string | null;
            /** @description As it leaves. */
            readonly description: string | null;
            readonly modalities: readonly string[];
            readonly callingAeTitles: readonly string[];
            readonly seriesCount: number;
            readonly instances: {
                readonly received: number;
                readonly prepared: number;
                readonly delivered: number;
                readonly held: number;
                readonly failed: number;
                readonly discarded: number;
                /** @description Delivered, and their rows removed by retention. */
                readonly forgotten: number;
            };
            /** @description Why instances wait. */
            readonly reasons: readonly components["schemas"]["Reason"][];
            /** Format: date-time */
            readonly firstReceivedAt: string;
            /** Format: date-time */
            readonly lastReceivedAt: string;
            /** Format: date-time */
            readonly changedAt: string;
            readonly fhir: {
                /**
                 * @description What became of posting it to a FHIR server; `disabled` where none is configured.
                 * @enum {unknown}
                 */
                readonly state: "disabled" | "nothing" | "waiting" | "retrying" | "posted" | "refused";
                /** Format: date-time */
                readonly postedAt: string | null;
                readonly code: string | null;
                readonly detail: string | null;
                readonly reason: string | null;
                readonly advice: string | null;
                readonly attempts: number;
                /** Format: date-time */
                readonly nextAttemptAt: string | null;
            };
        };
        readonly Series: {
            readonly seriesPseudonym: string;
            readonly modality: string | null;
            readonly number: number | null;
            readonly description: string | null;
            readonly bodyPart: string | null;
            readonly laterality: string | null;
            readonly started: string | null;
            readonly instances: number;
            readonly frames: number;
        };
        readonly Unassigned: {
            readonly callingAeTitle: string;
            readonly state: string;
            readonly code: string | null;
            readonly instances: number;
            readonly reason: string | null;
            readonly advice: string | null;
            readonly releasable: boolean;
        };
        readonly Problem: {
            /** @constant */
            readonly type: "about:blank";
            readonly status: number;
            readonly title: string;
            /** @description A code of README, where there is one. */
            readonly code?: string;
            /** @description A word or number that goes with the code. */
            readonly detail?: string;
            /** @description What can be done. */
            readonly advice?: string;
        };
    };
    responses: {
        /** @description Who I am. */
        readonly Session: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Session"];
            };
        };
        /** @description The instance, as it is now. */
        readonly Instance: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Instance"];
            };
        };
        /** @description The frame. Headers tell how its pixels lie over those stored: `x-frame-columns`, `x-frame-rows` (stored pixels). */
        readonly Picture: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "image/jpeg": string;
            };
        };
        /**
         * @description What became of each instance (PS3.18 10.5.3): 200 all are safe, 202 some, 409 none; Failure Reason (0008,1197) with the
         *     statuses of C-STORE (A700, A900, C000, C122, 0110, 0122, hexadecimal). Nothing can be retrieved here, so Retrieve
         *     URL is empty. Failures that name no instance stand in Other Failures Sequence.
         */
        readonly Stow: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/dicom+json": components["schemas"]["StoreResponse"];
            };
        };
        /** @description What happened, step by step. */
        readonly TestReport: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["TestReport"];
            };
        };
        /** @description Why not, after RFC 9457. Nothing of the request is repeated. */
        readonly Problem: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Why not. */
        readonly Detail: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Detail"];
            };
        };
        /** @description Why not. */
        readonly Base64Refusal: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": {
                    readonly status: string;
                    readonly message: string;
                };
            };
        };
        /** @description Why not, as FHIR tells it. */
        readonly OperationOutcome: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/fhir+json": {
                    /** @constant */
                    readonly resourceType: "OperationOutcome";
                    readonly issue: readonly {
                        /** @enum {unknown} */
                        readonly severity: "fatal" | "error" | "warning" | "information";
                        readonly code: string;
                        readonly diagnostics?: string;
                    }[];
                };
            };
        };
    };
    parameters: {
        /** @description Random id, from the list. */
        readonly Id: string;
        /** @description Random id, from the upload. */
        readonly FileId: string;
        /** @description Number of the frame, from 1. */
        readonly Frame: number;
        /** @description Pseudonym of the study. */
        readonly StudyPseudonym: string;
        /** @description The picture is made smaller where a side is longer, pixels. */
        readonly MaxSide: number;
        /** @description Entries on one page at most. */
        readonly Limit: number;
    };
    requestBodies: {
        readonly Stow: {
            readonly content: {
                readonly "multipart/related": string;
            };
        };
    };
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly health: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It lives. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @constant */
                        readonly status: "ok";
                    };
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly healthCheck: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It lives. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @constant */
                        readonly message: "OK";
                    };
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly readiness: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It can. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description It cannot; `reasons` says why. */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Readiness"];
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly metrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Metrics in the text format of Prometheus. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/plain": string;
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly contract: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description This document, as JSON. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getSession: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Session"];
            readonly 401: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly openSession: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly token: string;
                };
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Session"];
            readonly 400: components["responses"]["Problem"];
            readonly 401: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly closeSession: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Signed out. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 401: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getSignInWays: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The ways. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description Where a browser goes to sign in at the OpenID provider; null where that is not set up. */
                        readonly openid: string | null;
                    };
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly beginOpenidSignIn: {
        readonly parameters: {
            readonly query?: {
                /** @description The provider is to ask who one is, even if it knows this browser. */
                readonly prompt?: "login";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description To the provider. */
            readonly 303: {
                headers: {
                    readonly location?: string;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 404: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly endOpenidSignIn: {
        readonly parameters: {
            readonly query?: {
                readonly code?: string;
                readonly state?: string;
                /** @description The provider, where it names itself (RFC 9207). */
                readonly iss?: string;
                /** @description Why there is no code. */
                readonly error?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description To the dashboard. */
            readonly 303: {
                headers: {
                    readonly location?: string;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem"];
            readonly 404: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listInstances: {
        readonly parameters: {
            readonly query?: {
                /** @description Only those in this state, or in one of these, separated by commas. */
                readonly state?: string;
                /** @description Only those with this code. */
                readonly code?: string;
                /** @description Only those that came from this AE title. */
                readonly callingAeTitle?: string;
                /** @description Only those of the study with this pseudonym. */
                readonly study?: string;
                /** @description Only those of the series with this pseudonym. */
                readonly series?: string;
                /** @description Received at this time or later. */
                readonly receivedFrom?: string;
                /** @description Received before this time. */
                readonly receivedTo?: string;
                /** @description In the order of arrival, or the newest first. */
                readonly order?: "oldest" | "newest";
                /** @description Only those after this id, in the order asked for; `next` of the page before. */
                readonly after?: string;
                /** @description Entries on one page at most. */
                readonly limit?: components["parameters"]["Limit"];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of instances. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly instances: readonly components["schemas"]["Instance"][];
                        readonly next: components["schemas"]["Next"];
                    };
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getInstance: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Instance"];
            readonly 404: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getInstanceReport: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The report; config/deidentification-report.schema.json describes it. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeidentificationReport"];
                };
            };
            readonly 404: components["responses"]["Problem"];
            readonly 410: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly releaseInstance: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    readonly boxes?: components["schemas"]["DrawnBoxes"];
                    /** @description What was found and no box covers is no text, and stays. */
                    readonly replaceFound?: boolean;
                };
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Instance"];
            readonly 400: components["responses"]["Problem"];
            readonly 404: components["responses"]["Problem"];
            readonly 409: components["responses"]["Problem"];
            readonly 410: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly retryInstance: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Instance"];
            readonly 404: components["responses"]["Problem"];
            readonly 409: components["responses"]["Problem"];
            readonly 410: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly discardInstance: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Instance"];
            readonly 404: components["responses"]["Problem"];
            readonly 409: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getFrameInfo: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Size and number. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FrameInfo"];
                };
            };
            readonly 404: components["responses"]["Problem"];
            readonly 410: components["responses"]["Problem"];
            readonly 422: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getFrame: {
        readonly parameters: {
            readonly query?: {
                /** @description The picture is made smaller where a side is longer, pixels. */
                readonly maxSide?: components["parameters"]["MaxSide"];
            };
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
                /** @description Number of the frame, from 1. */
                readonly frame: components["parameters"]["Frame"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Picture"];
            readonly 404: components["responses"]["Problem"];
            readonly 409: components["responses"]["Problem"];
            readonly 410: components["responses"]["Problem"];
            readonly 422: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly previewFrame: {
        readonly parameters: {
            readonly query?: {
                /** @description The picture is made smaller where a side is longer, pixels. */
                readonly maxSide?: components["parameters"]["MaxSide"];
            };
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
                /** @description Number of the frame, from 1. */
                readonly frame: components["parameters"]["Frame"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly boxes: components["schemas"]["DrawnBoxes"];
                };
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Picture"];
            readonly 400: components["responses"]["Problem"];
            readonly 404: components["responses"]["Problem"];
            readonly 409: components["responses"]["Problem"];
            readonly 410: components["responses"]["Problem"];
            readonly 422: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getOriginal: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The Part 10 file. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/dicom": string;
                };
            };
            readonly 404: components["responses"]["Problem"];
            readonly 410: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getOriginalFrame: {
        readonly parameters: {
            readonly query?: {
                /** @description The picture is made smaller where a side is longer, pixels. */
                readonly maxSide?: components["parameters"]["MaxSide"];
            };
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
                /** @description Number of the frame, from 1. */
                readonly frame: components["parameters"]["Frame"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Picture"];
            readonly 404: components["responses"]["Problem"];
            readonly 410: components["responses"]["Problem"];
            readonly 422: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly uploadFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "multipart/form-data": {
                    /** @description A Part 10 file. */
                    readonly file: string;
                    /**
                     * @description Begin at once. Also `1`, `on`, `yes` and `0`, `off`, `no`, in small or capital letters.
                     * @default true
                     */
                    readonly anonymize?: boolean;
                    /** @description A word of the caller's own; given back. */
                    readonly study_type?: string;
                };
            };
        };
        readonly responses: {
            /** @description The file was taken. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly message: string;
                        readonly file_id: components["schemas"]["FileId"];
                        readonly metadata: components["schemas"]["FileMetadata"];
                        readonly status: components["schemas"]["FileStatus"];
                        /** @description The word that was sent. */
                        readonly study_type?: string;
                    };
                };
            };
            readonly 400: components["responses"]["Detail"];
            readonly 413: components["responses"]["Detail"];
            readonly 500: components["responses"]["Detail"];
            readonly default: components["responses"]["Detail"];
        };
    };
    readonly getFileMetadata: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the upload. */
                readonly file_id: components["parameters"]["FileId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The attributes. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FileMetadata"];
                };
            };
            readonly 400: components["responses"]["Detail"];
            readonly 404: components["responses"]["Detail"];
            readonly default: components["responses"]["Detail"];
        };
    };
    readonly anonymizeFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the upload. */
                readonly file_id: components["parameters"]["FileId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is being done; `GET /api/dicom/status/{file_id}` with the new id tells when. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly message: string;
                        readonly original_file_id: components["schemas"]["FileId"];
                        readonly anonymized_file_id: components["schemas"]["FileId"];
                        /** @constant */
                        readonly status: "processing";
                    };
                };
            };
            readonly 400: components["responses"]["Detail"];
            readonly 404: components["responses"]["Detail"];
            readonly default: components["responses"]["Detail"];
        };
    };
    readonly downloadFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the upload. */
                readonly file_id: components["parameters"]["FileId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The Part 10 file. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/dicom": string;
                };
            };
            readonly 400: components["responses"]["Detail"];
            readonly 403: components["responses"]["Detail"];
            readonly 404: components["responses"]["Detail"];
            readonly default: components["responses"]["Detail"];
        };
    };
    readonly getFileStatus: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the upload. */
                readonly file_id: components["parameters"]["FileId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description How far it is. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly status: components["schemas"]["FileStatus"];
                        readonly file_id: components["schemas"]["FileId"];
                        /** @description The word that was sent with the upload. */
                        readonly study_type?: string;
                        /** @description Why it failed: a code of README. */
                        readonly code?: string;
                        /** @description The code in words. */
                        readonly detail?: string;
                    };
                };
            };
            readonly 404: components["responses"]["Detail"];
            readonly default: components["responses"]["Detail"];
        };
    };
    readonly anonymizeBase64: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description The Part 10 file in Base64. */
                    readonly file?: string;
                    /** @description The same, as the answer calls it. */
                    readonly data?: string;
                };
                readonly "multipart/form-data": {
                    /** @description The Part 10 file, as it is or in Base64. */
                    readonly file: string;
                };
            };
        };
        readonly responses: {
            /** @description The de-identified file. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @constant */
                        readonly status: "200";
                        /** @constant */
                        readonly message: "DICOM was successfully anonymized!";
                        /** @description The de-identified Part 10 file in Base64. */
                        readonly data: string;
                    };
                };
            };
            readonly 400: components["responses"]["Base64Refusal"];
            readonly 422: components["responses"]["Base64Refusal"];
            readonly default: components["responses"]["Base64Refusal"];
        };
    };
    readonly redactImage: {
        readonly parameters: {
            readonly query?: {
                /** @description What blanked pixels are filled with; that of the profile where left out. */
                readonly fill?: "contrast" | "background";
                /** @description Boxes are so many pixels wider on each side; that of the profile where left out. */
                readonly padding?: number;
                /** @description Compare words with the identifiers of the header. Without, all text is blanked, whatever the profile says. */
                readonly use_metadata?: boolean;
                readonly header?: "deidentify" | "keep";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "multipart/form-data": {
                    /** @description A Part 10 file. */
                    readonly file: string;
                };
            };
        };
        readonly responses: {
            /** @description The file with blanked pixels, and where they were blanked. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description Part 10 file in Base64. */
                        readonly redacted_instance: string;
                        /** @description JSON text: [{"x":…,"y":…,"width":…,"height":…,"frame":…,"frames":…}], stored pixels, from 0; frames from 1. */
                        readonly bboxes: string;
                    };
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly 403: components["responses"]["Problem"];
            readonly 422: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly redactFolder: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly folder_in: string;
                    readonly folder_out: string;
                };
            };
        };
        readonly responses: {
            /** @description The job was begun. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @constant */
                        readonly status: true;
                        readonly job_id: string;
                    };
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly 409: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listJobs: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description At most the last 100. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly jobs: readonly components["schemas"]["Job"][];
                    };
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getJob: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description How far it is. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Job"];
                };
            };
            readonly 404: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly cancelJob: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is being ended. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Job"];
                };
            };
            readonly 404: components["responses"]["Problem"];
            readonly 409: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly receiveDicom: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/dicom": string;
                readonly "application/octet-stream": string;
            };
        };
        readonly responses: {
            /** @description It is safe. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /**
                         * @description `duplicate`: it was here already; `held`: safe, and waiting for a person.
                         * @enum {unknown}
                         */
                        readonly status: "received" | "duplicate" | "held";
                        /** @description Random id of the instance. */
                        readonly instanceId: string;
                        /** @description Why it is held. */
                        readonly code?: string;
                    };
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly 413: components["responses"]["Problem"];
            readonly 415: components["responses"]["Problem"];
            readonly 422: components["responses"]["Problem"];
            readonly 503: components["responses"]["Problem"];
            readonly 507: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly storeInstances: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["Stow"];
        readonly responses: {
            readonly 200: components["responses"]["Stow"];
            readonly 202: components["responses"]["Stow"];
            readonly 400: components["responses"]["Problem"];
            readonly 406: components["responses"]["Problem"];
            readonly 409: components["responses"]["Stow"];
            readonly 413: components["responses"]["Problem"];
            readonly 415: components["responses"]["Problem"];
            readonly 503: components["responses"]["Problem"];
            readonly 507: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly storeInstancesOfStudy: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Study Instance UID that all instances have to belong to; others are refused, each by itself. */
                readonly study: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["Stow"];
        readonly responses: {
            readonly 200: components["responses"]["Stow"];
            readonly 202: components["responses"]["Stow"];
            readonly 400: components["responses"]["Problem"];
            readonly 406: components["responses"]["Problem"];
            readonly 409: components["responses"]["Stow"];
            readonly 413: components["responses"]["Problem"];
            readonly 415: components["responses"]["Problem"];
            readonly 503: components["responses"]["Problem"];
            readonly 507: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getImagingStudy: {
        readonly parameters: {
            readonly query?: {
                /** @description There is JSON alone; FHIR clients send it all the same. */
                readonly _format?: "json" | "application/json" | "application/fhir+json" | "application/fhir json";
                /** @description Makes no difference. */
                readonly _pretty?: boolean;
            };
            readonly header?: never;
            readonly path: {
                /** @description Logical id; `fhirId` of the study. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The resource. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/fhir+json": components["schemas"]["ImagingStudy"];
                };
            };
            readonly 404: components["responses"]["OperationOutcome"];
            readonly default: components["responses"]["OperationOutcome"];
        };
    };
    readonly listStudies: {
        readonly parameters: {
            readonly query?: {
                /** @description Pseudonym of the study, or how it begins. */
                readonly study?: string;
                /** @description Pseudonym of the patient. */
                readonly patient?: string;
                readonly callingAeTitle?: string;
                /** @description Studies with an instance in this state, or in one of these, separated by commas. */
                readonly state?: string;
                /** @description Studies with an instance that waits for this reason. */
                readonly code?: string;
                readonly modality?: string;
                /** @description The first instance arrived at this time or later. */
                readonly receivedFrom?: string;
                /** @description The first instance arrived before this time. */
                readonly receivedTo?: string;
                readonly fhir?: "waiting" | "retrying" | "posted" | "refused";
                /** @description `next` of the page before. */
                readonly cursor?: string;
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of studies. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly studies: readonly components["schemas"]["Study"][];
                        readonly next: components["schemas"]["Next"];
                    };
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listUnassigned: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Groups of them, the largest first. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly groups: readonly components["schemas"]["Unassigned"][];
                    };
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getStudy: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Pseudonym of the study. */
                readonly study: components["parameters"]["StudyPseudonym"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The study. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Study"] & {
                        readonly series: readonly components["schemas"]["Series"][];
                        readonly seriesLeftOut: number;
                    };
                };
            };
            readonly 404: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getStudyReport: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Pseudonym of the study. */
                readonly study: components["parameters"]["StudyPseudonym"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The report; config/deidentification-report.schema.json describes it. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeidentificationReport"];
                };
            };
            readonly 404: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly repostStudy: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Pseudonym of the study. */
                readonly study: components["parameters"]["StudyPseudonym"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is due. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 404: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getStatus: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The gateway now: rates, backlog, disk, workers, destinations, alarms. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LiveStatus"];
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getStatusHistory: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Counts of the last hour and the last day, for charts. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LiveHistory"];
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listAssociations: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The last associations, with statuses and refusals. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly associations: readonly components["schemas"]["Association"][];
                    };
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listEchoes: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The last C-ECHOs, and connections that became no association. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly echoes: readonly components["schemas"]["Echo"][];
                        readonly connections: readonly components["schemas"]["Connection"][];
                    };
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly followStatus: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Events until the reader goes. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/event-stream": string;
                };
            };
            readonly 503: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly sendTest: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly callingAeTitle?: string;
                    readonly calledAeTitle?: string;
                    /**
                     * @description Send an instance as well.
                     * @default false
                     */
                    readonly instance?: boolean;
                };
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["TestReport"];
            readonly 400: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly echoPeer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly host: string;
                    readonly port: number;
                    readonly calledAeTitle: string;
                    readonly callingAeTitle?: string;
                    /**
                     * @description Over TLS. Trusted are the authorities of `dimse.tls.caFile`, or the public ones without it; the gateway shows the certificate of its DICOM listener.
                     * @default false
                     */
                    readonly tls?: boolean;
                };
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["TestReport"];
            readonly 400: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getSetup: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description What a PACS administrator types into the PACS. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Setup"];
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listProfiles: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Active profiles, and for which calling AE titles. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly profiles: readonly components["schemas"]["ProfileSummary"][];
                    };
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly explainProfile: {
        readonly parameters: {
            readonly query?: {
                readonly modality?: string;
                readonly callingAeTitle?: string;
                /** @description Part of a tag or keyword. */
                readonly search?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description What a profile does to every attribute, and why. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ProfilePage"];
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly 404: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getConfiguration: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Every option: meaning, default, present value with secrets masked. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly options: readonly components["schemas"]["Option"][];
                    };
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listTokens: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description All tokens. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly tokens: readonly components["schemas"]["Token"][];
                    };
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly createToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly name: string;
                    readonly scopes: readonly components["schemas"]["Scope"][];
                    readonly expiresInDays?: number;
                    readonly aeTitle?: string;
                };
            };
        };
        readonly responses: {
            /** @description Made. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Token"] & {
                        /** @description The token itself, told this once. */
                        readonly token: string;
                    };
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly 403: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly revokeToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Random id, from the list. */
                readonly id: components["parameters"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Revoked. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 404: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly listAudit: {
        readonly parameters: {
            readonly query?: {
                /** @description Only those with a smaller sequence number; `next` of the page before. */
                readonly before?: number;
                readonly action?: string;
                readonly objectId?: string;
                /** @description Name of the actor. */
                readonly actor?: string;
                readonly from?: string;
                readonly to?: string;
                /** @description Entries on one page at most. */
                readonly limit?: components["parameters"]["Limit"];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of records. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly records: readonly components["schemas"]["AuditRecord"][];
                        readonly next: number | null;
                    };
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly getAuditHead: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Where the chain ends now. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly sequence: number;
                        readonly hash: string | null;
                        /** Format: date-time */
                        readonly at: string | null;
                    };
                };
            };
            readonly default: components["responses"]["Problem"];
        };
    };
    readonly exportAudit: {
        readonly parameters: {
            readonly query?: {
                readonly from?: string;
                readonly to?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description One record a line, in the form that is hashed. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/x-ndjson": string;
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly default: components["responses"]["Problem"];
        };
    };
}
