"""Lectern on the same recording and stills: its whole pipeline, all signals of mode individual."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.peers.child import still, timed
from inference.vision.pipeline import Pipeline, PipelineOptions


def main(folder: Path, stills: int) -> None:
    """Time the pipeline on the recording, then let its detector find the faces of so many stills; print JSON."""
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    pipeline = Pipeline(options=PipelineOptions(sample_fps=facts["sample_fps"], use_identity=True))

    def read() -> int:
        return sum(len(part.observations) for part in pipeline.run(folder / "recording.mp4"))

    read()
    spent = timed(read)
    pictures = (still(folder, number) for number in range(stills))
    found = [[face.bbox_xyxy.tolist() for face in pipeline.detect(picture)] for picture in pictures]
    print(json.dumps(spent | {"stills": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
