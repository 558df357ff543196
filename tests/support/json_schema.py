# SPDX-License-Identifier: Apache-2.0
"""The part of JSON Schema (2020-12) that our schemas use. An unknown keyword is an error: nothing is taken for checked
that is not."""
import re

TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
}
SILENT = {"$schema", "$id", "$defs", "title", "description"}


def faults(value, schema, root=None, where="$"):
    """What is wrong with the value, as a list of lines."""
    root = root or schema
    found = []

    def fault(text):
        found.append(f"{where}: {text}")

    for keyword, wanted in schema.items():
        if keyword in SILENT:
            continue
        if keyword == "$ref":
            at = root
            for step in wanted.removeprefix("#/").split("/"):
                at = at[step]
            found += faults(value, at, root, where)
        elif keyword == "type":
            if not TYPES[wanted](value):
                fault(f"not of type {wanted}: {value!r}")
                return found
        elif keyword == "const":
            if value != wanted:
                fault(f"{value!r} is not {wanted!r}")
        elif keyword == "enum":
            if value not in wanted:
                fault(f"{value!r} is none of {wanted!r}")
        elif keyword == "pattern":
            if not re.search(wanted, value):
                fault(f"{value!r} does not match {wanted}")
        elif keyword in ("minimum", "minLength", "minItems"):
            if (value if keyword == "minimum" else len(value)) < wanted:
                fault(f"{value!r}: {keyword} is {wanted}")
        elif keyword == "maxItems":
            if len(value) > wanted:
                fault(f"more than {wanted} items")
        elif keyword == "required":
            for name in wanted:
                if name not in value:
                    fault(f"no member {name}")
        elif keyword == "properties":
            for name, sub in wanted.items():
                if name in value:
                    found += faults(value[name], sub, root, f"{where}.{name}")
        elif keyword == "additionalProperties" and wanted is False:
            for name in value.keys() - schema.get("properties", {}).keys():
                fault(f"unknown member {name}")
        elif keyword == "items":
            for i, item in enumerate(value):
                found += faults(item, wanted, root, f"{where}[{i}]")
        else:
            raise ValueError(f"keyword {keyword} is not understood")
    return found
