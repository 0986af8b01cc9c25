"""Packs the shipped rules and their matcher, ready to use, beside the file that they are from.

So an installed program need not read YAML to outline a text. A checkout, which an editable
installation runs from, reads the file itself.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PrepareRules(BuildHookInterface):  # type: ignore[type-arg]
    """What Hatch runs before it packs a wheel, and after; its "version" is the kind of wheel."""

    folder: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, self.root)  # before a version that may be installed
        import lankov_claims as lc

        self.folder = tempfile.TemporaryDirectory()
        prepared = Path(self.folder.name) / lc.PREPARED_FILE
        prepared.write_bytes(lc.pack_rules())
        build_data["force_include"][str(prepared)] = f"lankov_claims/{lc.PREPARED_FILE}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self.folder:
            self.folder.cleanup()
