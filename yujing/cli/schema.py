"""`yujing schema`."""


def schema(*, asyncapi: bool = False, openapi: bool = False) -> int:
    """Print the JSON Schema of every event, or the AsyncAPI or OpenAPI document.

    Parameters
    ----------
    asyncapi
        AsyncAPI 3 of the topics.
    openapi
        OpenAPI of the HTTP door.
    """
    import sys

    import msgspec

    from streams.door import schema as documents
    from streams.kafka.asyncapi import asyncapi as document_of_topics

    if asyncapi and openapi:
        sys.stderr.write("yujing: --asyncapi or --openapi, not both\n")
        return 2
    document = (
        document_of_topics()
        if asyncapi
        else documents.openapi()
        if openapi
        else documents.json_schema()
    )
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")
    return 0
