"""Prints why a file is no OpenAPI 3.1, a place a line: by openapi-spec-validator, and by JSON Schema's own schema,
against which that one holds no schema. What our own rules ask beside is in
Tests/Platform/DeploymentTests/OpenAPITests.swift.

    openapi.py FILE
"""

import sys

import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator


def schemas(value, path=""):
    """What stands under `schema`, or under a name in `schemas`, with its place."""
    for name, member in value.items() if isinstance(value, dict) else enumerate(value):
        here = f"{path}/{name}"
        if isinstance(member, dict) and (name == "schema" or path.endswith("/components/schemas")):
            yield here, member
        elif isinstance(member, dict | list):
            yield from schemas(member, here)


def findings(document):
    for error in OpenAPIV31SpecValidator(document).iter_errors():
        yield "/" + "/".join(map(str, error.absolute_path)), error.message
    judge = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    for path, schema in schemas(document):
        for error in judge.iter_errors(schema):
            yield "/".join([path, *map(str, error.absolute_path)]), error.message


with open(sys.argv[1], encoding="utf-8") as file:
    found = dict.fromkeys(findings(yaml.safe_load(file)))
for place, words in found:
    print(f"{place}: {words.splitlines()[0][:200]}")
sys.exit(1 if found else 0)
