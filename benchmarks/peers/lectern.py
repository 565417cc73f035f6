"""Lectern on the same recording and stills: its whole pipeline, all signals of mode individual."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.peers.child import still, timed
from inference.vision.pipeline import Pipeline, PipelineOptions
from inference.vision.stages.detect import FaceDetector
from inference.vision.weights import asset_path


def main(folder: Path) -> None:
    """Time the pipeline on the recording, then let its detector find the faces of the stills; print JSON."""
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    pipeline = Pipeline(options=PipelineOptions(sample_fps=facts["sample_fps"]))

    def read() -> int:
        return sum(len(part.observations) for part in pipeline.run(folder / "recording.mp4"))

    read()
    spent = timed(read)
    detect = FaceDetector(asset_path("weights/centerface.onnx"))
    pictures = (still(folder, number) for number in range(len(facts["stills_tiles"])))
    stills = [[face.bbox_xyxy.tolist() for face in detect(picture)] for picture in pictures]
    print(json.dumps(spent | {"stills": stills}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
