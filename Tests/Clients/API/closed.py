"""Makes every schema of a response refuse members that it does not name: the file allows answers to gain members within
v1, but the server of this commit must not give any that the file of this commit does not have."""

import copy


def close_responses(document):
    schemas = document["components"]["schemas"]
    originals = copy.deepcopy(schemas)
    for name, schema in originals.items():
        schemas[f"Open.{name}"] = rewritten(schema, closes=False)
        schemas[f"Closed.{name}"] = rewritten(schema, closes=True)
    for response in document["components"]["responses"].values():
        close_content(response)
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                close_content(response)


def close_content(response):
    if "content" in response:
        response["content"] = {
            kind: {**media, "schema": rewritten(media["schema"], closes=True)} if "schema" in media else media
            for kind, media in response["content"].items()
        }


def rewritten(schema, closes):
    """- closes: also at the top; what is inside is closed in any case. Part of an `allOf` stays open: the whole is
    closed."""
    if not isinstance(schema, dict):
        return schema
    result = {}
    for key, value in schema.items():
        if key == "$ref":
            result[key] = value.replace("/schemas/", f"/schemas/{'Closed' if closes else 'Open'}.")
        elif key == "properties":
            result[key] = {name: rewritten(item, True) for name, item in value.items()}
        elif key in ("items", "additionalProperties"):
            result[key] = rewritten(value, True)
        elif key == "allOf":
            result[key] = [rewritten(item, False) for item in value]
        elif key in ("anyOf", "oneOf"):
            result[key] = [rewritten(item, closes and "properties" not in schema) for item in value]
        else:
            result[key] = value
    if closes and ("properties" in schema or "allOf" in schema) and "additionalProperties" not in schema:
        result["unevaluatedProperties"] = False
    return result
