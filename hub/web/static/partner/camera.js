// Bar codes and QR codes by the camera: read by the browser where it knows them, else by zxing, which comes when
// it is needed.

const BETWEEN_MS = 120, SAME_AGAIN_MS = 2_500, WIDEST = 960;

export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

let read = null;
export async function cameraReads() {
  if (!hasCamera()) return false;
  if (read) return true;
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).length) {
    const detector = new BarcodeDetector();
    read = async (video) => (await detector.detect(video))[0]?.rawValue;
  } else {
    await new Promise((done, failed) => document.head.append(Object.assign(document.createElement("script"), { src: "/look/vendor/zxing-reader.js", onload: done, onerror: failed })));
    ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => "/look/vendor/zxing_reader.wasm" }, fireImmediately: true });
    const canvas = document.createElement("canvas"), drawing = canvas.getContext("2d", { willReadFrequently: true });
    read = async (video) => {
      const scale = Math.min(1, WIDEST / video.videoWidth);
      [canvas.width, canvas.height] = [video.videoWidth * scale, video.videoHeight * scale];
      drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
      const seen = await ZXingWASM.readBarcodes(drawing.getImageData(0, 0, canvas.width, canvas.height), { maxNumberOfSymbols: 1 });
      return seen[0]?.text;
    };
  }
  return true;
}

// Reads until it is stopped; the same label twice within a moment is read once. Returns how to stop.
export async function look(video, onScan) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  let running = true, before = "", seen = 0;
  video.srcObject = stream;
  await video.play();
  (async () => {
    while (running) {
      const text = (await read(video).catch(() => "")) ?? "", now = performance.now();
      if (running && text && (text !== before || now - seen > SAME_AGAIN_MS)) onScan(text);
      if (text) [before, seen] = [text, now];
      await new Promise((next) => setTimeout(next, BETWEEN_MS));
    }
  })();
  return () => {
    running = false;
    stream.getTracks().forEach((track) => track.stop());
  };
}
