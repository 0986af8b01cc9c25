"""Puts the shipped rules into the wheel as they are after reading, beside the file they are from.

So an installed program need not read YAML to outline a text. A checkout, which an editable
installation runs from, reads the file itself.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PrepareRules(BuildHookInterface):  # type: ignore[type-arg]
    """What Hatch runs before it packs the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        import lankov_claims as lc

        self.folder = tempfile.TemporaryDirectory()
        prepared = Path(self.folder.name) / lc.PREPARED_FILE
        prepared.write_bytes(lc.prepare())
        build_data["force_include"][str(prepared)] = f"lankov_claims/{lc.PREPARED_FILE}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self.folder.cleanup()
