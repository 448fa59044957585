"""What can go wrong here, of the same family as the extractor's: cause and remedy, one line."""

from extract.errors import ExtractError


class PublishError(ExtractError):
    """Something cannot be published; what was published before is still there, unchanged."""

    kind = "publish"
    remedy = "Run `make build`."
