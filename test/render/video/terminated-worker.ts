import { workerData } from 'node:worker_threads';
import { standardRenderSettings } from '../../../src/render/settings.ts';
import { drawVideo, video } from './streams.ts';

const { ffmpeg, folder } = workerData as { ffmpeg: string; folder: string };
const clip = video(Buffer.from('not looked at'), { size: '16x8', frames: 3 });
// More frames than the fake gives until the thread is terminated.
const maxFrames = Number.MAX_SAFE_INTEGER;
const frames = { kind: 'every', n: 1 } as const;
const settings = { ...standardRenderSettings, ffmpeg, maxFrames, frames };
await drawVideo(clip, settings, { scratchFolder: folder });
