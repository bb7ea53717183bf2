# SPDX-License-Identifier: Apache-2.0
"""Checks a compose file: check_compose.py FILE. Merge keys are resolved first, which the reader of the specification does not do."""

import json
import sys

import yaml
from compose_spec import PyCompose

with open(sys.argv[1], encoding="utf-8") as file:
    document = yaml.safe_load(file)

# What begins with x- is for people, and was used up by the merges.
resolved = {key: value for key, value in document.items() if not key.startswith("x-")}
compose = PyCompose.from_json(json.dumps(resolved))
compose.validate()
print(" ".join(sorted(compose.service_names())))
