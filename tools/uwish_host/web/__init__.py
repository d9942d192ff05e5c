"""A web page of what the gateway knows: read-only, live, made on the server (docs/GATEWAY.md)."""

from .part import page_options, serving_page

__all__ = ["page_options", "serving_page"]
