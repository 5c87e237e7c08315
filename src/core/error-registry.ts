/** What becomes of the unit of work that met the error. */
export type Disposition = 'retry' | 'hold' | 'reject' | 'fatal';

export interface ErrorRow {
  /** A sentence without any value of a data set: what happened. */
  readonly message: string;
  /** What the person in charge can do. */
  readonly advice: string;
  readonly disposition: Disposition;
  /** C-STORE status where the error can be met inside an association (PS3.4 B.2.3, PS3.7 C). */
  readonly dicomStatus?: number;
  readonly httpStatus?: number;
  /** True where a person may accept the instance as it is with `release`. */
  readonly releasable?: boolean;
}

/**
 * Every error of the product: code, meaning, what to do, what becomes of the work. Nobody matches on message text; the
 * code is the interface. README's table of codes is compared with this one by a test, both ways.
 */
export const errorRegistry = {
  // Receiving ------------------------------------------------------------------------------------------------------
  INSTANCE_TOO_LARGE: {
    message: 'the instance is larger than dimse.maxInstanceBytes',
    advice: 'raise dimse.maxInstanceBytes if instances of this size are expected',
    disposition: 'reject',
    dicomStatus: 0xa700,
    httpStatus: 413,
  },
  STORAGE_FULL: {
    message: 'the storage folder is below its reserve of free space',
    advice: 'free disk space or lower storage.reserve; the sender may try again later',
    disposition: 'reject',
    dicomStatus: 0xa700,
    httpStatus: 507,
  },
  STORAGE_FAILED: {
    message: 'the instance could not be written to storage',
    advice: 'look at the disk and the log; the sender may try again later',
    disposition: 'reject',
    dicomStatus: 0xa700,
    httpStatus: 507,
  },
  SHUTTING_DOWN: {
    message: 'the gateway is shutting down',
    advice: 'try again when it is back',
    disposition: 'reject',
    dicomStatus: 0xa700,
    httpStatus: 503,
  },
  DATA_SET_MISMATCH: {
    message:
      'the SOP Class UID or SOP Instance UID of the data set is not the one of the C-STORE command or File Meta Information',
    advice: 'the sender mislabels its instances; look at its configuration',
    disposition: 'reject',
    dicomStatus: 0xa900,
    httpStatus: 422,
  },
  STUDY_MISMATCH: {
    message:
      'the instance does not belong to the study of the request, or does not say so in its first megabyte',
    advice:
      'send it to the study it belongs to, or to /dicom-web/studies, which takes instances of any study',
    disposition: 'reject',
    dicomStatus: 0xa900,
    httpStatus: 422,
  },
  SOP_CLASS_REFUSED: {
    message: 'the SOP Class is not one of storage that this gateway knows',
    advice:
      'send instances of storage SOP Classes; dimse.acceptUnknownSopClasses lets in those not known yet',
    disposition: 'reject',
    dicomStatus: 0x0122,
    httpStatus: 422,
  },
  TRANSFER_SYNTAX_REFUSED: {
    message: 'the transfer syntax is not one in which instances are stored',
    advice: 'send the instance in another transfer syntax',
    disposition: 'reject',
    dicomStatus: 0xc122,
    httpStatus: 422,
  },
  NOT_DICOM: {
    message: 'the bytes cannot be understood as a DICOM data set',
    advice: 'the sender or file is faulty; send the instance again from its source',
    disposition: 'hold',
    dicomStatus: 0xc000,
    httpStatus: 400,
  },
  DUPLICATE_CONTENT_DIFFERS: {
    message: 'the same SOP Instance UID arrived before with other content',
    advice: 'find out which is right; release or discard this one',
    disposition: 'hold',
    releasable: true,
  },
  BLOB_MISSING: {
    message: 'the bytes of this instance are no longer in storage, or not whole',
    advice:
      'look for what touched the storage folder; send the instance again from its source and discard this one',
    disposition: 'hold',
    httpStatus: 410,
  },
  // Reading --------------------------------------------------------------------------------------------------------
  DATA_SET_TRUNCATED: {
    message: 'the data set ends inside an element',
    advice: 'send the instance again from its source',
    disposition: 'hold',
  },
  DATA_SET_MALFORMED: {
    message: 'the data set breaks the encoding rules of PS3.5',
    advice: 'send the instance again from its source, or correct it there',
    disposition: 'hold',
  },
  DATA_SET_TOO_DEEP: {
    message: 'sequences are nested deeper than the limit',
    advice: 'the instance is hostile or faulty; discard it or correct it at its source',
    disposition: 'hold',
  },
  DATA_SET_TOO_COMPLEX: {
    message: 'the data set has more elements than the limit, or inflates beyond its limit',
    advice: 'the instance is hostile or faulty; discard it or correct it at its source',
    disposition: 'hold',
  },
  TRANSFER_SYNTAX_UNKNOWN: {
    message: 'the transfer syntax is not known to this version',
    advice: 'ask the sender for another transfer syntax',
    disposition: 'hold',
  },
  REQUIRED_ATTRIBUTE_MISSING: {
    message: 'an attribute without which the instance cannot be delivered is missing or empty',
    advice: 'correct the instance at its source and send it again',
    disposition: 'hold',
  },
  // De-identification ----------------------------------------------------------------------------------------------
  BURNED_IN_TEXT_RISK: {
    message: 'the pixels are likely to carry burned-in text, and the profile wants a person to decide',
    advice:
      'look at the image; release it if no text identifies the patient, release it with boxes to blank, or discard it',
    disposition: 'hold',
    releasable: true,
  },
  TEXT_LEFT_IN_PIXELS: {
    message: 'text that may identify the patient is still found after burned-in text was blanked',
    advice:
      'look at the image; release it with boxes around all that is to be blanked (they take the place of those found), or discard it',
    disposition: 'hold',
    releasable: true,
  },
  REDACTION_UNSUPPORTED: {
    message: 'the pixels may carry burned-in text, and are of a kind that cannot be blanked',
    advice: 'look at the image; release it if no text identifies the patient, else discard it',
    disposition: 'hold',
    releasable: true,
  },
  RECOGNIZABLE_FEATURES_RISK: {
    message: 'the image may show a face or another feature by which a person is recognized',
    advice: 'look at the image; release it if nobody can be recognized, else discard it',
    disposition: 'hold',
    releasable: true,
  },
  DEVICE_RULE_HOLD: {
    message: 'a device rule of the profile holds images of this kind',
    advice: 'look at the image; release it, release it with boxes to blank, or discard it',
    disposition: 'hold',
    releasable: true,
  },
  PIXEL_REGION_INVALID: {
    message: 'regions that say which pixels hold the image do not fit the image',
    advice:
      'look at the image; release it with boxes to blank, or discard it; correct the device rule if it is one',
    disposition: 'hold',
    releasable: true,
  },
  TEXT_SEARCH_UNAVAILABLE: {
    message: 'the models that find text in pixels cannot be loaded',
    advice: 'install the package anew with its dependencies, then retry',
    disposition: 'hold',
  },
  ENCAPSULATED_DOCUMENT: {
    message: 'an encapsulated document cannot be de-identified',
    advice: 'discard it, or choose a profile with encapsulatedDocuments: replace and retry',
    disposition: 'hold',
  },
  STRUCTURED_CONTENT: {
    message: 'structured content (reports, key objects, graphics) is not cleaned by this profile',
    advice:
      'discard it, or choose a profile with cleanStructuredContent, cleanGraphics or structuredContent: replace and retry',
    disposition: 'hold',
  },
  PRIVATE_SOP_CLASS: {
    message: 'de-identification is not defined for a private or unknown SOP Class',
    advice: 'discard it, or have the PACS send a standard SOP Class',
    disposition: 'hold',
  },
  OBJECT_NOT_COVERED: {
    message: 'this kind of object carries content that no rule of the profile can de-identify',
    advice: 'discard it; do not configure the PACS to send such objects',
    disposition: 'hold',
  },
  MEDIA_DIRECTORY: {
    message: 'a media directory (DICOMDIR) is not an instance to deliver',
    advice: 'send the instances it lists instead',
    disposition: 'hold',
  },
  DEIDENTIFICATION_FAILED: {
    message: 'de-identification met a case its rules do not cover',
    advice: 'keep the instance held and report the code and version to the developers',
    disposition: 'hold',
  },
  // Rendering ------------------------------------------------------------------------------------------------------
  NO_PIXEL_DATA: {
    message: 'the instance has no pixels to render',
    advice: 'nothing can be delivered for it; discard it, or do not configure the PACS to send such objects',
    disposition: 'hold',
  },
  PIXEL_FORMAT_UNSUPPORTED: {
    message: 'this transfer syntax or pixel format cannot be rendered by this version',
    advice: 'ask the PACS for an uncompressed transfer syntax, or wait for a version that renders it',
    disposition: 'hold',
  },
  SEGMENTATION_NOT_RENDERED: {
    message: 'segmentations are not rendered by this configuration',
    advice: 'set render.segmentations to grey or color and retry it, or discard it',
    disposition: 'hold',
  },
  PIXEL_DATA_INVALID: {
    message: 'the pixel data cannot be decoded: it is truncated, corrupt or does not match its description',
    advice: 'send the instance again from its source',
    disposition: 'hold',
  },
  PIXEL_LIMIT_EXCEEDED: {
    message: 'rows, columns or number of frames exceed the configured limit',
    advice: 'raise render.maxPixelsPerFrame or render.maxFrames if such images are expected',
    disposition: 'hold',
  },
  ENCODE_FAILED: {
    message: 'the rendered frame could not be encoded in the configured format',
    advice: 'report the code and version to the developers; another render.format may take such images',
    disposition: 'hold',
  },
  VIDEO_DECODER_MISSING: {
    message: 'the instance is a video, and there is no ffmpeg here that can decode it',
    advice:
      'install ffmpeg 4.4 or later with its H.264, HEVC and MPEG-2 decoders, or set render.ffmpeg to its path; then retry',
    disposition: 'hold',
  },
  RENDER_TIMEOUT: {
    message:
      'one frame took longer than render.frameTimeout, or the whole instance longer than pipeline.prepareTimeout',
    advice:
      'retry it; raise render.frameTimeout for very large frames, pipeline.prepareTimeout for instances of very many (the detail says which)',
    disposition: 'hold',
    httpStatus: 504,
  },
  WORKER_CRASHED: {
    message: 'the worker thread ended while it prepared this instance',
    advice: 'retry it once; if it happens again report the code and version to the developers',
    disposition: 'hold',
    httpStatus: 500,
  },
  // Delivery -------------------------------------------------------------------------------------------------------
  FHIR_UNREACHABLE: {
    message: 'the FHIR server could not be reached, cut the connection or did not answer in time',
    advice: 'look at the FHIR server, the network and fhir.baseUrl; posting goes on by itself',
    disposition: 'retry',
  },
  FHIR_UNAVAILABLE: {
    message: 'the FHIR server answered that it cannot take the study now',
    advice: 'look at the FHIR server; posting goes on by itself',
    disposition: 'retry',
  },
  FHIR_UNAUTHORIZED: {
    message: 'the FHIR server refused the credentials',
    advice:
      'correct the credentials of the FHIR server, fhir.auth.kind and what goes with it; posting is paused and probes by itself',
    disposition: 'retry',
  },
  FHIR_REFUSED: {
    message: 'the FHIR server refused the study as wrong',
    advice:
      'read the HTTP status, correct the FHIR server or fhir.baseUrl, then post the study again, or restart',
    disposition: 'hold',
  },
  FHIR_GIVEN_UP: {
    message: 'a study was forgotten before the FHIR server took it (fhir.keepUnposted)',
    advice:
      'the audit trail names it by this code; look at the FHIR server, and have the PACS send the study again',
    disposition: 'reject',
  },
  BACKEND_NOT_CONFIGURED: {
    message: 'backend.baseUrl is not set, so nothing can be delivered',
    advice: 'set backend.baseUrl',
    disposition: 'retry',
  },
  BACKEND_UNREACHABLE: {
    message: 'the backend could not be reached or cut the connection',
    advice: 'look at the backend and the network; delivery goes on by itself',
    disposition: 'retry',
  },
  BACKEND_TIMEOUT: {
    message: 'the backend did not answer in time',
    advice: 'look at the backend; raise backend.timeout if it is merely slow',
    disposition: 'retry',
  },
  BACKEND_UNAVAILABLE: {
    message: 'the backend answered that it cannot take the post now',
    advice: 'look at the backend; delivery goes on by itself',
    disposition: 'retry',
  },
  BACKEND_UNAUTHORIZED: {
    message: 'the backend refused the credentials',
    advice: 'correct the credentials; delivery is paused and probes by itself',
    disposition: 'retry',
  },
  BACKEND_REFUSED: {
    message: 'the backend refused the post as wrong',
    advice: 'read the HTTP status, correct the backend or the contract, then retry',
    disposition: 'hold',
  },
  POST_TOO_LARGE: {
    message: 'one rendered frame is larger than backend.maxBodyBytes allows',
    advice: 'raise backend.maxBodyBytes, or lower render.jpegQuality or render.maxLongEdge',
    disposition: 'hold',
  },
  SCRATCH_FULL: {
    message: 'no room in the storage folder for the rendered frames of an instance',
    advice: 'free disk space or lower storage.reserve; it is rendered again by itself',
    disposition: 'retry',
    httpStatus: 507,
  },
  OUTPUT_LOST: {
    message: 'the scratch file with the rendered frames was gone or cut when they were to be posted',
    advice: 'look for what touches the storage folder; the frames are rendered again by themselves',
    disposition: 'retry',
  },
  // Sending (the C-STORE SCU of the command line) ------------------------------------------------------------------
  FILE_UNREADABLE: {
    message: 'the file cannot be opened or read',
    advice: 'look at its path and permissions',
    disposition: 'reject',
  },
  PEER_UNREACHABLE: {
    message: 'no connection to the receiving application could be made',
    advice: 'look at host, port, firewall and TLS settings',
    disposition: 'retry',
  },
  PEER_REJECTED: {
    message: 'the receiving application rejected the association',
    advice: 'look at the AE titles on both sides; the reason given says which',
    disposition: 'reject',
  },
  PEER_CONTEXT_REFUSED: {
    message: 'the receiving application does not take this SOP Class in this transfer syntax',
    advice: 'allow the SOP Class and transfer syntax there',
    disposition: 'reject',
  },
  PEER_ABORTED: {
    message: 'the receiving application aborted the association',
    advice: 'look at its log; send the rest again',
    disposition: 'retry',
  },
  PEER_LOST: {
    message: 'the connection to the receiving application was lost',
    advice: 'look at the network and at the log of the receiving application; send the rest again',
    disposition: 'retry',
  },
  PEER_TIMEOUT: {
    message: 'the receiving application did not answer in time',
    advice: 'look at the receiving application; send the rest again',
    disposition: 'retry',
  },
  PEER_PROTOCOL_ERROR: {
    message: 'the receiving application broke the DICOM upper layer protocol',
    advice: 'is the port really that of a DICOM application? Report the case to its vendor',
    disposition: 'reject',
  },
  CANCELLED: {
    message: 'stopped on request',
    advice: 'start again to send the rest',
    disposition: 'reject',
    httpStatus: 400,
  },
  // HTTP API -------------------------------------------------------------------------------------------------------
  NOT_AUTHENTICATED: {
    message: 'the request carries no credentials that are valid here',
    advice:
      'send `Authorization: Bearer TOKEN` with a token of `sallyport token create` that is neither revoked nor expired, or sign in',
    disposition: 'reject',
    httpStatus: 401,
  },
  NOT_PERMITTED: {
    message: 'the caller does not have the scope this wants',
    advice: 'use a token with that scope; the detail names it',
    disposition: 'reject',
    httpStatus: 403,
  },
  CROSS_SITE_REQUEST: {
    message: 'a request with a session must come from the pages of this gateway and carry its CSRF token',
    advice:
      'send the header X-CSRF-Token with the value the session was opened with; scripts use an API token instead',
    disposition: 'reject',
    httpStatus: 403,
  },
  TOO_MANY_ATTEMPTS: {
    message: 'too many requests with wrong credentials came from this address',
    advice: 'wait as long as Retry-After says; valid credentials are let in at any time',
    disposition: 'reject',
    httpStatus: 429,
  },
  TOO_MANY_REQUESTS: {
    message: 'the caller sends requests faster than http.rateLimit allows',
    advice: 'wait as long as Retry-After says, or raise http.rateLimit',
    disposition: 'reject',
    httpStatus: 429,
  },
  HOST_NOT_ALLOWED: {
    message: 'the Host header names a host that is not in http.allowedHosts',
    advice: 'add the name under which the gateway is reached to http.allowedHosts',
    disposition: 'reject',
    httpStatus: 421,
  },
  ISSUER_UNAVAILABLE: {
    message: 'http.oidc.issuer cannot be asked, so what it signed cannot be checked',
    advice: 'look at the issuer and the network; API tokens go on working',
    disposition: 'reject',
    httpStatus: 503,
  },
  SIGN_IN_NOT_OFFERED: {
    message: 'sign-in to the dashboard by OpenID Connect is not set up',
    advice: 'sign in with a token, or set http.oidc.clientId and http.oidc.publicUrl',
    disposition: 'reject',
    httpStatus: 404,
  },
  TOKENS_UNUSABLE: {
    message:
      'the file of API tokens in the storage folder cannot be read or written, so none of its tokens is valid',
    advice: 'look at http-tokens.json in the storage folder: its owner, its mode (0600) and its content',
    disposition: 'fatal',
    httpStatus: 503,
  },
  TOKEN_UNKNOWN: {
    message: 'no API token has this id',
    advice: 'look it up with `sallyport token list`',
    disposition: 'reject',
    httpStatus: 404,
  },
  // Operation ------------------------------------------------------------------------------------------------------
  CONFIGURATION_INVALID: {
    message: 'the configuration is not valid',
    advice: 'correct what is listed and start again; `sallyport check` shows the same list',
    disposition: 'fatal',
  },
  STORAGE_IN_USE: {
    message: 'another gateway uses this storage folder',
    advice: 'stop the other gateway or choose another storage.dir',
    disposition: 'fatal',
  },
  STORAGE_UNUSABLE: {
    message: 'the storage folder cannot be created, read or written',
    advice: 'look at the path, its owner and its permissions',
    disposition: 'fatal',
  },
  ADDRESS_IN_USE: {
    message: 'a port to listen on is taken or not permitted',
    advice: 'choose another port or stop the program that uses it',
    disposition: 'fatal',
  },
  SECRET_UNUSABLE: {
    message: 'the pseudonym secret is missing, unreadable or too short',
    advice: 'restore the secret file; a new secret would give every patient a new pseudonym',
    disposition: 'fatal',
  },
  KEY_UNKNOWN: {
    message: 'a profile names a key that is not in the key ring',
    advice:
      'give the file of that key (deidentify.furtherSecretFiles, offline --secret-file), or correct the key id in the profile',
    disposition: 'fatal',
  },
  CROSSWALK_UNUSABLE: {
    message: 'the crosswalk cannot be opened',
    advice: 'look at the key file (the right one, outside of the storage folder) and at the crosswalk folder',
    disposition: 'fatal',
  },
  CROSSWALK_FAILED: {
    message: 'the crosswalk could not be written, so nothing is delivered that it would have to name',
    advice: 'look at the disk of the crosswalk folder; delivery goes on by itself',
    disposition: 'retry',
    httpStatus: 503,
  },
  CROSSWALK_DAMAGED: {
    message: 'rows of the crosswalk were changed or damaged; the others were read',
    advice: 'find out who or what touched its files, and restore them from a backup',
    disposition: 'reject',
  },
  AUDIT_DAMAGED: {
    message: 'records of the audit trail are missing or cannot be read',
    advice:
      '`sallyport audit verify` names the first; keep a copy of the storage folder and find out who or what touched the ledger',
    disposition: 'reject',
    httpStatus: 500,
  },
  AUDIT_RECEIVER_FAILED: {
    message: 'the syslog server (audit.syslog.host) does not take audit messages',
    advice:
      'look at the server, the network and the certificates; nothing is lost, sending goes on from where it stopped',
    disposition: 'retry',
  },
  INSTANCE_UNKNOWN: {
    message: 'no instance has this id',
    advice: 'look it up with `sallyport list`',
    disposition: 'reject',
    httpStatus: 404,
  },
  STUDY_UNKNOWN: {
    message: 'no study has this pseudonym, or all of it was forgotten',
    advice: 'look it up in the list of studies; storage.forgetAfter says how long studies are remembered',
    disposition: 'reject',
    httpStatus: 404,
  },
  CURSOR_INVALID: {
    message: 'the cursor is not one that a page of this list gave',
    advice: 'pass `next` of the page before, with the same filters, or begin without a cursor',
    disposition: 'reject',
    httpStatus: 400,
  },
  PROFILE_UNKNOWN: {
    message: 'no profile of this name is in force',
    advice: 'list those that are: GET /api/profiles, or deidentify.profile and deidentify.profileByCallingAe',
    disposition: 'reject',
    httpStatus: 404,
  },
  BODY_TOO_LARGE: {
    message: 'the body of the request is larger than its limit',
    advice: 'send smaller files, or raise the limit of this operation in the configuration (http)',
    disposition: 'reject',
    httpStatus: 413,
  },
  CLIENT_GONE: {
    message: 'the client ended the connection before its request was whole',
    advice: 'send the request again',
    disposition: 'reject',
    httpStatus: 400,
  },
  BODY_TOO_SLOW: {
    message: 'the body of the request did not come in time',
    advice: 'send it again over a connection that does not stop',
    disposition: 'reject',
    httpStatus: 408,
  },
  MEDIA_TYPE_UNSUPPORTED: {
    message: 'the body is of a media type that this operation does not take',
    advice: 'openapi/gateway.yaml lists the media types of each operation; send one of them as Content-Type',
    disposition: 'reject',
    httpStatus: 415,
  },
  MULTIPART_INVALID: {
    message: 'the multipart body cannot be read',
    advice:
      'send multipart/related with CRLF line ends, the boundary of the Content-Type before and after every part, and two hyphens after the last; the detail says what was met',
    disposition: 'reject',
    dicomStatus: 0xc000,
    httpStatus: 400,
  },
  ANSWER_TYPE_UNSUPPORTED: {
    message: 'the answer cannot be given in any media type that the Accept header allows',
    advice: 'openapi/gateway.yaml lists the media types of each answer; allow one of them',
    disposition: 'reject',
    httpStatus: 406,
  },
  INGEST_BUSY: {
    message: 'as many requests bring instances as may at one time',
    advice: 'send again in a few seconds, over fewer connections, with more instances in one request',
    disposition: 'retry',
    httpStatus: 503,
  },
  RESPONSE_INVALID: {
    message: 'the gateway made an answer that its contract does not know, and did not send it',
    advice: 'this is a fault of the gateway: tell us the operation and what stands in the log',
    disposition: 'reject',
    httpStatus: 500,
  },
  FILE_UNKNOWN: {
    message: 'no file has this id, or its time is over',
    advice: 'upload it again; http.files.keep and http.files.keepUploads say how long files stay',
    disposition: 'reject',
    httpStatus: 404,
  },
  FILE_NOT_READY: {
    message: 'the file is still being de-identified',
    advice: 'ask for its status until that is `completed`',
    disposition: 'retry',
    httpStatus: 400,
  },
  FILE_NOT_DEIDENTIFIED: {
    message: 'the file could not be de-identified, so that there is nothing to hand out',
    advice:
      'the detail is the code of the reason; send the file through the gateway where a person is to decide about it',
    disposition: 'reject',
    httpStatus: 400,
  },
  FILES_FULL: {
    message: 'there is no room for more files of the file API',
    advice: 'wait until files are over their time, or raise http.files.maxFiles or http.files.maxBytes',
    disposition: 'retry',
    httpStatus: 507,
  },
  FOLDER_REFUSED: {
    message: 'this folder cannot be worked on',
    advice:
      'name two different folders below one of http.folderRoots, neither in the other, by absolute paths without `..`; the detail says which is wrong',
    disposition: 'reject',
    httpStatus: 400,
  },
  FOLDER_TOO_LARGE: {
    message: 'the folder has more files, or is deeper, than one job takes',
    advice: 'work on its subfolders one by one',
    disposition: 'reject',
  },
  LINK_NOT_FOLLOWED: {
    message: 'an entry of the folder is a link or no plain file, and is not followed',
    advice: 'put the file itself there',
    disposition: 'reject',
  },
  JOB_UNKNOWN: {
    message: 'no job has this id',
    advice: 'look at the list of jobs; it has the last 100',
    disposition: 'reject',
    httpStatus: 404,
  },
  JOBS_BUSY: {
    message: 'as many jobs run as may at one time',
    advice: 'wait until one has ended, or cancel it',
    disposition: 'retry',
    httpStatus: 409,
  },
  JOB_ENDED: {
    message: 'the job has ended',
    advice: 'begin another one',
    disposition: 'reject',
    httpStatus: 409,
  },
  JOB_INTERRUPTED: {
    message: 'the gateway ended while the job ran',
    advice: 'begin it again; what is done already stays, and is found to be the same',
    disposition: 'reject',
  },
  REQUEST_INVALID: {
    message: 'the request asks for something that is not there to be asked',
    advice: 'look at openapi/gateway.yaml; the detail says which parameter is wrong and what it may be',
    disposition: 'reject',
    httpStatus: 400,
  },
  BOXES_INVALID: {
    message: 'the boxes to blank are not valid',
    advice:
      'give a list of { frame, left, top, width, height } in pixels of the stored image, from 0, with frames from 1; the detail names the box',
    disposition: 'reject',
    httpStatus: 400,
  },
  BOXES_INCOMPLETE: {
    message: 'the boxes leave uncovered what was found as text in this instance',
    advice:
      'add the boxes that were found, which the instance shows, to those drawn; or say, by --replace-found or replaceFound, that what they leave out is no text',
    disposition: 'reject',
    httpStatus: 409,
  },
  NOT_RELEASABLE: {
    message: 'the reason this instance is held cannot be waived by a person',
    advice: 'retry it after the cause is mended, or discard it',
    disposition: 'reject',
    httpStatus: 409,
  },
  STATE_CONFLICT: {
    message: 'the instance is not in a state that allows this',
    advice: 'look at its state with `sallyport show`',
    disposition: 'reject',
    httpStatus: 409,
  },
  WORKERS_BUSY: {
    message: 'more work was asked for than the worker threads can take up in time',
    advice:
      'try again in a few seconds; raise workers if it happens often and the machine has cores to spare',
    disposition: 'retry',
    httpStatus: 503,
  },
  UNEXPECTED: {
    message: 'an error nobody foresaw',
    advice: 'keep the instance held and report the code, version and log line to the developers',
    disposition: 'hold',
    dicomStatus: 0xc001,
    httpStatus: 500,
  },
} as const satisfies Record<string, ErrorRow>;
