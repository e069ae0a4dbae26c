"""What the portal itself keeps: the index of its search."""

from portal.search.models import MissingLine, NameSlip, SearchEntry, SearchPosting, SearchState, SearchWord

__all__ = ["MissingLine", "NameSlip", "SearchEntry", "SearchPosting", "SearchState", "SearchWord"]
