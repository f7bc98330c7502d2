"""All content as a small static site that content reviewers read in a browser and print."""

from bot.preview.site import PreviewError, write_preview

__all__ = ["PreviewError", "write_preview"]
