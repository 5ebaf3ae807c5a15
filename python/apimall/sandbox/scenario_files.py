"""Scenarios: YAML files that set the sandbox's behaviour, built in or the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Mapping

import yaml

from apimall.sandbox.errors import SandboxError, unknown_name
from apimall.sandbox.settings import Settings

_DIRECTORY = Path(__file__).with_name("scenarios")


def built_in_scenarios() -> List[str]:
    """Return the names of the scenarios that come with the sandbox."""
    return sorted(path.stem for path in _DIRECTORY.glob("*.yaml"))


def describe_scenario(name: str) -> str:
    """Return the one-line description of a built-in scenario."""
    return str(read_scenario(name, files=False).get("description", ""))


def read_scenario(name: str, *, files: bool = True) -> Dict[str, object]:
    """Return the settings of a built-in scenario by name, or of a file by path if files are allowed."""
    if name in built_in_scenarios():
        path = _DIRECTORY / f"{name}.yaml"
    elif files and (Path(name).suffix in (".yaml", ".yml") or Path(name).exists()):
        path = Path(name)
    else:
        hint = "; or give the path of a YAML file" if files else ""
        raise SandboxError(f"{unknown_name('scenario', name, built_in_scenarios())}{hint}")
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or error
        raise SandboxError(
            f"cannot read the scenario {name}: {reason}; give a YAML file or a built-in name"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        words = " ".join(str(error).split())
        raise SandboxError(f"the scenario {name} is not YAML: {words}") from error
    if document is None:
        document = {}
    if not isinstance(document, dict):
        kind = type(document).__name__
        raise SandboxError(
            f"the scenario {name} must be a mapping of settings such as 'speed: 10', not a {kind}"
        )
    return {str(key): value for key, value in document.items()}


def apply_scenario(base: Settings, scenario: object, *, files: bool = True) -> Settings:
    """Return settings with a scenario on top, given by name, by path, or as a mapping."""
    if scenario is None:
        return base
    if isinstance(scenario, str):
        return base.updated(read_scenario(scenario, files=files), f"scenario {scenario}")
    if isinstance(scenario, Mapping):
        return base.updated({str(key): value for key, value in scenario.items()}, "scenario")
    raise SandboxError(f"a scenario is a name, a file or a mapping of settings, not {scenario!r}")
