// Made from openapi/backend.yaml by scripts/generate-contract-types.ts. Do not edit; run `npm run generate`.

export interface paths {
    readonly "/v1/images/upload": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Takes one or more rendered frames of one series.
         * @description All images of a post belong to the same series and study. The backend answers 2xx only when it has them safe, for the
         *     gateway then forgets the instance. Redirects are not followed: a 3xx answer is treated as 400 is.
         */
        readonly post: operations["uploadImages"];
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
        readonly IdempotencyKey: string;
        /**
         * @description A DICOM UID (VR UI). Pseudonyms have the root 2.25 (PS3.5 B.2). Leading zeros in a component, which the Standard forbids,
         *     are let through where a profile keeps UIDs of faulty devices.
         */
        readonly Uid: string;
        /** @description Unicode text; null where the data set has no value, or the profile removes it. Longer values are given as null. */
        readonly NullableText: string | null;
        /** @description A code string (VR CS) without padding; null where the data set has no value or the profile removes it. */
        readonly NullableCode: string | null;
        /** @description null where the data set has no value, or one that is not a number. */
        readonly NullableNumber: number | null;
        /** @description null where the data set has no value, or one that is not an integer. */
        readonly NullableInteger: number | null;
        /** @description Distance in mm between rows, then between columns (row spacing first, as in DICOM); null where the data set has none. */
        readonly NullableSpacing: readonly number[] | null;
        /** @description One post. Also the unit of idempotency. */
        readonly ImageUpload: {
            readonly study: components["schemas"]["Study"];
            readonly series: components["schemas"]["Series"];
            /** @description Frames of instances of this series, those of one instance together and in frame order. */
            readonly images: readonly components["schemas"]["Image"][];
        };
        /** @description The study, patient included. Equal in every post made from the same de-identified values. */
        readonly Study: {
            /** @description Study Instance UID (0020,000D), a pseudonym. */
            readonly studyInstanceUid: components["schemas"]["Uid"];
            /** @description Accession Number (0008,0050), a pseudonym; null where the profile empties it. */
            readonly accessionNumber: string | null;
            /**
             * @description Patient ID (0010,0020), a pseudonym that is the same for all studies of a patient under the same key. Null where the
             *     data set had none and none was made.
             */
            readonly patientId: string | null;
            /** @description Study Date (0008,0020) as YYYYMMDD. Null under the Basic Profile, which removes dates; shifted or true under its date options. */
            readonly studyDate?: string | null;
            /** @description Study Time (0008,0030) as HHMMSS with an optional fraction. Null as for `studyDate`. */
            readonly studyTime?: string | null;
            /** @description Study Description (0008,1030), where the profile keeps it. */
            readonly studyDescription?: components["schemas"]["NullableText"];
            /** @description Patient's Sex (0010,0040), M, F or O; null under the Basic Profile. */
            readonly patientSex?: components["schemas"]["NullableCode"];
            /** @description Patient's Age (0010,1010) as three digits and D, W, M or Y (days, weeks, months, years), where the profile keeps it. */
            readonly patientAge?: string | null;
            readonly deidentification: components["schemas"]["Deidentification"];
        };
        /** @description How the values of this post were de-identified. */
        readonly Deidentification: {
            /**
             * @description Name of the configured profile.
             * @example basic
             */
            readonly profile: string;
            /** @description Changes whenever the output for the same received bytes could. Names profile, options, rules, rendering and version. */
            readonly profileRevision: string;
            /** @description Names the pseudonym key without revealing it. Pseudonyms made under different keys are not comparable. */
            readonly keyId?: string | null;
        };
        /** @description The series. Equal in every post made from the same de-identified values. */
        readonly Series: {
            /** @description Series Instance UID (0020,000E), a pseudonym. */
            readonly seriesInstanceUid: components["schemas"]["Uid"];
            /** @description Modality (0008,0060), for example CT, MR, DX, US. Null only where the data set lacks it, against the Standard. */
            readonly modality: components["schemas"]["NullableCode"];
            /** @description Series Number (0020,0011). */
            readonly seriesNumber?: components["schemas"]["NullableInteger"];
            /** @description Series Description (0008,103E), where the profile keeps it. */
            readonly seriesDescription?: components["schemas"]["NullableText"];
            /** @description Protocol Name (0018,1030), where the profile keeps it. */
            readonly protocolName?: components["schemas"]["NullableText"];
            /** @description Body Part Examined (0018,0015). */
            readonly bodyPartExamined?: components["schemas"]["NullableCode"];
            /** @description Laterality (0020,0060) of the series, L or R. */
            readonly laterality?: components["schemas"]["NullableCode"];
            /** @description Patient Position (0018,5100), for example HFS. */
            readonly patientPosition?: components["schemas"]["NullableCode"];
            /** @description Manufacturer (0008,0070), where the profile keeps it. */
            readonly manufacturer?: components["schemas"]["NullableText"];
            /** @description Manufacturer's Model Name (0008,1090), where the profile keeps it. */
            readonly manufacturerModelName?: components["schemas"]["NullableText"];
        };
        /**
         * @description One frame. For multi-frame objects the attributes of the frame's functional groups (PS3.3 C.7.6.16) are given where the
         *     object has them. Attributes describe the stored pixels of the instance; `data` is made from them as `contentType` says.
         */
        readonly Image: {
            /** @description SOP Instance UID (0008,0018), a pseudonym; the same for all frames of the instance. */
            readonly imageInstanceUid: components["schemas"]["Uid"];
            /** @description SOP Class UID (0008,0016), never replaced. */
            readonly sopClassUid: components["schemas"]["Uid"];
            /** @description Rows (0028,0010), pixels, of the instance; the height of `data` is `dataHeight`. */
            readonly height: number;
            /** @description Columns (0028,0011), pixels, of the instance; the width of `data` is `dataWidth`. */
            readonly width: number;
            /**
             * @description Rescale Slope (0028,1053), or Dose Grid Scaling (3004,000E) of RT Dose: output units per stored value. 1 where the data
             *     set states none; null where a Modality LUT Sequence (0028,3000) takes its place.
             */
            readonly rescaleSlope: number | null;
            /**
             * @description Rescale Intercept (0028,1052), output units. 0 where the data set states none; null where a Modality LUT Sequence
             *     (0028,3000) takes its place.
             */
            readonly rescaleIntercept: number | null;
            /**
             * @description Photometric Interpretation (0028,0004) of the stored pixels. `data` is grey for MONOCHROME1 and 2, sRGB otherwise.
             * @example MONOCHROME2
             */
            readonly photometricInterpretation: string;
            /** @description Bits Allocated (0028,0100) of the stored pixels. */
            readonly bitsAllocated: number;
            /** @description Bits Stored (0028,0101) of the stored pixels. */
            readonly bitsStored: number;
            /** @description High Bit (0028,0102) of the stored pixels, counted from 0. */
            readonly highBit: number;
            /** @description Number of this frame in its instance, from 1. */
            readonly frameNumber: number;
            /** @description Number of Frames (0028,0008) of the instance; 1 for single-frame objects. Of a video, the frames counted in its stream. */
            readonly numberOfFrames: number;
            /**
             * @description How many frames of this instance the gateway delivers, by its configuration; the instance is complete when so many
             *     different frame numbers have arrived. At most `numberOfFrames`, which is what a missing or null value means.
             */
            readonly framesSelected?: number | null;
            /**
             * @description Media type of `data` once decoded. `image/jpeg`: baseline JPEG. `image/png`: PNG. `image/jxl`: JPEG XL, a bare code
             *     stream or its container. `image/jphc`: HTJ2K code stream (ISO/IEC 15444-15).
             * @enum {string}
             */
            readonly contentType: "image/jpeg" | "image/png" | "image/jxl" | "image/jphc";
            /**
             * @description The frame, base64 with padding (RFC 4648 section 4).
             *
             *     JPEG, for people: 8 bits a sample, one component or three without subsampling. Modality LUT or rescale and the
             *     configured VOI transformation are applied (the first window of the image by default; without any, one made from its
             *     values, the same for all frames of an instance; pixels of up to 8 bits keep their whole range). MONOCHROME1 is inverted, so that in every grey JPEG a higher value is shown brighter. Pixels that are not
             *     square are made so, and larger images are reduced, where configured.
             *
             *     Other formats, for machines, without loss: grey frames hold stored values, cut to Bits Stored, unsigned, in 8 bits
             *     where Bits Stored is at most 8, else in 16; nothing of the rendering above is applied. Colour frames are sRGB of 8 bits
             *     a sample, as a JPEG would show them, in the stored size.
             */
            readonly data: string;
            /** @description Width of the image in `data`, pixels. Missing or null means `width`; others are of images that were reduced, or whose pixels were made square. */
            readonly dataWidth?: number | null;
            /** @description Height of the image in `data`, pixels. Missing or null means `height`. */
            readonly dataHeight?: number | null;
            /**
             * @description Bits of a sample of `data`, 8 or 16, where its samples are stored values: grey frames of a format without loss. Null
             *     for JPEG and colour, which hold what is shown; the two next are null then as well.
             * @enum {integer|null}
             */
            readonly sampleBits?: 8 | 16 | null;
            /**
             * @description Stored value = sample x `sampleSlope` + `sampleIntercept`; then rescale, as in any DICOM viewer. 1 where samples are
             *     exact: all integers of up to 16 bits, and wider ones whose values in this frame span no more. Otherwise (wider
             *     integers, float, double) the values of the frame are spread over the samples, and a value read back is at most half a
             *     `sampleSlope` away from the stored one.
             */
            readonly sampleSlope?: number | null;
            /**
             * @description See `sampleSlope`. Where Bits Stored is at most 16: 0 for unsigned values, -2^(bits stored - 1) for signed ones. Else
             *     another one for each frame.
             */
            readonly sampleIntercept?: number | null;
            /** @description The sample that stands for no value, where a float frame has pixels that are not a finite number; otherwise null. */
            readonly sampleNoValue?: number | null;
            /** @description SHA-256 of the decoded `data`, 64 lower-case hexadecimal digits. */
            readonly sha256?: string | null;
            /** @description Instance Number (0020,0013). */
            readonly instanceNumber?: components["schemas"]["NullableInteger"];
            /** @description Acquisition Number (0020,0012). */
            readonly acquisitionNumber?: components["schemas"]["NullableInteger"];
            /** @description Image Type (0008,0008), all values in order, for example [ORIGINAL, PRIMARY, AXIAL]. */
            readonly imageType?: readonly string[] | null;
            /** @description Samples per Pixel (0028,0002) of the stored pixels. */
            readonly samplesPerPixel?: number | null;
            /**
             * @description Pixel Representation (0028,0103); 0 unsigned, 1 two's complement.
             * @enum {integer|null}
             */
            readonly pixelRepresentation?: 0 | 1 | null;
            /** @description Rescale Type (0028,1054), the unit after rescale, for example HU; Dose Units (3004,0002) of RT Dose, GY or RELATIVE. */
            readonly rescaleType?: components["schemas"]["NullableText"];
            /**
             * @description Centre of the window that a JPEG is rendered with, in units after rescale: the chosen one of Window Center (0028,1050), or
             *     one made from the values. Null where a table, or nothing, takes its place.
             */
            readonly windowCenter?: components["schemas"]["NullableNumber"];
            /** @description Width of that window, Window Width (0028,1051), in units after rescale. */
            readonly windowWidth?: components["schemas"]["NullableNumber"];
            /** @description VOI LUT Function (0028,1056) of that window, LINEAR, LINEAR_EXACT or SIGMOID. Null means LINEAR. */
            readonly voiLutFunction?: components["schemas"]["NullableCode"];
            /** @description Pixel Spacing (0028,0030), mm in the patient, [row, column]. */
            readonly pixelSpacing?: components["schemas"]["NullableSpacing"];
            /** @description Imager Pixel Spacing (0018,1164), mm at the detector, [row, column]; projection images. */
            readonly imagerPixelSpacing?: components["schemas"]["NullableSpacing"];
            /**
             * @description Image Position (Patient) (0020,0032) of this frame; x, y, z of the centre of the first pixel, mm. Of RT Dose and
             *     reconstructed NM, which state it once, worked out by Grid Frame Offset Vector (3004,000C), or by Slice Vector
             *     (0054,0080) and Spacing Between Slices (0018,0088).
             */
            readonly imagePositionPatient?: readonly number[] | null;
            /** @description Image Orientation (Patient) (0020,0037); direction cosines of the first row, then of the first column. */
            readonly imageOrientationPatient?: readonly number[] | null;
            /** @description Slice Thickness (0018,0050), mm. */
            readonly sliceThickness?: components["schemas"]["NullableNumber"];
            /** @description Spacing Between Slices (0018,0088), mm. */
            readonly spacingBetweenSlices?: components["schemas"]["NullableNumber"];
            /** @description Slice Location (0020,1041), mm. */
            readonly sliceLocation?: components["schemas"]["NullableNumber"];
            /** @description Laterality (0020,0060) where it is given for the image and not the series, L or R. */
            readonly laterality?: components["schemas"]["NullableCode"];
            /** @description Image Laterality (0020,0062); R, L, U (unpaired) or B (both). */
            readonly imageLaterality?: components["schemas"]["NullableCode"];
            /** @description View Position (0018,5101), for example AP, CC, MLO. */
            readonly viewPosition?: components["schemas"]["NullableCode"];
            /** @description Patient Orientation (0020,0020); direction of the rows, then of the columns. */
            readonly patientOrientation?: readonly string[] | null;
            /** @description Frame of Reference UID (0020,0052), a pseudonym unless well known. */
            readonly frameOfReferenceUid?: components["schemas"]["Uid"] | null;
            /** @description Image Position (Volume) (0020,9301) of this frame; x, y, z, mm, in the volume of an enhanced ultrasound. */
            readonly imagePositionVolume?: readonly number[] | null;
            /**
             * @description Column and row, from 1, of the first pixel of this tile in the whole slide: Column and Row Position In Total Image
             *     Pixel Matrix (0048,021E), (0048,021F), or by the order of tiles where the object is TILED_FULL.
             */
            readonly totalPixelMatrixPosition?: readonly number[] | null;
            /** @description Frame Time (0018,1063), ms between frames of a cine. */
            readonly frameTimeMs?: components["schemas"]["NullableNumber"];
            /**
             * @description Time of this frame after the first frame of the instance, ms: from Temporal Position Time Offset (0020,930D), Frame
             *     Reference DateTime (0018,9151) or Frame Acquisition DateTime (0018,9074) where the profile keeps them, Frame Time
             *     Vector (0018,1065) or Frame Time (0018,1063). Null for single-frame objects, and where nothing tells.
             */
            readonly frameOffsetMs?: components["schemas"]["NullableNumber"];
            /** @description Frame Reference Time (0054,1300), ms since the reference time of the series; PET. */
            readonly frameReferenceTimeMs?: components["schemas"]["NullableNumber"];
            /** @description Nominal Cardiac Trigger Delay Time (0020,9153) or Trigger Time (0018,1060), ms after the R wave. */
            readonly triggerDelayMs?: components["schemas"]["NullableNumber"];
            /** @description Temporal Position Index (0020,9128), from 1. */
            readonly temporalPositionIndex?: components["schemas"]["NullableInteger"];
            /** @description Stack ID (0020,9056), where the profile keeps it. */
            readonly stackId?: string | null;
            /** @description In-Stack Position Number (0020,9057), from 1. */
            readonly inStackPositionNumber?: components["schemas"]["NullableInteger"];
            /** @description Dimension Index Values (0020,9157), one for each dimension of the object. */
            readonly dimensionIndexValues?: readonly number[] | null;
            /**
             * @description This frame's value of each attribute that Frame Increment Pointer (0028,0009) names and that has one number for each
             *     frame: Slice Vector, Detector Vector, Time Slot Vector and others of NM, Grid Frame Offset Vector, angles.
             */
            readonly frameIncrements?: readonly {
                /** @description Group and element, eight lower-case hexadecimal digits, for example 00540080. */
                readonly tag: string;
                readonly value: number;
            }[] | null;
            /**
             * @description Lossy Image Compression (0028,2110) of the received pixels: true for 01, false for 00, null where it is not stated.
             *     `data` itself is lossy where `contentType` is image/jpeg.
             */
            readonly lossyImageCompression?: boolean | null;
        };
        /** @description What the backend may tell about a post it took. The gateway does not read it. */
        readonly UploadResult: {
            readonly idempotencyKey: components["schemas"]["IdempotencyKey"];
            /** @description Number of images of the post that are stored. */
            readonly images: number;
        };
        /** @description RFC 9457 problem details. The gateway does not read it; it is for the developer who looks at the backend. */
        readonly Problem: {
            /**
             * @description URI of the kind of problem.
             * @default about:blank
             */
            readonly type: string;
            /** @description Short sentence, the same for every problem of this kind. */
            readonly title?: string;
            /** @description The HTTP status. */
            readonly status?: number;
            /** @description What is wrong with this post. No value of the post. */
            readonly detail?: string;
            /** @description URI of this occurrence. */
            readonly instance?: string;
            /** @description Where the post breaks the contract. */
            readonly errors?: readonly {
                /** @description JSON pointer (RFC 6901) into the body. */
                readonly pointer: string;
                /** @description The rule that is broken. */
                readonly detail: string;
            }[];
        };
    };
    responses: never;
    parameters: {
        /**
         * @description SHA-256, as 64 lower-case hexadecimal digits, over the profile revision and, per instance of the post, its new SOP
         *     Instance UID, a keyed digest of the received bytes and the range of frames. The same key comes with the byte-identical body
         *     before content coding, also after a crash or restart of the gateway. Keep keys for at least as long as a gateway may be
         *     cut off; 30 days are recommended. A repeat of a post that was taken: answer 200 with the first result, or 409. The same
         *     key with another body: answer 422.
         * @example 9d2f6c0c5a0e5d3e7d1f0a4be3d2a4b96c8e7f50a1b2c3d4e5f60718293a4b5c
         */
        readonly IdempotencyKey: components["schemas"]["IdempotencyKey"];
        /** @description Present when `backend.gzip` is switched on in the gateway. Absent, the body is plain JSON. */
        readonly ContentEncoding: "gzip";
    };
    requestBodies: never;
    headers: {
        /** @description Seconds, or an HTTP date (RFC 9110 10.2.3). */
        readonly RetryAfter: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly uploadImages: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /**
                 * @description SHA-256, as 64 lower-case hexadecimal digits, over the profile revision and, per instance of the post, its new SOP
                 *     Instance UID, a keyed digest of the received bytes and the range of frames. The same key comes with the byte-identical body
                 *     before content coding, also after a crash or restart of the gateway. Keep keys for at least as long as a gateway may be
                 *     cut off; 30 days are recommended. A repeat of a post that was taken: answer 200 with the first result, or 409. The same
                 *     key with another body: answer 422.
                 * @example 9d2f6c0c5a0e5d3e7d1f0a4be3d2a4b96c8e7f50a1b2c3d4e5f60718293a4b5c
                 */
                readonly "Idempotency-Key": components["parameters"]["IdempotencyKey"];
                /** @description Present when `backend.gzip` is switched on in the gateway. Absent, the body is plain JSON. */
                readonly "Content-Encoding"?: components["parameters"]["ContentEncoding"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * @description UTF-8 JSON. Its length before content coding is at most what `backend.maxBodyBytes` allows in the gateway, and the
         *     number of images at most `backend.maxImagesPerPost`. Sent with `Content-Length`, or in chunks where gzip is switched
         *     on and the body is large.
         */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ImageUpload"];
            };
        };
        readonly responses: {
            /**
             * @description Taken, or a repeat of a post that was taken before. The gateway: delivered; it forgets the instances. (Any other 2xx
             *     counts the same.)
             */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UploadResult"];
                };
            };
            /** @description Taken and stored for the first time. The gateway forgets the instances. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UploadResult"];
                };
            };
            /**
             * @description Taken and safe, to be worked on later. The gateway forgets the instances, so a backend that may still lose or refuse
             *     the images must not answer 202.
             */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UploadResult"];
                };
            };
            /**
             * @description The post breaks this contract. The gateway holds the instances (`BACKEND_REFUSED`, with the status) until a person
             *     retries or discards them. Every 4xx not listed here, and every 3xx, is treated the same.
             */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description The credentials are missing, wrong or expired. With OAuth2 the gateway gets one new token and tries once more at
             *     once. Then it pauses the whole destination, raises an alarm (`destination.paused`), and tries again with one post at
             *     growing intervals; it goes on by itself when that post is accepted. Nothing is held or lost.
             */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The credentials are known but not allowed to do this. The gateway pauses the destination as for 401. */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request took too long to arrive. The gateway tries again with back-off. */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description A post with this key was taken before. The gateway: delivered, as for 200. A backend must not use 409 for anything
             *     else, above all not for images it did not keep.
             */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description The body is larger than this backend takes. The gateway holds the instances (`BACKEND_REFUSED`); lower
             *     `backend.maxBodyBytes` in the gateway to what the backend takes, then retry them. A backend that answers before it
             *     has read the whole body must keep reading for a while: closing at once resets the connection, and the answer may be
             *     lost on the way. The gateway then takes it for a network fault and repeats the post, with a pause of up to a second behind
             *     the header in which an early answer is heard.
             */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description Content type or content coding is not supported. The gateway holds the instances (`BACKEND_REFUSED`); switch
             *     `backend.gzip` off where the backend cannot decode it.
             */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description The post is well formed but cannot be taken; above all, this key was used before with another body. The gateway
             *     holds the instances (`BACKEND_REFUSED`).
             */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too early (RFC 8470). The gateway tries again with back-off. */
            readonly 425: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description Too many posts. The gateway tries again with back-off; with `Retry-After` it sends nothing at all to this
             *     destination before that time (an hour at the most).
             */
            readonly 429: {
                headers: {
                    readonly "Retry-After": components["headers"]["RetryAfter"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description The backend cannot take the post now. The gateway tries again with back-off and honours `Retry-After` as for 429.
             *     After several failures in a row it stops sending (circuit breaker) and probes with one post at growing intervals.
             */
            readonly "5XX": {
                headers: {
                    readonly "Retry-After": components["headers"]["RetryAfter"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
